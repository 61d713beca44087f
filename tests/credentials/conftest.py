import pytest


@pytest.fixture
def officer(client, world, letters_folder):
    """The main centre's officer, signed in; everybody there and at its Associate Centres has access."""
    world.open_all()
    client.force_login(world.officer)
    return client
