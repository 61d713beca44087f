"""What the board fills in, each form in a file named as its page is."""
