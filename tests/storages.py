"""Where tests keep files: in a folder of their own, which is that of the site."""

from pathlib import Path

import pytest

from core import encrypted_files, site_identity
from core.models import EncryptedFile
from storage.store import store


@pytest.fixture
def storage_folder(tmp_path, settings) -> Path:
    """All that is kept lies in here, empty at first."""
    site_id = store("").read(site_identity.FILE)
    settings.STORAGE_URL = str(tmp_path)
    store("").put(site_identity.FILE, site_id)
    return tmp_path


@pytest.fixture
def encrypted_folder(storage_folder) -> Path:
    return storage_folder / "stored"


def path_of(stored: EncryptedFile) -> Path:
    return encrypted_files.files().path(encrypted_files.name_of(stored.pk))
