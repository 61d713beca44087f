"""The drills in short, and that they see what they are there to see."""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from centres.models import Candidate
from credentials.letters import storage
from credentials.logins import secret
from credentials.models import Credentials, LetterFile
from tests.builders import make_login
from tests.drills.planted import Planted
from tests.drills.promises import Promises, orphans, unfinished


def drill(*arguments: str) -> dict:
    """What it found: on the kind of database that is being tested (so the mark), in one of its own."""
    where = ["--sqlite"] if connection.vendor == "sqlite" else []
    command = [sys.executable, "-m", "tests.drills", *arguments, *where]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.django_db
def test_a_worker_killed_three_times_loses_no_login_and_no_letter_and_is_followed_in_time():
    found = drill("letters", "--times", "3", "--seed", "2")

    assert found["violations"] == []
    assert found["kills"] == 3
    assert 0 < found["longest_resume_seconds"] < 30


@pytest.mark.django_db
def test_a_database_stopped_in_the_middle_of_letters_loses_none_and_all_goes_on(postgres_alone):
    found = drill("database", "--times", "1", "--seed", "1")

    assert found["violations"] == []
    assert found["stops"] == 1
    assert 0 < found["longest_resume_seconds"] < 30


@pytest.mark.django_db
def test_whoever_guesses_at_a_login_shuts_nobody_out_nor_does_a_school_that_types_badly():
    found = drill("guessing", "--times", "200", "--seed", "1")

    assert [one for one in found["violations"] if "waited" not in one] == []
    assert found["owner_came"] >= 2
    assert found["school_mistyped"] > 0
    # Under a second, the drill says, on a machine that does nothing else.
    assert 0 < found["owner_longest_seconds"] < 30


@pytest.mark.django_db
def test_no_known_secret_is_in_a_log_a_figure_a_report_the_queue_or_a_temporary_file(
    postgres_alone,
):
    found = drill("secrets", "--times", "300", "--seed", "1")

    assert found["violations"] == []
    assert found["secrets"] >= 300


@pytest.fixture
def postgres_alone() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is no server that could be stopped")


@pytest.fixture
def made(world, issue) -> LetterFile:
    world.open_all()
    return issue()


@pytest.fixture
def promises(made) -> Promises:
    promises = Promises()
    assert promises.broken() == []
    return promises


def test_it_sees_who_lost_a_login(promises):
    Credentials.objects.update(revoked_at="2026-08-01T00:00Z", revoked_because="replaced")

    [sentence] = promises.broken()
    assert "1 candidates had a login and have none" in sentence


def test_it_sees_a_login_whose_letter_was_never_stored(promises, world):
    make_login(world.candidate)

    [sentence] = promises.broken()
    assert "1 logins are on no letter" in sentence


def test_it_sees_a_letter_that_is_another_candidates(promises, world):
    Candidate.objects.filter(pk=world.candidate.pk).update(number="0077")

    [sentence] = promises.broken()
    assert "1 logins are on no letter" in sentence


def test_it_sees_a_letter_that_prints_another_login(promises):
    pepper_id, digest = secret.current_digest(secret.make())
    Credentials.objects.update(digest=digest, pepper_id=pepper_id)

    [sentence] = promises.broken()
    assert "1 logins are on no letter" in sentence


@pytest.mark.parametrize("damage", [b"", b"not what was written"])
def test_it_sees_a_part_that_is_gone_or_damaged(promises, made, letters_folder, damage):
    path = letters_folder / made.parts.get().stored_as
    path.write_bytes(damage) if damage else path.unlink()

    [sentence] = promises.broken()
    assert "1 logins are on no letter" in sentence


def test_it_sees_what_is_stored_and_not_recorded(made):
    assert orphans() == []
    storage.store_part(made, storage.unwrap(made), 9, [])

    [sentence] = orphans()
    assert "no row names it" in sentence


def test_it_sees_a_file_that_is_not_finished(made):
    assert unfinished() == []
    LetterFile.objects.update(state="running")

    [sentence] = unfinished()
    assert "is running with 1 of 1 letters" in sentence


@pytest.mark.parametrize(
    "written", ["ABCD-EFGH", "abcd-efgh", "ABCDEFGH", "x%41BCD%2DEFGHx", '{"event": "ABCD-EFGH"}']
)
def test_it_sees_a_secret_however_it_is_written(written):
    planted = Planted()
    planted.add("username", "ABCD-EFGH", "JKMN-PQRS")

    assert planted.told({"a log": f"Not Found: {written}", "another": "ABCD"}) == [
        "1 × username in a log."
    ]
