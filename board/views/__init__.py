"""The pages of the board's desk, a file each."""
