"""Keys rotate by the real command, which is killed meanwhile, and nobody who is served notices."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site
from django.db import connection

from centres.models import Candidate
from core import encrypted_files, encryption
from core.models import EncryptedFile
from credentials.letters import storage
from credentials.logins import secret
from credentials.models import Credentials
from portal.keys import KeyRing, load_or_make

MANY = 400  # logins, and files whose keys are moved one by one

pytestmark = pytest.mark.django_db(transaction=True)

SERVES = """
import json, random, sys, threading, django
django.setup()
from credentials.letters import storage
from credentials.models import LetterFile
from credentials.logins.authentication import sign_in

logins = json.loads(sys.stdin.readline())
told_to_stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), told_to_stop.set()), daemon=True).start()
print("serving", flush=True)
tries = failed = 0
while not told_to_stop.is_set() or tries < 50:
    username, password, row = random.choice(logins)
    found = sign_in(username, password)
    file = LetterFile.objects.exclude(wrapped_key=None).get()
    tries, failed = tries + 1, failed + (str(found and found.pk) != row or not storage.letters_in(file))
print(json.dumps([tries, failed]))
"""


@pytest.fixture
def rings(settings, tmp_path, letters_folder):
    """Keys in a file, in the folder that is the other processes' DATA_DIR."""
    path = tmp_path / "keys.json"
    load_or_make(path)
    settings.PEPPER_KEYS = KeyRing("PEPPER_KEYS", path)
    settings.MASTER_KEYS = KeyRing("MASTER_KEYS", path)
    return path


@pytest.fixture
def elsewhere(rings) -> dict[str, str]:
    """The environment of another process of this site: its database, its keys, its letters."""
    stored = {name: value for name, value in os.environ.items() if not name.endswith("_KEYS")}
    stored.pop("SECRET_KEY", None)
    return stored | {
        "DATA_DIR": str(rings.parent),
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


def database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def logins(world, rings, issue) -> list[tuple[str, str, str]]:
    """Letter file, other files, and many who can sign in, all under the keys of before."""
    world.open_all()
    file = issue(world.stranger_centre)
    files = [EncryptedFile() for _ in range(MANY)]
    for one in files:
        aad = encrypted_files.KEYS.aad(one.pk)
        _, one.master_key_id, one.wrapped_key = encryption.new_key(aad=aad)
    EncryptedFile.objects.bulk_create(files)
    people = Candidate.objects.bulk_create(
        Candidate(centre=world.main, series=world.series, number=f"{number}", name=f"N {number}")
        for number in range(5000, 5000 + MANY)
    )
    made = [secret.make() for _ in people]
    rows = []
    for one, login in zip(people, made, strict=True):
        pepper_id, digest = secret.current_digest(login)
        rows.append(
            Credentials(
                candidate=one,
                issue_number=1,
                letter_file=file,
                says={},
                pepper_id=pepper_id,
                digest=digest,
            )
        )
    Credentials.objects.bulk_create(rows)
    return [
        (login.username, login.password, str(row.pk)) for login, row in zip(made, rows, strict=True)
    ]


@contextmanager
def serving(elsewhere: dict[str, str], logins: list) -> Iterator[Counter]:
    """A process that signs candidates in and opens letters all the time. Its count, afterwards."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", SERVES]
    count: Counter = Counter()
    with subprocess.Popen(command, cwd=site.BASE_DIR, env=elsewhere, **pipes) as process:
        try:
            process.stdin.write(json.dumps(logins) + "\n")
            process.stdin.flush()
            assert process.stdout.readline() == "serving\n"
            yield count
            process.stdin.close()
            count["tries"], count["failed"] = json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_killed_and_given_again_it_ends_well_and_who_is_served_does_not_notice(
    rings, elsewhere, logins
):
    def rotate(kind: str) -> subprocess.Popen:
        command = [sys.executable, "manage.py", "keys", "rotate", kind]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=site.BASE_DIR, env=elsewhere, **pipes)

    with serving(elsewhere, logins) as count:
        with rotate("master") as killed:
            while killed.poll() is None and not moved():
                time.sleep(0.002)
            killed.kill()
        assert 0 < moved() < MANY, "killed when some were moved, and some were not"
        for kind in ("pepper", "master"):
            with rotate(kind) as again:
                told = again.communicate()[0]
            assert again.returncode == 0, told
            assert all(key not in told for key in written_in(rings))

    assert count["tries"] >= 50
    assert count["failed"] == 0
    assert storage.KEYS.needing() == {"2": 1}
    assert encrypted_files.KEYS.needing() == {"2": MANY}
    assert [list(site.PEPPER_KEYS), list(site.MASTER_KEYS)] == [["2", "1"]] * 2


def moved() -> int:
    return EncryptedFile.objects.filter(master_key_id="2").count()


def written_in(path) -> list[str]:
    stored = json.loads(path.read_text())
    return [
        one.partition(":")[2]
        for name in ("PEPPER_KEYS", "MASTER_KEYS")
        for one in stored[name].split(",")
    ]
