"""Rule 27: decisions, acts on accounts and rows of files go after their time."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import AccountEvent, Recovery
from board.models import ProposedAccess, ProposedRelease
from core import encrypted_files, only_grows
from core.models import EncryptedFile
from exchange.models import Download, File, Inspection, Upload, Version
from loading.models import LoadedFile
from privacy import decisions_and_files, ends_of_life
from tests.builders import make_access, make_load, make_proposal, record_about

NOW = timezone.now()
YEARS_7, YEARS_3, YEAR = (dt.timedelta(days=366 * many) for many in (7, 3, 1))


def decided(proposal, at: dt.datetime) -> None:
    proposal.decision, proposal.decided_by, proposal.decided_at = "refused", "board.second", at
    proposal.save()


def make_version(
    world, *, destroyed_at: dt.datetime | None, name: str = "Fred Bloggs.pdf"
) -> Version:
    stored = encrypted_files.keep([b"letter"])
    file, _ = File.objects.get_or_create(centre=world.main, kind="other", name=name)
    version = Version.objects.create(
        file=file,
        number=file.versions.count() + 1,
        stored=stored,
        content="pdf",
        side="centre",
        uploaded_by="officer.main",
        kept_until=NOW - YEARS_3,
        destroyed_at=destroyed_at,
    )
    Inspection.objects.create(version=version, asked_by="officer.main")
    Download.objects.create(version=version, side="above", by="board")
    return version


def test_what_was_decided_goes_and_what_waits_stays(world):
    decided(make_proposal(world.series), NOW - YEARS_7)
    decided(make_access(), NOW - YEARS_7)
    decided(make_access("officer.asc01"), NOW - YEAR)
    make_access()
    ends_of_life.remove_due()
    assert not ProposedRelease.objects.exists()
    assert ProposedAccess.objects.count() == 2


def test_what_was_done_with_an_account_goes(world):
    record_about("officer.main", "rights_changed", by="board")
    with only_grows.lifted():
        AccountEvent.objects.update(at=NOW - YEARS_7)
    record_about("officer.main", "invited", by="board")
    started = {"user": world.officer, "started_by": "board"}
    Recovery.objects.create(**started, started_at=NOW - YEARS_7)
    Recovery.objects.create(**started, started_at=NOW - YEAR)
    ends_of_life.remove_due()
    assert AccountEvent.objects.get().kind == "invited"
    assert Recovery.objects.count() == 1


def test_the_row_of_a_file_outlives_it_and_goes_then(world):
    old = make_version(world, destroyed_at=NOW - YEARS_3)
    make_version(world, destroyed_at=NOW - YEAR)
    alone = make_version(world, destroyed_at=NOW - YEARS_3, name="Only.pdf")
    kept = make_version(world, destroyed_at=None, name="Kept.pdf")
    for version in (old, alone):
        encrypted_files.destroy(version.stored)
    ends_of_life.remove_due()

    assert set(File.objects.values_list("name", flat=True)) == {"Fred Bloggs.pdf", "Kept.pdf"}
    assert Version.objects.count() == Download.objects.count() == Inspection.objects.count() == 2
    assert EncryptedFile.objects.filter(pk=kept.stored_id).exists()
    assert not EncryptedFile.objects.filter(pk__in=[old.stored_id, alone.stored_id]).exists()
    assert not Upload.objects.exists()


def test_the_row_of_a_loaded_file_goes(world):
    make_load(world.board, destroyed_at=NOW - YEARS_3)
    young = make_load(world.board, destroyed_at=NOW - YEAR)
    make_load(world.board)
    ends_of_life.remove_due()
    assert LoadedFile.objects.count() == 2
    assert LoadedFile.objects.filter(pk=young.pk).exists()


@pytest.mark.parametrize("at_once", [1, 100])
def test_they_go_in_steps(world, monkeypatch, at_once):
    monkeypatch.setattr(decisions_and_files, "AT_ONCE", at_once)
    for _ in range(3):
        make_load(world.board, destroyed_at=NOW - YEARS_3)
    steps = [some for some in decisions_and_files.batches(at=NOW) if some["rows of loaded files"]]
    assert len(steps) == (3 if at_once == 1 else 1)
    assert decisions_and_files.count(at=NOW)["rows of loaded files"] == 0
