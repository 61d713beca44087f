"""Files made in the background: for one person, as that person may see it, kept for some days."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.test import Client

from centres.models import AuditEvent, Membership, Release
from core import encrypted_files, jobs, worker
from core.jobs import State
from core.models import EncryptedFile
from results.exports import tasks
from results.exports.selection import Selection
from results.hold_levels import HOLD_LEVELS
from results.models import Export, Hold
from tests.between_queries import after_query
from tests.builders import (
    AFTER,
    IGCSE_RELEASE,
    STAFF_AT,
    held_of,
    hold,
    let_go,
    make_candidate,
    make_centre,
    make_series,
    restrict,
    trust,
)
from tests.results.downloaded import about, rows_of_xlsx, text_of
from tests.storages import raw

DAY = dt.timedelta(days=1)
# The fonts seem to have it, and Pango lacks it: the other names of the kind are printed as [?].
LOOKS_PRINTABLE = "\N{ARABIC POUND MARK ABOVE}: Fred"


pytestmark = pytest.mark.usefixtures("after_the_release", "storages")


def asked(world, *, user=None, what="broadsheet", format="xlsx", **which) -> Export:
    selection = Selection(user or world.officer, world.main, world.series, **which)
    return tasks.ask(selection=selection, what=what, format=format)


def made(world, **asking) -> Export:
    export = asked(world, **asking)
    jobs.run("results.Export", str(export.pk))
    export.refresh_from_db()
    return export


def content_of(export) -> bytes:
    return b"".join(tasks.download(export=export))


def test_it_holds_what_that_person_could_see_when_it_was_made(world):
    export = made(world, together=True)

    assert (export.state, export.done, export.total) == (State.READY, 3, 3)
    content = content_of(export)
    rows = rows_of_xlsx(content)
    assert [(row["Centre"], row["0580 Syllabus 0580"]) for row in rows] == [
        ("ASC01", "A(a)"),
        ("ASC02", "A(a)"),
        ("MAIN1", "A(a)"),
    ]
    assert about(content)["Made by"] == "Officer officer.main"
    assert export.of_centres == ["ASC01", "ASC02", "MAIN1"]


def test_a_pdf_can_be_made_so_too(world):
    make_candidate(world.main, world.series, "0002", name="TWO: Of them")

    export = made(world, what="statements", format="pdf", numbers=("0002",))

    [page] = text_of(content_of(export))
    assert "TWO: Of them" in page


def test_what_cannot_be_printed_fails_with_the_reason_and_can_be_tried_again(world):
    world.candidate.name = LOOKS_PRINTABLE
    world.candidate.save()
    export = made(world, what="statements", format="pdf")
    assert export.has_failed
    assert "U+0890" in export.error

    world.candidate.name = "BLOGGS: Fred"
    world.candidate.save()
    jobs.try_again(export)
    jobs.run("results.Export", str(export.pk))
    export.refresh_from_db()
    assert export.is_ready
    assert EncryptedFile.objects.filter(wrapped_key__isnull=False).count() == 1


def test_on_the_disk_nothing_can_be_read(world):
    export = made(world)

    stored = raw(export.stored)
    assert content_of(export)[:2] == b"PK"
    assert stored[:2] != b"PK"
    assert b"xl/workbook.xml" not in stored


def test_a_worker_that_was_killed_begins_it_anew_and_leaves_nothing(world):
    export = asked(world)
    half = encrypted_files.begin()
    Export.objects.filter(pk=export.pk).update(stored=half, state=State.QUEUED)

    jobs.run("results.Export", str(export.pk))

    export.refresh_from_db()
    assert export.is_ready
    assert list(EncryptedFile.objects.all()) == [export.stored] != [half]


@pytest.mark.parametrize("what", HOLD_LEVELS)
def test_once_anything_in_it_was_held_it_is_never_given_again_and_no_hold_is_told(world, what):
    export = made(world, together=True)
    placed = hold(**held_of(world.associate_candidate, "9702")[what])

    with pytest.raises(tasks.CannotDownload, match="no longer up to date") as told:
        tasks.download(export=export)
    assert "held" not in str(told.value)
    let_go(placed)
    assert tasks.why_not(export) == str(told.value)
    with time_machine.travel(AFTER + DAY, tick=False):
        assert content_of(made(world, together=True))


def test_what_is_held_elsewhere_or_was_held_before_does_not_matter(world):
    before = AFTER - DAY
    with time_machine.travel(before, tick=False):
        hold(candidate=world.associate_candidate)
    export = made(world, together=True)
    hold(candidate=world.stranger_centre.candidates.get())
    hold(series=make_series(2026, 11, releases={}), centre=world.main)

    assert content_of(export)


def test_of_some_candidates_it_is_given_while_others_are_held(world):
    make_candidate(world.main, world.series, "0002")
    export = made(world, numbers=("0002",))
    hold(candidate=world.candidate)
    assert content_of(export)

    hold(candidate=world.main.candidates.get(number="0002"))
    assert tasks.why_not(export)


def test_what_may_not_be_seen_any_more_is_not_given(world):
    trust(world.officer)
    restrict()
    with time_machine.travel(STAFF_AT, tick=False):
        export = made(world)
        assert export.restricted_until == IGCSE_RELEASE
        assert content_of(export)
        Membership.objects.update(may_see_restricted_results=False)
        assert "no longer up to date" in tasks.why_not(export)
        trust(world.officer)
        assert not tasks.why_not(export)


@pytest.mark.parametrize(
    ("staff_at", "candidates_at"),
    [
        (None, AFTER - DAY),
        (STAFF_AT, AFTER - DAY),  # it says until when it must not be passed on
        (STAFF_AT + dt.timedelta(hours=1), IGCSE_RELEASE),
    ],
)
def test_a_release_that_was_put_off_takes_it_away_for_good(world, staff_at, candidates_at):
    trust(world.officer)
    restrict()
    with time_machine.travel(STAFF_AT, tick=False):
        export = made(world)
    assert content_of(export)

    Release.objects.update(staff_at=staff_at, candidates_at=candidates_at)
    assert tasks.why_not(export, at=IGCSE_RELEASE) == tasks.OUT_OF_DATE
    assert tasks.why_not(export, at=AFTER) == tasks.OUT_OF_DATE


@pytest.mark.parametrize("gone", ["membership", "detached", "account"])
def test_who_is_no_longer_on_the_staff_does_not_get_it(world, gone):
    export = made(world, together=True)
    if gone == "membership":
        Membership.objects.filter(user=world.officer).delete()
    elif gone == "detached":
        world.associate.main_link.delete()
    else:
        world.officer.is_active = False
        world.officer.save()
    export = Export.objects.get(pk=export.pk)

    with pytest.raises(tasks.CannotDownload, match="no longer on the staff"):
        tasks.download(export=export)


def test_what_is_held_while_the_file_is_made_is_not_given(world):
    export = asked(world, what="statements", format="pdf")

    def hold_it(done: int, total: int) -> None:
        """The page with the grades is made by now."""
        if not Hold.objects.exists():
            hold(series=world.series)

    tasks.make(export, hold_it)
    Export.objects.update(state=State.READY)
    with pytest.raises(tasks.CannotDownload, match="no longer up to date"):
        tasks.download(export=Export.objects.get())


@pytest.mark.parametrize("detached_after", range(5, 21, 2))
def test_a_centre_that_is_detached_while_the_file_is_made_is_not_given(world, detached_after):
    export = asked(world, together=True)

    with after_query(detached_after, world.associate.main_link.delete):
        jobs.run("results.Export", str(export.pk))
    export = Export.objects.get()
    try:
        rows = rows_of_xlsx(content_of(export))
    except tasks.CannotDownload:
        return
    assert "ASC01" not in {row["Centre"] for row in rows}


@pytest.mark.parametrize("after", range(3, 24, 2))
def test_a_worker_that_another_has_taken_over_from_stops_and_harms_nothing(world, after, caplog):
    export = asked(world, together=True)

    def another_takes_it() -> None:
        worker.resume(AFTER + dt.timedelta(minutes=1))
        Export.objects.update(state=State.RUNNING, run=uuid.uuid4(), done=0)
        tasks._forget_file(Export.objects.get())  # as whoever takes it begins

    with after_query(after, another_takes_it):
        jobs.run("results.Export", str(export.pk))
    export = Export.objects.get()
    assert (export.state, export.done, export.error) == (State.RUNNING, 0, "")
    assert (export.stored, caplog.text) == (None, "")

    worker.resume(AFTER + dt.timedelta(minutes=2))
    jobs.run("results.Export", str(export.pk))
    rows = rows_of_xlsx(content_of(Export.objects.get()))
    assert len(rows) == 3


def test_a_file_that_was_made_since_the_page_was_shown_is_destroyed_whole(world):
    export = asked(world)
    jobs.run("results.Export", str(export.pk))

    assert tasks.destroy(export=export)
    assert not Export.objects.exists()
    assert not EncryptedFile.objects.exists()


def test_a_file_that_is_being_made_by_now_is_not_destroyed_under_its_maker(world):
    export = asked(world)
    Export.objects.update(state=State.RUNNING, stored=encrypted_files.begin())

    assert not tasks.destroy(export=export)
    assert Export.objects.get().stored


def test_who_left_before_it_was_made_gets_none(world):
    export = asked(world)
    Membership.objects.all().delete()

    jobs.run("results.Export", str(export.pk))

    export.refresh_from_db()
    assert export.has_failed
    assert "no longer on the staff" in export.error
    assert EncryptedFile.objects.count() == 0


def test_each_download_is_recorded_at_each_centre_that_it_tells_of(world):
    make_centre("ASC03", main=world.main)  # without candidates
    export = made(world, together=True)
    assert not AuditEvent.objects.filter(action="results_downloaded").exists()

    tasks.download(export=export)

    events = AuditEvent.objects.filter(action="results_downloaded").order_by("centre")
    assert [(one.centre, one.by, one.subject) for one in events] == [
        (number, "officer.main", "Broadsheet, Workbook (xlsx)")
        for number in ("ASC01", "ASC02", "MAIN1")
    ]
    assert not any(one.new for one in events)


def test_it_is_destroyed_when_its_time_has_passed_and_when_its_owner_is_gone(world, settings):
    settings.EXPORT_RETENTION = 7 * DAY
    export, _ = made(world), made(world, user=world.viewer)
    assert tasks.destroy_expired(at=AFTER + 7 * DAY) == 0

    world.viewer.delete()
    assert tasks.destroy_expired(at=AFTER + DAY) == 1
    assert [one.pk for one in EncryptedFile.objects.all()] == [export.stored_id]

    assert tasks.destroy_expired(at=AFTER + 8 * DAY) == 1
    assert not Export.objects.exists()
    assert not EncryptedFile.objects.exists()


def test_a_file_goes_with_its_centre(world):
    centre = make_centre("NEW01")
    Membership.objects.create(user=world.officer, centre=centre, role="viewer")
    selection = Selection(world.officer, centre, world.series)
    export = tasks.ask(selection=selection, what="listing", format="xlsx")
    jobs.run("results.Export", str(export.pk))
    assert EncryptedFile.objects.exists()

    centre.delete()

    assert not Export.objects.exists()
    assert not EncryptedFile.objects.exists()


def test_of_very_many_of_one_person_the_oldest_go(world, monkeypatch):
    monkeypatch.setattr(tasks, "MOST_STORED", 2)
    first = made(world)
    for days in (1, 2):
        with time_machine.travel(AFTER + days * DAY, tick=False):
            made(world)

    assert not EncryptedFile.objects.filter(pk=first.stored_id).exists()
    assert Export.objects.count() == EncryptedFile.objects.count() == 2


def test_no_more_than_three_are_made_for_one_person_at_a_time(world):
    first, *_ = [asked(world) for _ in range(3)]
    with pytest.raises(tasks.TooMany, match="3 files are being made for you already"):
        asked(world)
    asked(world, user=world.viewer)
    jobs.run("results.Export", str(first.pk))
    asked(world)


def test_what_has_failed_is_tried_again_when_others_are_ready(world):
    failed = asked(world)
    Export.objects.filter(pk=failed.pk).update(state=jobs.State.FAILED)
    first, *_ = [asked(world) for _ in range(3)]
    browser = Client()
    browser.force_login(failed.user)
    page = f"/entries-and-results/2026-06/{failed.centre.number}/download/files/{failed.pk}/"
    answer = browser.post(f"{page}try-again/", follow=True)
    assert "3 files are being made for you already" in answer.content.decode()
    failed.refresh_from_db()
    assert failed.has_failed

    jobs.run("results.Export", str(first.pk))
    browser.post(f"{page}try-again/")
    failed.refresh_from_db()
    assert failed.under_way
