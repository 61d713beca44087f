import pytest


@pytest.fixture(autouse=True)
def files_of_its_own(request):
    """Each test keeps its files in a storage of its own."""
    request.getfixturevalue("storages" if "storages" in request.fixturenames else "storage_folder")
