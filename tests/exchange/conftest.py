import pytest


@pytest.fixture(autouse=True)
def kept_folder(settings, tmp_path):
    """Each test keeps its files in a folder of its own."""
    settings.KEPT_DIR = tmp_path / "kept"
    return settings.KEPT_DIR
