"""How a file comes to be a version, and what is new to whom (`exchange.versions`, `exchange.version_state`)."""

import datetime as dt
import hashlib
import io

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from centres.models import AuditEvent
from core import encrypted_files
from core.models import EncryptedFile
from exchange import quota, uploads
from exchange.access import exchange_for
from exchange.downloads import download, withdraw
from exchange.models import File, Kind, Side, Version
from exchange.overview import new_for
from exchange.quota import CannotUpload, quota_of
from exchange.version_state import is_new_to
from tests.exchange.files import CSV, PDF, begin_upload, look_at, put_file, some

pytestmark = pytest.mark.usefixtures("storages")

OTHER = b"centre\nASC02\n"


def content_of(version: Version) -> bytes:
    return b"".join(encrypted_files.stream(version.stored))


def test_a_newer_file_of_the_same_name_is_a_new_version_and_the_older_one_stays(world):
    first = put_file(world.associate_officer, data=CSV)
    second = put_file(world.officer, data=OTHER)

    assert first.file == second.file
    assert [(one.number, one.side) for one in first.file.versions.all()] == [
        (2, Side.ABOVE),
        (1, Side.CENTRE),
    ]
    assert content_of(first) == CSV and content_of(second) == OTHER
    assert second.stored.sha256 == hashlib.sha256(OTHER).hexdigest()


def test_folders_and_exchanges_keep_files_of_the_same_name_apart(world):
    put_file(world.officer)
    put_file(world.officer, kind=Kind.ENTRIES)
    put_file(world.officer, series=world.series)
    put_file(world.officer, other="board")
    put_file(world.officer, centre="ASC02")

    assert File.objects.count() == 5
    assert set(Version.objects.values_list("number", flat=True)) == {1}


@pytest.mark.parametrize("with_series", [True, False])
@pytest.mark.parametrize("with_main", [True, False])
def test_a_name_stands_once_in_a_folder(world, with_main, with_series):
    folder = {
        "centre": world.associate,
        "main": world.main if with_main else None,
        "series": world.series if with_series else None,
        "kind": Kind.ENTRIES,
        "name": "a.csv",
    }
    File.objects.create(**folder)
    with pytest.raises(IntegrityError), transaction.atomic():
        File.objects.create(**folder)


def test_it_is_recorded_who_uploaded_it(world):
    put_file(world.officer, series=world.series, kind=Kind.ENTRIES)

    event = AuditEvent.objects.get(action="exchange_uploaded")
    assert (event.by, event.centre, event.series) == ("officer.main", "ASC01", "June 2026")
    assert event.subject == "entries.csv, version 1"
    assert event.new == {"folder": "Entries", "with": "MAIN1", "size": len(CSV)}


def test_it_is_kept_for_its_time_or_less_when_that_is_asked(world, settings):
    now = timezone.now()
    soon = now + dt.timedelta(days=3)
    assert put_file(world.officer, at=now).kept_until == now + settings.EXCHANGE_RETENTION
    assert put_file(world.officer, at=now, kept_until=soon).kept_until == soon
    late = now + 2 * settings.EXCHANGE_RETENTION
    assert put_file(world.officer, at=now, kept_until=late).kept_until < late


@pytest.mark.parametrize("data", [b"", b"MZ\x90\x00 a program"])
def test_of_what_is_not_allowed_nothing_stays(world, data, encrypted_folder):
    with pytest.raises(CannotUpload):
        put_file(world.officer, data=data)
    assert not File.objects.exists() and not EncryptedFile.objects.exists()


def test_what_is_larger_than_the_room_is_refused_and_what_has_come_counts(world, settings):
    settings.EXCHANGE_CENTRE_LIMIT = 3 * len(CSV)
    put_file(world.officer)
    upload = begin_upload(world.associate_officer, other="board", length=2 * len(CSV))
    assert quota_of(world.associate).free == 2 * len(CSV)  # nothing has come
    uploads.receive(upload, io.BytesIO(2 * CSV).read, offset=0)
    assert quota_of(world.associate).free == 0

    with pytest.raises(CannotUpload, match="There is room for 0\xa0bytes more"):
        put_file(world.officer)
    put_file(world.officer, centre="ASC02")  # which has room of its own


