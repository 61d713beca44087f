"""Letters made for real, as in the tests of credentials."""

from tests.credentials.conftest import ask, issue, letters_folder

__all__ = ["ask", "issue", "letters_folder"]
