"""Results to download: broadsheets, listings and statements."""
