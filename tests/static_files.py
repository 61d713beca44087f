"""Static files as in production, collected once for a whole run and read once by each process.

Compressing them takes ten seconds, and WhiteNoise reads all of them whenever a browser of a test sends its
first request: more than most tests take themselves.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from whitenoise import WhiteNoise


def collect() -> None:
    """Collect them, or take what another process of this run (PREPARED_DIR), or a round before, has collected."""
    common = Path(os.environ["PREPARED_DIR"]) / "static"
    common.mkdir(parents=True, exist_ok=True)
    with (common / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = common / _sum()
        if not kept.exists():
            call_command("collectstatic", interactive=False, verbosity=0)
            shutil.rmtree(common / "half", ignore_errors=True)
            shutil.copytree(settings.STATIC_ROOT, common / "half")
            (common / "half").rename(kept)
            return
    shutil.copytree(kept, settings.STATIC_ROOT, dirs_exist_ok=True)
    staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = (
        staticfiles_storage.load_manifest()  # which it read when there was none
    )


def _sum() -> str:
    """Of what there is to collect, so that nothing older is ever taken."""
    whole = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            with storage.open(path) as file:
                whole.update(f"\0{path}\0".encode() + hashlib.sha256(file.read()).digest())
    return whole.hexdigest()


def read_once() -> Callable:
    """What WhiteNoise does to read a folder, but that it remembers what it found there."""
    read, found = WhiteNoise.update_files_dictionary, {}

    def update(self: WhiteNoise, root: str, prefix: str) -> None:
        options = (root, prefix, type(self), self.max_age, self.charset, self.index_file)
        if options not in found:
            before, self.files = self.files, {}
            read(self, root, prefix)
            found[options], self.files = self.files, before
        self.files.update(found[options])

    return update
