"""A restored database: its work waits, its pages are closed, and somebody lets it go on."""

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection

from centres.models import AuditEvent
from core import jobs, restored
from core.management.commands import db_worker
from core.models import SiteIdentity, WorkerHeartbeat
from credentials.letters import letter_parts, storage
from credentials.models import Credentials, LetterFile
from operations import readiness
from results.models import Hold
from tests.board.events import POST
from tests.builders import PASSWORD, hold, make_login
from tests.letters import an_hour_passes

GO_ON = {"go_on": True, "by": "board"}


@pytest.fixture
def noted(db):
    """This database is the site's."""
    restored.note_first()
    assert not restored.is_stopped()


@pytest.fixture
def stopped(noted):
    """The same row in another database."""
    SiteIdentity.objects.update(database="another")
    restored.note_of_connection(None, connection)
    yield
    connection.is_of_a_restored = False


def test_it_is_noted_once_and_another_database_does_not_believe_it(noted):
    before = SiteIdentity.objects.get().database
    SiteIdentity.objects.update(database="another")
    restored.note_first()

    assert restored.is_stopped()
    assert before and SiteIdentity.objects.get().database == "another"


def test_on_postgresql_a_table_that_was_made_anew_is_another_database(noted):
    """As by a dump that is loaded into the same server."""
    if connection.vendor != "postgresql":
        pytest.skip("a copy of SQLite says itself that it is one")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE again (LIKE core_siteidentity INCLUDING ALL)")
        cursor.execute("INSERT INTO again SELECT * FROM core_siteidentity")
        cursor.execute("DROP TABLE core_siteidentity")
        cursor.execute("ALTER TABLE again RENAME TO core_siteidentity")

    assert restored.is_stopped()


def test_work_waits_and_goes_on_when_somebody_says_so(world, ask, stopped):
    world.open_all()
    file = ask()
    jobs.run("credentials.LetterFile", str(file.pk))
    assert LetterFile.objects.get().state == "queued"

    call_command("restored", **GO_ON)
    jobs.run("credentials.LetterFile", str(file.pk))

    assert LetterFile.objects.get().state == "ready"
    assert AuditEvent.objects.get(action="restored_gone_on").by == "board (command: restored)"


def test_whoever_was_signed_in_on_the_day_of_the_copy_signs_in_again(world, client, stopped):
    client.force_login(world.officer)
    assert Session.objects.count() == 1

    call_command("restored", **GO_ON)
    assert Session.objects.count() == 0


def test_who_lets_it_go_on_has_a_name(stopped):
    with pytest.raises(CommandError, match="who you are"):
        call_command("restored", go_on=True)
    assert restored.is_stopped()


def test_the_board_decides_that_it_goes_on(world, stopped):
    world.board.is_active = False
    world.board.save()
    for by in ("Ada Lovelace", "officer.main", "board"):
        with pytest.raises(CommandError, match="nobody of the board"):
            call_command("restored", go_on=True, by=by)
    assert restored.is_stopped()


def test_the_worker_only_says_that_it_is_there(stopped):
    done = []

    def destroy():
        done.append("destroyed")

    db_worker._do([destroy, db_worker.heartbeat])
    assert done == []
    assert WorkerHeartbeat.objects.exists()

    restored.go_on()
    db_worker._do([destroy])
    assert done == ["destroyed"]


def test_in_a_batch_it_says_why_it_does_nothing(stopped):
    with pytest.raises(CommandError, match="restored"):
        call_command("db_worker", batch=True)


def test_it_can_be_said_of_a_restore_that_nothing_can_know(noted, capsys):
    call_command("restored")
    assert "always had" in capsys.readouterr().out

    call_command("restored", stop=True, by="Ada Lovelace")

    assert restored.is_stopped()
    assert "Work waits" in capsys.readouterr().out


def test_the_board_alone_sees_pages_and_only_looks(client, board, world, stopped):
    assert board.get("/board/state/").status_code == 200
    assert board.post("/board/").status_code == 503

    client.force_login(world.officer)
    answer = client.get("/")
    assert answer.status_code == 503
    assert "restored from a backup" in answer.content.decode()
    assert client.get("/log-in/").status_code != 503

    restored.go_on()
    assert client.get("/").status_code == 200


