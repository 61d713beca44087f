import pytest


@pytest.fixture(autouse=True)
def files_of_its_own(encrypted_folder):
    """Each test keeps its files in a folder of its own."""
