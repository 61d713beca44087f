"""How long what is sealed is kept: files after the opening, all of it with the series, keyholders after their time."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from centres.models import AuditEvent, Release, Series
from core import encrypted_files, only_grows, orphans
from core.jobs import State
from core.models import EncryptedFile
from privacy import doors, ends_of_life, erasure, export, series_end
from privacy.models import SeriesEnd
from sealed import ceremonies, retention, signatures
from sealed.models import Ceremony, Keyholder, Opening, Seal, SealedFile, Share, Turn
from tests.builders import A_LEVEL, IGCSE, make_candidate, make_centre, make_series
from tests.sealed.cast import Kind, give_file, make_ring, make_seal, take_turns
from tests.sealed.test_opening import HEADS, opened, sealed

__all__ = ["sealed"]

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
ROW = "2026-06,MAIN1,0001,0580,A,85\n"
OLD = dt.datetime(2020, 8, 13, 5, 0, tzinfo=dt.UTC)


def open_it(ring, seal) -> Opening:
    first, second, *_ = ring
    take_turns(ceremonies.begin(Kind.OPEN, by=first.user, seal=seal), first, second)
    return opened(seal)


def kept() -> list[bool]:
    files = SealedFile.objects.select_related("file")
    return [not one.file.is_destroyed for one in files]


def test_sealed_files_go_their_time_after_the_opening_and_their_rows_stay(
    encrypted_folder, sealed, django_capture_on_commit_callbacks
):
    ring, seal = sealed
    give_file(seal, HEADS + ROW, by=ring[0].user, replaces=True)
    now = timezone.now()
    assert retention.destroy_expired(now + 1000 * DAY) == 0  # it is not opened
    open_it(ring, seal)
    assert retention.destroy_expired(now + settings.LOADED_FILE_RETENTION - HOUR) == 0
    assert kept() == [True, True]
    assert all(any(encrypted_folder.rglob(str(one.file_id))) for one in SealedFile.objects.all())

    with django_capture_on_commit_callbacks(execute=True):
        assert retention.destroy_expired(now + settings.LOADED_FILE_RETENTION + HOUR) == 2
    assert kept() == [False, False]
    assert not any(
        any(encrypted_folder.rglob(str(one.file_id))) for one in SealedFile.objects.all()
    )
    assert AuditEvent.objects.filter(action="sealed_file_destroyed").count() == 2
    assert retention.destroy_expired(now + 1000 * DAY) == 0


def test_what_a_failed_opening_found_goes_too(sealed):
    ring, seal = sealed
    give_file(seal, HEADS + "2026-06,MAIN1,0001,0580,Z,\n", by=ring[0].user)
    opening = open_it(ring, seal)
    assert opening.state == State.FAILED and opening.faults
    retention.destroy_expired(timezone.now() + settings.LOADED_FILE_RETENTION + HOUR)
    opening.refresh_from_db()
    assert opening.faults is None


@pytest.fixture
def old(db):
    """A series of long ago with its seal, a file, and a ceremony that was stopped."""
    ring = make_ring()
    series = make_series(2020, 6, releases={IGCSE: OLD, A_LEVEL: OLD})
    make_candidate(make_centre("MAIN1"), series, grades={"0580": None})
    seal = make_seal(series, ring[0].user)
    give_file(seal, HEADS + ROW.replace("2026", "2020"), by=ring[0].user)
    one = ceremonies.begin(Kind.OPEN, by=ring[0].user, seal=seal)
    take_turns(one, ring[0])
    ceremonies.stop(one, by=ring[0].user)
    return ring, seal


def test_a_series_goes_with_all_that_is_kept_of_its_seal_opened_or_not(old):
    gone = ends_of_life.remove_due()

    assert gone["candidates"] == 1
    assert SeriesEnd.objects.get().gone["sealed files"] == 1
    for model in (Seal, SealedFile, Share, Opening):
        assert not model.objects.exists()
    assert Ceremony.objects.get().kind == Kind.CHANGE
    assert Turn.objects.count() == 2
    assert not EncryptedFile.objects.exists()
    assert not Series.objects.get().sealed
    assert Keyholder.objects.appointed().count() == 3


def test_a_series_stays_while_it_is_being_opened(old):
    ring, seal = old
    one = ceremonies.begin(Kind.OPEN, by=ring[0].user, seal=seal)
    assert series_end.why_kept(seal.series) == "Keyholders are about to open its results."
    take_turns(one, *ring[:2])
    assert series_end.why_kept(seal.series) == "Its results are being opened."
    assert ends_of_life.remove_due()["series"] == 0
    assert SealedFile.objects.exists()


def stay(*kinds: Ceremony.Kind) -> None:
    for kind in kinds:
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
            Ceremony.objects.filter(kind=kind)._raw_delete("default")


def test_the_row_of_a_ceremony_only_grows_until_its_own_series_ends_or_logs_of_its_time_do(old):
    other = make_series(2020, 11, releases={IGCSE: OLD, A_LEVEL: OLD})
    stay(Kind.OPEN, Kind.CHANGE)
    with doors.opened(series=other.pk):
        stay(Kind.OPEN, Kind.CHANGE)
    with doors.opened(series=old[1].series_id):
        stay(Kind.CHANGE)
    before = timezone.now() - settings.LOG_RETENTION - DAY
    with doors.opened(before=before):
        stay(Kind.OPEN, Kind.CHANGE)
    with only_grows.lifted():
        Ceremony.objects.update(begun_at=before - DAY)
    with doors.opened(before=before):
        stay(Kind.OPEN)  # it goes with its series alone


def test_what_keyholders_changed_and_who_they_were_goes_when_logs_do(db):
    ring = make_ring(4)
    one = ceremonies.begin(Kind.CHANGE, by=ring[0].user, retiring=[ring[3].holder])
    take_turns(one, *ring[:2])
    ends_of_life.remove_due()
    assert (Keyholder.objects.count(), Ceremony.objects.count()) == (4, 2)

    old = timezone.now() - settings.LOG_RETENTION - DAY
    with only_grows.lifted():
        Ceremony.objects.update(begun_at=old)
    Keyholder.objects.filter(pk=ring[3].holder.pk).update(retired_at=old)
    ends_of_life.remove_due()
    assert Ceremony.objects.count() == 0 == Turn.objects.count()
    assert set(Keyholder.objects.all()) == {each.holder for each in ring[:3]}


def test_nobody_of_a_sealed_series_is_removed_alone_nor_a_keyholder(old):
    ring, seal = old
    Release.objects.update(candidates_at=OLD)
    assert "still sealed" in erasure.why_not(seal.series.candidates.get())

    ring[0].user.is_superuser = False
    ring[0].user.save()
    assert "keyholder" in erasure._why_account_stays(ring[0].user)
    told = export._account(ring[0].user)["keyholder"]
    assert [sorted(one) for one in told] == [["appointed", "made", "retired", "tried"]]


def test_a_file_that_was_being_sealed_when_its_process_died_is_an_orphan(sealed):
    """Nothing of it can be read; after a day its row goes, and its bytes to quarantine."""
    stored = encrypted_files.begin()  # as `giving.keep` does first, and no more
    with encrypted_files.Writer(stored) as writer:
        writer.write(b"noise")
        writer.save()
    orphans.remove_orphan_rows(timezone.now() + 2 * DAY)
    assert not EncryptedFile.objects.filter(pk=stored.pk).exists()
    assert signatures.is_signed(SealedFile.objects.get())
