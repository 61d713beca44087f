"""What tests of accounts share with those of the board: its browsers, and letters made for real."""

from tests.board.conftest import ask, board, encrypted_folder, issue, letters_folder, second

__all__ = ["ask", "board", "encrypted_folder", "issue", "letters_folder", "second"]
