"""Several machines by settings alone: processes with folders of their own share one database and one S3."""

import hashlib
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as site

from credentials.models import LetterFile
from exchange.models import Upload, Version
from loading.models import LoadedFile
from results.models import Export
from tests.exchange.files import some
from tests.portal.test_key_rotation_running import database_url

SIZE, FIRST = 13 * 1024 * 1024, 7 * 1024 * 1024 + 3

BEGIN = """
import sys, django; django.setup()
from django.test import Client
from accounts.models import User
from centres.models import Candidate, Centre, Series
from core import jobs
from credentials.letters import storage
from credentials.letters.issuing import request_letters
from credentials.models import LetterFile
from core.encrypted_files import stream
from exchange.models import Version
from loading.models import LoadedFile
from results.exports import tasks
from results.exports.selection import Selection
from results.models import Export
from tests.builders import BEFORE, make_load
from tests.exchange.files import some
from tests.exchange.test_page_tus import create, send, standing
SIZE, FIRST = map(int, sys.argv[1:3])
data = some(SIZE)
officer = Client(SERVER_NAME="127.0.0.1")
officer.force_login(User.objects.get(username="officer.asc01"))
"""
SENDS_THE_FIRST_PART = """
address = create(officer, SIZE)["Location"]
assert send(officer, address, data[:FIRST], 0).status_code == 204
print(address)
"""
SENDS_THE_REST_AND_ASKS = """
address = sys.argv[3]
assert standing(officer, address) == FIRST
assert send(officer, address, data[FIRST:], FIRST).status_code == 204
main, series = Centre.objects.get(number="MAIN1"), Series.objects.get()
by = User.objects.get(username="officer.main")
chosen = Candidate.objects.filter(centre=main)
request_letters(centre=main, series=series, by=by, candidates=chosen, at=BEFORE)
tasks.ask(selection=Selection(by, main, series), what="broadsheet", format="xlsx")
jobs.start_when_committed(make_load(User.objects.get(is_superuser=True)))
"""
READS_ALL = """
import hashlib, json
version, load = Version.objects.get(), LoadedFile.objects.get()
print(json.dumps({
    "file": hashlib.sha256(b"".join(stream(version.stored))).hexdigest(),
    "letters": len(storage.letters_in(LetterFile.objects.get())),
    "load": b"".join(stream(load.file)).decode(),
    "faults": len(b"".join(stream(load.faults))) > 0,
    "export": b"".join(tasks.download(export=Export.objects.get()))[:2].decode(),
}))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("storages", ["s3"], indirect=True)
def test_what_one_machine_begins_another_goes_on_with_and_a_third_makes(
    storages, settings, world, tmp_path
):
    world.open_all()
    made = json.loads((site.DATA_DIR / "keys.json").read_text())

    def at(machine: str, *command: str) -> str:
        (tmp_path / machine).mkdir(exist_ok=True)
        environment = {
            **os.environ,
            **made,
            "DATA_DIR": str(tmp_path / machine),
            "DATABASE_URL": database_url(),
            "STORAGE_URL": settings.STORAGE_URL,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }
        done = subprocess.run(
            [sys.executable, *command],
            cwd=site.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    numbers = (str(SIZE), str(FIRST))
    address = at("one", "-c", BEGIN + SENDS_THE_FIRST_PART, *numbers)
    assert Upload.objects.get().stored.size == FIRST
    at("two", "-c", BEGIN + SENDS_THE_REST_AND_ASKS, *numbers, address)
    at("worker", "manage.py", "db_worker", "--batch", "--no-startup-delay", "--interval", "0")
    read = json.loads(at("one", "-c", BEGIN + READS_ALL, *numbers))

    digest = hashlib.sha256(some(SIZE)).hexdigest()
    assert read == {
        "file": digest,
        "letters": LetterFile.objects.get().total,
        "load": "code,title,qualification\n",
        "faults": True,
        "export": "PK",
    }
    assert Version.objects.get().stored.sha256 == digest
    assert LoadedFile.objects.get().state == Export.objects.get().state == "ready"
    kept = {
        one.name for machine in ("one", "two", "worker") for one in (tmp_path / machine).iterdir()
    }
    assert kept <= {"fonts"}
