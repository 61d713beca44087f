"""A job that cannot succeed comes to an end: attempts are counted, wait longer, and are told."""

import datetime as dt
import multiprocessing
import os
import signal
from contextlib import suppress

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from centres.models import AuditEvent, Candidate
from core import jobs, worker
from credentials.letters import letter_parts
from credentials.letters.tasks import retry
from credentials.models import Credentials, LetterFile
from tests.builders import BEFORE, World, make_candidate, make_login
from tests.credentials.test_tasks import works
from tests.letters import Storage, make

CHOSEN = 4
TRIGGER = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.candidate_id = %d THEN
            RAISE EXCEPTION 'could not extend file' USING ERRCODE = '%s';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON credentials_credentials
    FOR EACH ROW EXECUTE FUNCTION no_room();
"""
NO_TRIGGER = """
    DROP TRIGGER IF EXISTS no_room ON credentials_credentials;
    DROP FUNCTION IF EXISTS no_room();
"""


def populate(world: World) -> World:
    world.open_all()
    for number in range(2, CHOSEN + 1):
        make_candidate(world.main, world.series, f"{number:04}")
    return world


@pytest.fixture
def four(world, monkeypatch) -> World:
    """MAIN1 with four candidates, two letters in a part."""
    monkeypatch.setattr(letter_parts, "LETTERS", 2)
    return populate(world)


@pytest.fixture
def refuses(four):
    """refuses(sqlstate): PostgreSQL will not keep the login of the fourth candidate."""
    if connection.vendor != "postgresql":
        pytest.skip("an SQLSTATE is PostgreSQL's")

    def refuse(sqlstate: str) -> None:
        fourth = Candidate.objects.get(centre=four.main, number="0004")
        with connection.cursor() as cursor:
            cursor.execute(NO_TRIGGER + TRIGGER % (fourth.pk, sqlstate))

    yield refuse
    with connection.cursor() as cursor:
        cursor.execute(NO_TRIGGER)


def resume() -> None:
    """What a worker took from the queue is gone from it."""
    DBTaskResult.objects.all().delete()
    assert worker.resume() == 1


def until_it_ends(file: LetterFile, clock, *, most: int = 50) -> list[float]:
    """Let a worker do what it would; how long each attempt was put off, in seconds."""
    waits = []
    for _ in range(most):
        make(file)
        if not file.under_way:
            return waits
        waits.append((file.due_at - timezone.now()).total_seconds())
        if waits[-1]:
            make(file)  # not due yet: nothing happens
        clock.move_to(file.due_at + dt.timedelta(seconds=9))
        resume()
    raise AssertionError("it never ended")


def test_a_full_disk_of_the_database_is_tried_again_later_and_later_and_then_said(
    four, ask, refuses, caplog
):
    old = [make_login(one) for one in Candidate.objects.filter(centre=four.main).order_by("number")]
    refuses("53100")
    with time_machine.travel(BEFORE, tick=False) as clock:
        file = ask()
        waits = until_it_ends(file, clock)

    assert waits == [0, 10, 20, 40, 80, 160, 300, 300, 300]
    assert (file.state, file.attempts, file.done, file.total) == ("failed", 10, 2, 4)
    assert file.error == (
        "The disk of the database is full (53100). It was tried 10 times and is not tried again by "
        "itself. Tell the awarding body; when that is fixed, try again."
    )
    assert [works(login) for login in old] == [False, False, True, True]
    assert AuditEvent.objects.get(action="letters_failed").new == {"error": file.error}
    assert (
        caplog.text.count("53100") == 2 * 10
    )  # each time, of Django's error and what lies behind it
    assert "could not extend file" not in caplog.text


def test_while_it_waits_it_says_why_how_often_it_was_tried_and_when_it_is_tried_again(
    four, ask, refuses, client
):
    refuses("53100")
    client.force_login(four.officer)
    with time_machine.travel(BEFORE, tick=False) as clock:
        file = ask()
        for _ in range(2):
            clock.move_to(make(file).due_at + dt.timedelta(seconds=9))
            resume()
        make(file)
        page = client.get(f"/candidate-results/2026-06/MAIN1/letters/{file.pk}/").content.decode()

    assert file.is_put_off
    assert "The disk of the database is full (53100)." in page
    assert "2 of 4" in page
    assert "3 attempts failed" in page
    assert "The next one is on 1 August 2026, 19:00:48 Bangkok time (UTC+7)" in page
    assert "has not answered for a while" not in page


def test_try_again_counts_anew_and_makes_what_is_missing(
    four, ask, refuses, django_capture_on_commit_callbacks
):
    refuses("53100")
    with time_machine.travel(BEFORE, tick=False) as clock:
        file = ask()
        until_it_ends(file, clock)
        with connection.cursor() as cursor:
            cursor.execute(NO_TRIGGER)
        with django_capture_on_commit_callbacks(execute=True):
            retry(letter_file=file, by=four.officer, at=BEFORE)
        file.refresh_from_db()
        assert (file.state, file.attempts, file.error) == ("queued", 0, "")
        make(file)

    assert (file.state, file.done) == ("ready", 4)


@pytest.mark.parametrize("sqlstate", ["23514", "22001", "XX000", "P0001"])
def test_what_comes_again_each_time_is_not_tried_again(four, ask, refuses, sqlstate):
    refuses(sqlstate)

    file = make(ask())

    assert (file.state, file.attempts, file.done) == ("failed", 1, 2)
    assert file.error == jobs.OUR_FAULT


class Killed(BaseException):
    """The worker is gone in the middle of its work."""


def kill():
    raise Killed


def cut_off(file: LetterFile, clock) -> None:
    """A worker that is killed, and is found out."""
    with suppress(Killed):
        make(file)
    clock.shift(9)
    DBTaskResult.objects.all().delete()
    worker.resume()
    file.refresh_from_db()
    if file.due_at:
        assert worker.resume() == 0
        clock.move_to(file.due_at + dt.timedelta(seconds=9))
        resume()


def test_a_worker_killed_again_and_again_before_it_comes_further_is_not_followed_for_ever(
    four, ask
):
    old = [make_login(candidate) for candidate in Candidate.objects.filter(centre=four.main)]
    with time_machine.travel(BEFORE, tick=False) as clock:
        file = ask()
        for attempt in range(1, 11):
            Storage.before_save = [kill]
            assert file.under_way, attempt
            cut_off(file, clock)

    file.refresh_from_db()
    assert (file.state, file.attempts, file.done) == ("failed", 10, 0)
    assert file.error.startswith("The worker that did this was cut off before it came further")
    assert "It was tried 10 times" in file.error
    assert AuditEvent.objects.get(action="letters_failed").new == {"error": file.error}
    assert all(map(works, old))


def test_a_worker_killed_after_every_part_is_followed_until_all_are_made(world, ask, monkeypatch):
    monkeypatch.setattr(letter_parts, "LETTERS", 1)
    world.open_all()
    for number in range(2, 21):
        make_candidate(world.main, world.series, f"{number:04}")
    with time_machine.travel(BEFORE, tick=False) as clock:
        file = ask()
        for _ in range(19):
            Storage.before_save = [lambda: None, kill]
            cut_off(file, clock)
            file.refresh_from_db()
            assert (file.state, file.attempts) == ("queued", 1)
        make(file)

    assert (file.state, file.done) == ("ready", 20)


@pytest.fixture
def on_disk(transactional_db, four) -> World:
    """The same, in a database that other processes and connections reach, too."""
    return four


def test_a_process_that_is_killed_for_real_counts_as_an_attempt(on_disk, letters_folder, ask):
    file = ask()
    Storage.before_save = [lambda: None, lambda: os.kill(os.getpid(), signal.SIGKILL)]
    connections.close_all()
    ended = []
    for _ in range(3):
        child = multiprocessing.get_context("fork").Process(target=make, args=[file])
        child.start()
        child.join()
        ended.append(child.exitcode)
        Storage.before_save = [lambda: os.kill(os.getpid(), signal.SIGKILL)]
        file.refresh_from_db()
        LetterFile.objects.filter(state="running").update(state="queued", heartbeat=None)
        connections.close_all()

    assert ended == [-signal.SIGKILL] * 3
    assert (file.done, file.attempts) == (2, 3)  # the first of the three came further


def test_that_the_database_goes_away_is_nobodys_attempt(on_disk, letters_folder, ask):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is no server that ends connections")
    file = ask()

    def end_connection():
        pid = connection.connection.info.backend_pid
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        other.close()

    with time_machine.travel(BEFORE, tick=False) as clock:
        for _ in range(12):
            LetterFile.objects.filter(pk=file.pk).update(state="queued")
            Storage.before_save = [end_connection]
            with pytest.raises(jobs.Unfinished, match=r"OperationalError|InterfaceError") as error:
                jobs.do.func("credentials.LetterFile", str(file.pk))
            assert error.value.__suppress_context__
            connection.close()
            worker.jobs_heartbeat()
            file.refresh_from_db()
            assert (file.state, file.attempts) == ("running", 0)
            clock.shift(9)
            resume()
        assert make(file).state == "ready"
    assert Credentials.objects.live().count() == 4
