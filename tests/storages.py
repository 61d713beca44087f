"""Where tests keep files: in a folder of their own, or in an S3, a real server in a process of its own."""

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from core import encrypted_files, site_identity
from core.models import EncryptedFile
from storage.s3 import CONFIG
from storage.store import QUARANTINE, store

BUCKET = "kept"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests"}


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    with running_s3() as address:
        yield address


@contextmanager
def running_s3() -> Iterator[str]:
    """The address of a server that speaks S3's protocol, with one bucket, and the credentials for it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port, server)
            address = f"http://127.0.0.1:{port}"
            s3 = boto3.client("s3", endpoint_url=address, region_name="us-east-1", config=CONFIG)
            s3.create_bucket(Bucket=BUCKET)
            s3.close()
            yield address
        finally:
            server.kill()
            server.wait()


def _wait_for(port: int, server: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < until and server.poll() is None
            time.sleep(0.1)


def url_at(server: str, prefix: str) -> str:
    return f"s3://{BUCKET}/{prefix}?endpoint={server}&region=us-east-1"


@pytest.fixture(params=["folder", "s3"])
def storages(request, settings, tmp_path) -> str:
    """All that is kept lies in a folder, and then once more in an S3; empty at first."""
    site_id = store("").read(site_identity.FILE)
    settings.STORAGE_URL = str(tmp_path)
    if request.param == "s3":
        settings.STORAGE_URL = url_at(request.getfixturevalue("s3_server"), uuid.uuid4().hex)
    store("").replace(site_identity.FILE, site_id)
    return request.param


@pytest.fixture
def storage_folder(request, tmp_path, settings) -> Path:
    """All that is kept lies in here, empty at first."""
    if "storages" in request.fixturenames:
        if request.getfixturevalue("storages") != "folder":
            pytest.skip("of a folder")
        return tmp_path
    site_id = store("").read(site_identity.FILE)
    settings.STORAGE_URL = str(tmp_path)
    store("").replace(site_identity.FILE, site_id)
    return tmp_path


@pytest.fixture
def encrypted_folder(storage_folder) -> Path:
    return storage_folder / "stored"


def name_of(stored: EncryptedFile) -> str:
    return encrypted_files.name_of(stored.pk)


def raw(stored: EncryptedFile) -> bytes:
    """What lies there of it, whole or not, as it is encrypted."""
    return encrypted_files.files().read(name_of(stored))


def replace_raw(stored: EncryptedFile, content: bytes) -> None:
    encrypted_files.files().replace(name_of(stored), content)


def is_there(stored: EncryptedFile) -> bool:
    return encrypted_files.files().exists(name_of(stored))


def all_that_lies() -> list[str]:
    """Of encrypted files: whole, growing, and in quarantine."""
    files = encrypted_files.files()
    lists = (files.listed(), files.unfinished(), files.listed(QUARANTINE))
    return [kept.name for one in lists for kept in one]


def path_of(stored: EncryptedFile) -> Path:
    """Its file, in a folder."""
    return encrypted_files.files().path(name_of(stored))
