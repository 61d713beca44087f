"""The state of the service, each part at its good, its middling and its bad."""

import datetime as dt
import os

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from board import resources, service_state
from core import worker
from core.jobs import do
from core.models import SiteIdentity, WorkerHeartbeat
from storage.store import store
from tests.builders import (
    A_LEVEL_RELEASE,
    BEFORE,
    hold,
    make_board_operator,
    make_load,
)

HOUR = dt.timedelta(hours=1)


def test_every_job_has_its_words():
    assert {model._meta.label for model in service_state.LONG_WORK} == set(settings.JOBS)


def part(name: str, at: dt.datetime | None = None) -> service_state.Check:
    return next(one for one in service_state.state(at=at) if one.name == name)


def test_a_worker_gives_signs_while_it_works(world):
    assert part("Workers").state == "bad"
    for act in worker.periodic_tasks("every beat"):  # as `manage.py db_worker` does
        act()

    alive = part("Workers")
    assert alive.state == "good"
    assert alive.words.startswith("One worker is running, the first since ")
    late = part("Workers", timezone.now() + HOUR)
    assert late.state == "bad"
    assert "the last sign was 1\xa0hour ago" in late.words


def test_signs_of_workers_long_gone_are_forgotten(db):
    worker.heartbeat()
    worker.forget_heartbeats(timezone.now() + HOUR)
    assert WorkerHeartbeat.objects.count() == 1

    worker.forget_heartbeats(timezone.now() + 25 * HOUR)
    assert not WorkerHeartbeat.objects.exists()


def test_a_sign_moves_and_its_beginning_stays(db):
    worker.heartbeat()
    first = WorkerHeartbeat.objects.get()
    worker.heartbeat(timezone.now() + HOUR)
    again = WorkerHeartbeat.objects.get()

    assert again.since == first.since
    assert again.seen_at > first.seen_at


def test_the_queue_counts_and_says_how_long_the_oldest_waits(world):
    assert part("Queue").words == "0 waiting, 0 running, 0 failed in the last day."
    do.enqueue("loading.LoadedFile", "none")
    now = timezone.now()

    assert part("Queue", now).state == "good"
    assert part("Queue", now + HOUR).state == "look"
    assert "The oldest has waited for 1\xa0hour." in part("Queue", now + HOUR).words
    DBTaskResult.objects.update(status="FAILED", finished_at=now)
    assert part("Queue", now).state == "look"
    assert part("Queue", now + 25 * HOUR).state == "good"


def test_the_storage_is_drawn(world, storage_folder):
    store("letters").replace("some/part", b"x" * 5000)
    make_load(world.board, b"x" * 700)

    storage = part("Storage")
    assert [bar.size for bar in storage.bars[:2]] == [5000, 700]
    assert "free of" in storage.words


def test_a_full_disk_is_told(db, monkeypatch):
    for full, expected in [("ALMOST_FULL", "look"), ("FULL", "bad")]:
        monkeypatch.setattr(resources, full, 0.0)
        assert part("Storage").state == expected
        assert "Make room" in part("Storage").remedy


def test_the_database_says_what_it_is_and_what_is_not_applied(world):
    assert part("Database").state == "good"
    assert connection.display_name in part("Database").words
    MigrationRecorder.Migration.objects.filter(app="core").latest("name").delete()

    missing = part("Database")
    assert missing.state == "bad"
    assert "1 migration is not applied." in missing.words


def test_a_trigger_that_is_missing_is_named(db):
    on = " ON centres_auditevent" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER centres_auditevent_no_delete{on}")

    database = part("Database")
    assert database.state == "bad"
    assert "missing: centres_auditevent." in database.words


def test_the_backup_is_as_old_as_the_file_that_it_touches(db, settings, tmp_path):
    stamp = tmp_path / "stamp"
    stamp.touch()
    settings.BACKUP_STAMP = str(stamp)
    for hours, expected in [(1, "good"), (25, "good"), (27, "look"), (71, "look"), (73, "bad")]:
        made = (timezone.now() - hours * HOUR).timestamp()
        os.utime(stamp, (made, made))
        assert part("Backup").state == expected


def test_without_a_stamp_it_is_what_the_backup_itself_has_said(db, settings, tmp_path):
    settings.BACKUP_STAMP = ""
    assert "bin/portal backup" in part("Backup").remedy
    assert part("Backup").state == "look"
    SiteIdentity.objects.update(backed_up_at=timezone.now())
    assert "when the files last had a backup" in part("Backup").words
    SiteIdentity.objects.update(files_backed_up_at=timezone.now() - 27 * HOUR)
    assert part("Backup").state == "look" and "1\xa0day" in part("Backup").words
    SiteIdentity.objects.update(files_backed_up_at=timezone.now())
    assert part("Backup").state == "good"
    settings.BACKUP_STAMP = str(tmp_path / "none")
    assert part("Backup").state == "bad"


def test_the_next_release_with_its_candidates_and_whether_it_is_held(world):
    coming = part("Next release", BEFORE)
    assert coming.state == "good"
    assert coming.words == (
        "Cambridge International AS & A Level, June 2026: 11 August 2026, 06:00 London time (UTC+1), "
        "11 August 2026, 05:00 UTC; 4 candidates."
    )
    hold(series=world.series)
    assert part("Next release", BEFORE).state == "look"
    assert "It is held." in part("Next release", BEFORE).words
    assert "Cambridge IGCSE" in part("Next release", A_LEVEL_RELEASE).words


def test_staff_who_are_not_of_the_board_see_nothing_of_it(client, world):
    """Who may enter Django's admin elsewhere is no board operator here."""
    user = make_board_operator("half")
    user.is_superuser = False
    user.save()
    client.force_login(user)
    for path in ("", "state/", "loading/", "releases/propose/"):
        assert client.get(f"/board/{path}").status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_takes_the_same_queries_however_much_there_is(
    board, world, many, django_assert_num_queries
):
    for centre in list(world.candidates)[:many]:
        hold(candidate=world.candidates[centre])
        make_load(world.board, kind="series", state="ready", found={"bad": 0, "changes": 1})
        WorkerHeartbeat.objects.create(name=centre, since=BEFORE, seen_at=timezone.now())
    board.get("/board/state/")
    with django_assert_num_queries(29 if connection.vendor == "postgresql" else 28):  # its log
        board.get("/board/state/")


def test_work_that_is_tried_in_vain_and_work_that_was_given_up_is_told(db):
    now = timezone.now()
    assert part("Long work").state == "good"
    load = make_load(
        make_board_operator(), state="queued", due_at=now + HOUR, attempts=3, heartbeat=now
    )
    load.error = "The disk of the database is full (53100)."
    load.save()

    waits = part("Long work")
    assert (waits.state, waits.words) == (
        "look",
        "Failed so far: 1 file to load. The disk of the database is full (53100).",
    )

    load.state, load.due_at, load.attempts = "failed", None, 10
    load.save()
    ended = part("Long work")
    assert (ended.state, ended.words) == ("bad", "Given up after 10 attempts: 1 file to load.")
    assert "Try again" in ended.remedy
    assert part("Long work", now + 8 * 24 * HOUR).state == "good"