def test_an_upload_that_others_have_left_no_room_for_is_kept_until_there_is_some(world, settings):
    settings.EXCHANGE_CENTRE_LIMIT = 2 * len(CSV)
    upload = begin_upload(world.associate_officer, length=2 * len(CSV))
    other = put_file(world.officer)
    uploads.receive(upload, io.BytesIO(2 * CSV).read, offset=0)
    with pytest.raises(CannotUpload, match="other files have come meanwhile"):
        uploads.finish(upload)
    withdraw(
        version=other, exchange=exchange_for(world.officer, "ASC01", "MAIN1"), by=world.officer
    )
    assert uploads.finish(upload).stored.size == 2 * len(CSV)


def test_room_is_looked_at_as_an_upload_comes(world, settings, monkeypatch):
    monkeypatch.setattr(uploads, "SAVED_EVERY", 1)
    settings.EXCHANGE_CENTRE_LIMIT = 200_000
    upload = begin_upload(world.associate_officer, length=150_000)
    put_file(world.officer, data=some(100_000), name="other.pdf")
    with pytest.raises(CannotUpload, match="other files have come meanwhile"):
        uploads.receive(upload, io.BytesIO(some(150_000)).read, offset=0)
    upload.refresh_from_db()
    assert 0 < upload.stored.size < 150_000  # and what came is kept


def test_one_person_begins_only_so_many_uploads_and_empty_ones_go_after_an_hour(world, settings):
    for _ in range(uploads.MOST_BEGUN):
        begin_upload(world.associate_officer)
    with pytest.raises(CannotUpload, match="20 uploads that are not finished"):
        begin_upload(world.associate_officer)
    begin_upload(world.officer)
    assert (
        uploads.tidy(timezone.now() + settings.EXCHANGE_EMPTY_EXPIRES_AFTER)
        == uploads.MOST_BEGUN + 1
    )
    begin_upload(world.associate_officer)


def test_what_is_larger_than_a_file_may_be_is_refused(world, settings):
    settings.EXCHANGE_FILE_LIMIT = len(CSV) - 1
    with pytest.raises(CannotUpload, match="at most"):
        put_file(world.officer)


def test_what_was_withdrawn_takes_no_room(world):
    version = put_file(world.officer)
    assert quota_of(world.associate).used == len(CSV)
    withdraw(
        version=version, exchange=exchange_for(world.officer, "ASC01", "MAIN1"), by=world.officer
    )
    assert quota.quota_of(world.associate).used == 0


def test_a_file_is_new_to_the_other_side_until_somebody_there_has_downloaded_it(world):
    version = put_file(world.associate_officer)
    assert [new_for(one) for one in (world.officer, world.viewer)] == [1, 1]
    assert [new_for(one) for one in (world.associate_officer, world.stranger, world.board)] == [
        0
    ] * 3

    own = exchange_for(world.associate_officer, "ASC01", "MAIN1")
    download(version=version, exchange=own, by=world.associate_officer)
    assert new_for(world.officer) == 1  # one's own look at it says nothing of theirs
    theirs = exchange_for(world.viewer, "ASC01", "MAIN1")
    download(version=version, exchange=theirs, by=world.viewer)
    assert new_for(world.officer) == 0

    put_file(world.associate_officer, data=OTHER)
    assert new_for(world.officer) == 1


def test_what_the_board_uploads_is_new_to_the_centre_and_to_its_main_centre(world):
    put_file(world.board, other="board")
    assert [new_for(one) for one in (world.associate_officer, world.officer)] == [1, 1]
    assert [new_for(one) for one in (world.stranger, world.board)] == [0, 0]
    put_file(world.officer, other="board", name="answer.pdf", data=PDF)
    assert new_for(world.board) == 1


def test_only_the_newest_that_can_be_downloaded_is_new(world):
    put_file(world.officer)
    second = put_file(world.officer, data=OTHER)
    third = put_file(world.officer, data=OTHER, looked_at=False)

    new = is_new_to(Side.CENTRE)
    assert list(new) == [second]
    look_at(third)
    assert list(new.all()) == [third]
    exchange = exchange_for(world.officer, "ASC01", "MAIN1")
    withdraw(version=third, exchange=exchange, by=world.officer)
    assert list(new.all()) == [second]


@pytest.mark.django_db(transaction=True)
def test_a_worker_looks_at_it_by_itself(world):
    version = put_file(world.officer, looked_at=False)
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    version.inspection.refresh_from_db()
    assert version.inspection.is_ready
