import pytest


@pytest.fixture(autouse=True)
def encrypted_folder(settings, tmp_path):
    """Each test keeps its files in a folder of its own."""
    settings.ENCRYPTED_FILES_DIR = tmp_path / "stored"
    return settings.ENCRYPTED_FILES_DIR
