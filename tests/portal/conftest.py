"""The board at its desk; letters made for real, as in the tests of credentials."""

import pytest
from django.test import Client

from tests.builders import World
from tests.credentials.conftest import ask, issue, letters_folder

__all__ = ["ask", "board", "issue", "letters_folder"]


@pytest.fixture
def board(client: Client, world: World) -> Client:
    client.force_login(world.board)
    return client
