"""Rule 17: letter files are destroyed some time after the series."""

import datetime as dt

import pytest
from django.core.management import call_command

from centres.models import AuditEvent, Release
from credentials.letters import storage
from credentials.letters.retention import destroy_expired, kept_until
from credentials.logins.authentication import sign_in
from credentials.models import LetterFile
from tests.between_queries import after_query
from tests.builders import BEFORE, IGCSE_RELEASE
from tests.letters import logins_in

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def issue(issue):
    """Letters that were made before the release."""

    def issue_before(*args):
        file = issue(*args)
        LetterFile.objects.filter(pk=file.pk).update(asked_at=BEFORE)
        return file

    return issue_before


@pytest.fixture
def due(settings):
    settings.LETTER_RETENTION = dt.timedelta(days=90)
    return IGCSE_RELEASE + dt.timedelta(days=90)


def test_a_file_is_destroyed_when_its_time_after_the_last_release_has_passed(
    world, issue, letters_folder, due
):
    world.open_all()
    file = issue()
    [login] = logins_in(file)

    assert destroy_expired(due) == 0
    assert destroy_expired(due + SECOND) == 1

    file.refresh_from_db()
    assert (file.state, file.wrapped_key, file.destroyed_at) == ("destroyed", None, due + SECOND)
    assert not list(letters_folder.glob("*/*"))
    assert not file.parts.exists()
    with pytest.raises(storage.CannotOpen, match="has been deleted"):
        storage.letters_in(file)
    assert sign_in(*login) is not None  # the login is another matter
    event = AuditEvent.objects.get(action="letters_destroyed")
    assert (event.centre, event.new) == ("MAIN1", {"letters": 1})


def test_it_is_destroyed_once(world, issue, due):
    world.open_all()
    issue()

    assert destroy_expired(due + SECOND) == 1
    assert destroy_expired(due + SECOND) == 0
    assert AuditEvent.objects.filter(action="letters_destroyed").count() == 1


def test_two_workers_who_destroy_at_once_record_it_once(world, issue, due):
    world.open_all()
    issue()

    with after_query(1, lambda: destroy_expired(due + SECOND)):
        destroy_expired(due + SECOND)
    assert AuditEvent.objects.filter(action="letters_destroyed").count() == 1


def test_letters_made_long_after_the_release_are_kept_as_long_from_then(world, issue, due):
    world.open_all()
    issue()
    LetterFile.objects.update(asked_at=due)

    assert destroy_expired(due + SECOND) == 0
    assert destroy_expired(due + dt.timedelta(days=90) + SECOND) == 1


def test_a_series_without_a_release_keeps_its_letters(world, issue, due):
    world.open_all()
    issue()
    Release.objects.all().delete()

    assert destroy_expired(due + dt.timedelta(days=1000)) == 0


@pytest.mark.parametrize("asked_at", [BEFORE, IGCSE_RELEASE + dt.timedelta(days=30)])
def test_a_file_is_kept_until_the_time_that_is_told(world, issue, due, asked_at):
    world.open_all()
    file = issue()
    LetterFile.objects.update(asked_at=asked_at)

    told = kept_until(file)
    assert told == max(asked_at, IGCSE_RELEASE) + dt.timedelta(days=90)
    assert destroy_expired(told) == 0
    assert destroy_expired(told + SECOND) == 1


def test_no_time_is_told_as_long_as_the_series_has_no_release(world, issue, due):
    world.open_all()
    file = issue()
    Release.objects.all().delete()

    assert kept_until(file) is None


def test_a_run_that_was_killed_after_the_key_is_finished_by_the_next(
    world, issue, letters_folder, due
):
    world.open_all()
    file = issue()
    LetterFile.objects.update(state="destroyed", wrapped_key=None)
    assert list(letters_folder.glob("*/*"))

    destroy_expired(due - SECOND)

    assert not list(letters_folder.glob("*/*"))
    assert not file.parts.exists()


def test_the_command_says_how_many(world, issue, settings, capsys):
    settings.LETTER_RETENTION = dt.timedelta(days=-100_000)
    world.open_all()
    issue()

    call_command("destroy_letters")

    assert capsys.readouterr().out == "1 letter file destroyed\n"