def test_what_was_held_since_is_held_again_before_the_site_opens(client, board, world, stopped):
    wanted = {"centre_number": "main1", "series": world.series.pk, "reason": "Under inquiry"}
    board.post("/board/holds/place/", {**wanted, **POST, "confirmed": "Hold"})
    assert Hold.objects.in_force().get().centre == world.main

    assert board.post("/board/holds/request-release/", {"hold": 1}).status_code == 503
    client.force_login(world.officer)
    assert client.post("/board/holds/place/", wanted).status_code == 503


def test_what_was_kept_for_the_password_is_not_carried_on_with(board, world, noted, monkeypatch):
    placed = hold(candidate=world.candidate)
    an_hour_passes(board)
    asked = board.post("/board/holds/request-release/", {"hold": placed.pk})
    assert "kept=" in asked.url

    SiteIdentity.objects.update(database="another")
    monkeypatch.setattr(connection, "is_of_a_restored", True)

    assert board.post(asked.url, {"password": PASSWORD}).status_code == 302
    assert not Hold.objects.filter(asked_at__isnull=False).exists()


def test_the_state_page_says_what_to_do_and_readiness_what_is_awaited(board, stopped, monkeypatch):
    assert "manage restored" in board.get("/board/state/").content.decode()
    monkeypatch.setattr(readiness, "reasons", list)

    assert "The database was restored" in board.get("/health/ready/").content.decode()
    restored.go_on()
    assert board.get("/health/ready/").content == b"ready\n"


def test_a_connection_that_a_pooler_keeps_over_a_restore_is_asked_again(
    client, world, noted, settings, monkeypatch
):
    world.open_all()
    username, password, _ = make_login(world.candidate)
    login = {"username": username, "password": password}
    restored.note_of_connection(None, connection)
    SiteIdentity.objects.update(database="another")  # no connection was closed for it
    monkeypatch.setattr(restored, "LOOKS_EVERY", 0)
    settings.DATABASE_POOLING = "transaction"

    assert client.post("/results/", login).status_code == 503
    restored.go_on()
    assert client.post("/results/", login).status_code == 303


def test_candidates_wait_until_it_goes_on(client, world, stopped):
    world.open_all()
    username, password, _ = make_login(world.candidate)
    login = {"username": username, "password": password}
    assert client.get("/results/").status_code == 200
    assert client.post("/results/", login).status_code == 503

    restored.go_on()
    assert client.post("/results/", login).status_code == 303


@pytest.fixture
def left(world, ask, monkeypatch):
    """A letter file whose only part was stored after the point of the restore."""
    world.open_all()
    file = ask()
    LetterFile.objects.update(state="running")
    file.refresh_from_db()
    monkeypatch.setattr(letter_parts, "_put_in_place", lambda *facts: None)
    letter_parts.make_next(file, storage.unwrap(file))
    return file


def test_letters_that_it_does_not_know_are_listed_with_whose_they_are(left, world, stopped, capsys):
    call_command("restored")

    said = capsys.readouterr().out
    assert "must be created again" in said
    assert f"{left.centre.number}, June 2026: 1 letters" in said
    assert said.rstrip().endswith("--by USERNAME, of the board")
    assert not Credentials.objects.exists()
    call_command("restored", **GO_ON)
    told = AuditEvent.objects.get(action="letters_unknown")
    assert told.new == {"candidates": world.candidate.number}


def test_of_a_letter_file_that_it_does_not_know_as_much_as_can_be(left, world, stopped, capsys):
    LetterFile.objects.all().delete()
    call_command("restored", **GO_ON)

    said = capsys.readouterr().out
    assert f"{left.centre.number}, 2026-06: at most 200 letters" in said
    assert str(left.pk) in said
    told = AuditEvent.objects.get(action="letters_unknown")
    assert (told.centre, told.series) == (left.centre.number, "June 2026")
