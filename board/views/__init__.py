"""The board's pages, a file each."""
