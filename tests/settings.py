"""The settings under test: the real ones, with what they write in a folder of their own."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="portal-tests-"))
# What is made once for all processes of a run: tests/migrated.py, tests/static_files.py.
os.environ.setdefault("PREPARED_DIR", os.path.join(os.environ["DATA_DIR"], "prepared"))
if worker := os.environ.get(
    "PYTEST_XDIST_WORKER"
):  # tests side by side, each in a folder of its own
    os.environ["DATA_DIR"] = os.path.join(os.environ["DATA_DIR"], worker)
os.environ["STATIC_DIR"] = os.path.join(os.environ["DATA_DIR"], "static")
os.environ.pop("STORAGE_URL", None)  # never in the site's own
os.environ.setdefault("MFA_REQUIRED", "false")
os.environ.setdefault("DEMO", "true")

from portal.settings import *  # noqa: F403

# Two connections at once, as two officers have, need a database in a file.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "tests.sqlite3"}  # noqa: F405

# The cast's passwords are hashed fast; sign-in itself is tested with the real hasher.
PASSPHRASE_MEMORY = 64  # KiB
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    *PASSWORD_HASHERS,  # noqa: F405
]
