"""The board at its desk."""

import pytest
from django.test import Client

from tests.builders import World


@pytest.fixture
def board(client: Client, world: World) -> Client:
    client.force_login(world.board)
    return client
