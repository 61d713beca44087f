"""Forms of the board, each in a file named as its page."""
