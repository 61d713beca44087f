"""What is missing: valid entries of a centre for which there is nothing to show."""
