"""The board, signed in; letters made for real, as in the tests of credentials."""

import pytest
from django.test import Client

from tests.builders import World, make_board_operator
from tests.credentials.conftest import ask, issue, letters_folder

__all__ = ["ask", "board", "encrypted_folder", "issue", "letters_folder", "second"]


@pytest.fixture
def board(client: Client, world: World) -> Client:
    client.force_login(world.board)
    return client


@pytest.fixture
def second(world: World) -> Client:
    """Another of the board, in a browser of their own."""
    client = Client()
    client.force_login(make_board_operator("board.second"))
    return client


@pytest.fixture
def encrypted_folder(tmp_path, settings):
    """Where files are kept, empty at first."""
    settings.ENCRYPTED_FILES_DIR = tmp_path / "stored"
    return settings.ENCRYPTED_FILES_DIR
