"""Letters for many Associate Centres in one go: planned, asked for, watched, downloaded as a zip."""

import io
import zipfile

import pytest
from django_tasks_db.models import DBTaskResult

from centres.models import AuditEvent, Status
from core.ask_pages import AskAgain
from credentials.associates.batch_plan import Which, plan_many
from credentials.associates.batch_progress import batches_of, progress_of, retry_failed
from credentials.associates.batch_request import request_for_many
from credentials.associates.batch_zip import NOT_INCLUDED, parts_of, zip_of
from credentials.letters.eligibility import NO_ACCESS, NO_ENTRY, UNDER_WAY, CannotCreate
from credentials.models import Credentials, LetterBatch, LetterFile
from tests.between_queries import after_query
from tests.builders import (
    BEFORE,
    arrange,
    give,
    make_candidate,
    make_centre,
    make_login,
)
from tests.letters import make as make_file
from tests.letters import texts

BOTH = ("ASC01", "ASC02")


@pytest.fixture
def opened(world, letters_folder):
    world.open_all()
    return world


def plan(world, which=Which.ALL, numbers=BOTH):
    return plan_many(main=world.main, series=world.series, numbers=numbers, which=which, at=BEFORE)


@pytest.fixture
def ask(opened, django_capture_on_commit_callbacks):
    def ask(which=Which.ALL, numbers=BOTH, counted=None) -> LetterBatch:
        with django_capture_on_commit_callbacks(execute=True):
            return request_for_many(
                main=opened.main,
                series=opened.series,
                by=opened.officer,
                numbers=numbers,
                which=which,
                counted=counted or plan(opened, which, numbers).counted,
                at=BEFORE,
            )

    return ask


def make(batch: LetterBatch) -> LetterBatch:
    for file in batch.files.all():
        make_file(file)
    return batch


def unzipped(batch, by) -> dict[str, bytes]:
    (part,) = parts_of(batch)
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_of(batch, part, by=by)))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_plan_counts_for_each_centre_who_is_new_replaced_outdated_or_not_possible(opened):
    make_login(opened.associate_candidate)
    make_candidate(opened.associate, opened.series, "0002")
    make_candidate(opened.associate, opened.series, "0003").entries.update(withdrawn=True)
    give(opened.associate, opened.series, delay=BEFORE - BEFORE.replace(hour=1))
    selected = make_candidate(opened.associate2, opened.series, "0002")
    arrange(opened.associate2, opened.series, status=Status.SELECTED, selected=(selected,))

    first, second = plan(opened).centres
    assert (first.new, first.replaced, first.outdated) == (1, 1, 1)
    assert first.impossible == {NO_ENTRY: 1}
    assert (second.new, second.replaced, second.outdated) == (1, 0, 0)
    assert second.impossible == {NO_ACCESS: 1}
    planned = plan(opened)
    assert (len(planned.made), planned.new, planned.replaced) == (2, 2, 1)


def test_new_letters_are_for_those_without_and_outdated_ones_for_those_alone(opened):
    make_login(opened.associate_candidate)
    fresh = make_candidate(opened.associate, opened.series, "0002")

    assert [[*one.chosen] for one in plan(opened, Which.NEW).centres] == [
        [fresh.pk],
        [opened.candidates["ASC02"].pk],
    ]
    assert plan(opened, Which.OUTDATED).count == 0
    arrange(opened.associate, opened.series)
    give(opened.associate, opened.series, delay=BEFORE - BEFORE.replace(hour=1))
    assert [[*one.chosen] for one in plan(opened, Which.OUTDATED).centres] == [
        [opened.associate_candidate.pk],
        [],
    ]


def test_what_stands_in_a_centres_way_is_said_for_it(opened):
    give(opened.associate, opened.series, access=False)
    planned = plan(opened)

    assert [one.centre.number for one in planned.made] == ["ASC02"]
    assert planned.left_out[0].blocker.startswith("The main centre has not given this centre")


def test_centres_of_others_and_the_main_centre_itself_count_for_nothing(opened):
    make_centre("ASC09", main=make_centre("MAIN2"))

    assert plan(opened, numbers=("OTH01", "MAIN1", "ASC09")).centres == []


def test_each_centre_gets_a_file_of_its_own_and_every_trail_says_so(ask, opened):
    batch = ask()

    files = batch.files.order_by("centre__number")
    assert [(file.centre.number, file.total) for file in files] == [("ASC01", 1), ("ASC02", 1)]
    events = AuditEvent.objects.filter(action="credentials_requested").order_by("centre")
    assert [(one.centre, one.by, one.new) for one in events] == [
        ("ASC01", "officer.main", {"new": 1, "replaced": 0}),
        ("ASC02", "officer.main", {"new": 1, "replaced": 0}),
        ("MAIN1", "officer.main", {"centres": 2, "new": 2, "replaced": 0}),
    ]
    make(batch)
    assert Credentials.objects.live().count() == 2
    assert {file.state for file in batch.files.all()} == {"ready"}


def test_a_centre_whose_letters_are_being_made_is_left_out_and_the_batch_says_so(ask, opened):
    ask(numbers=["ASC01"])
    batch = ask()

    assert [file.centre.number for file in batch.files.all()] == ["ASC02"]
    assert batch.left_out == {"ASC01": UNDER_WAY}


def test_when_all_are_being_made_nothing_is_written(ask, opened):
    ask()

    with pytest.raises(CannotCreate):
        ask()
    assert LetterBatch.objects.count() == 1


def test_counts_that_have_changed_since_are_asked_anew(ask, opened):
    counted = plan(opened).counted
    make_candidate(opened.associate, opened.series, "0002")

    with pytest.raises(AskAgain) as changed:
        ask(counted=counted)
    assert (changed.value.now.new, changed.value.now.replaced) == (3, 0)
    assert not LetterFile.objects.exists()
    assert not LetterBatch.objects.exists()


def test_a_centre_detached_since_the_page_was_opened_gets_no_letters_from_it(ask, opened):
    opened.associate.main_link.delete()
    batch = ask()

    assert [file.centre.number for file in batch.files.all()] == ["ASC02"]


def test_files_of_many_stand_in_the_queue_behind_those_asked_for_alone(ask, opened):
    ask()
    assert {task.priority for task in DBTaskResult.objects.all()} == {-10}


def test_progress_adds_up_what_the_files_say(ask, opened):
    make_candidate(opened.associate2, opened.series, "0002")
    batch = ask()
    first, second = batch.files.order_by("centre__number")
    make_file(first)

    progress = progress_of(batch)
    assert (progress.done, progress.total, progress.ready, progress.under_way) == (1, 3, 1, 1)
    assert not progress.may_be_taken
    make_file(second)
    progress = progress_of(batch)
    assert (progress.done, progress.ready, progress.under_way) == (3, 2, 0)
    assert progress.may_be_taken
    (of_main,) = batches_of(opened.main, opened.series)
    assert (of_main.centres, of_main.done, of_main.total, of_main.failed) == (2, 3, 3, 0)


def test_what_failed_can_be_tried_again_one_by_one_or_all(ask, opened):
    batch = ask()
    LetterFile.objects.update(state=LetterFile.State.FAILED, error="The disk is full.")
    assert [file.error for file in progress_of(batch).failed] == ["The disk is full."] * 2
    LetterFile.objects.filter(centre__number="ASC01").update(state=LetterFile.State.READY)
    assert [file.centre.number for file in progress_of(batch).files] == ["ASC02", "ASC01"]
    LetterFile.objects.update(state=LetterFile.State.FAILED)

    one, other = batch.files.order_by("centre__number")
    assert retry_failed(batch=batch, by=opened.officer, only=one.pk) == []
    assert {file.centre.number: file.state for file in batch.files.all()} == {
        "ASC01": "queued",
        "ASC02": "failed",
    }
    give(opened.associate2, opened.series, access=False)
    assert retry_failed(batch=batch, by=opened.officer)[0].startswith("ASC02: The main centre")
    give(opened.associate2, opened.series)
    assert retry_failed(batch=batch, by=opened.officer) == []
    other.refresh_from_db()
    assert other.state == "queued"


def test_the_zip_holds_a_pdf_for_each_centre_and_names_no_candidate(ask, opened):
    batch = make(ask())

    found = unzipped(batch, opened.officer)
    assert sorted(found) == ["letters-2026-06-ASC01.pdf", "letters-2026-06-ASC02.pdf"]
    for name, pdf in found.items():
        (page,) = texts(pdf)
        assert name[-9:-4] in page
        assert "BLOGGS: Fred" in page


def test_very_many_letters_come_in_several_zips_and_no_centre_is_cut(ask, opened):
    make_candidate(opened.associate, opened.series, "0002")
    batch = make(ask())

    def zips(letters: int) -> list[list[str]]:
        parts = parts_of(batch, letters=letters)
        assert [part.number for part in parts] == list(range(1, len(parts) + 1))
        return [[file.centre.number for file in part.files] for part in parts]

    assert zips(3) == [["ASC01", "ASC02"]]
    assert zips(2) == zips(1) == [["ASC01"], ["ASC02"]]
    opened.associate.main_link.delete()
    assert zips(1) == [["ASC02"]]


def test_each_centres_download_is_recorded_before_its_letters_are_given(ask, opened):
    batch = make(ask())
    pieces = zip_of(batch, parts_of(batch)[0], by=opened.officer)
    events = AuditEvent.objects.filter(action="letters_downloaded")

    next(pieces)
    assert [(one.centre, one.by) for one in events.all()] == [("ASC01", "officer.main")]
    next(pieces)
    assert {one.centre for one in events.all()} == {"ASC01", "ASC02"}
    assert all(file.downloaded_at for file in progress_of(batch).files)


def test_what_cannot_be_given_is_named_in_the_zip(ask, opened, letters_folder):
    batch = make(ask())
    damaged = batch.files.get(centre__number="ASC01")
    for part in (letters_folder / str(damaged.pk)).iterdir():
        part.write_bytes(b"noise")

    found = unzipped(batch, opened.officer)
    assert sorted(found) == ["letters-2026-06-ASC02.pdf", NOT_INCLUDED]
    assert found[NOT_INCLUDED].startswith(b"ASC01: The stored letters are damaged.")
    assert not AuditEvent.objects.filter(action="letters_downloaded", centre="ASC01").exists()


def test_the_letters_of_a_centre_detached_since_are_the_main_centres_no_longer(ask, opened):
    batch = make(ask())
    opened.associate.main_link.delete()

    assert [file.centre.number for file in progress_of(batch).files] == ["ASC02"]
    assert sorted(unzipped(batch, opened.officer)) == ["letters-2026-06-ASC02.pdf"]


def test_a_download_before_the_file_was_finished_does_not_count_for_it(ask, opened):
    batch = ask()
    file = batch.files.get(centre__number="ASC01")
    file.downloads.create(by="officer", letters=1, whole=True)
    make(batch)

    assert progress_of(batch).files[0].downloaded_at is None


@pytest.mark.parametrize("centres", [1, 3])
def test_one_centre_or_three_take_as_many_queries_to_plan_and_to_ask(
    centres, opened, django_assert_num_queries, django_capture_on_commit_callbacks
):
    opened.associate2.main_link.delete()
    numbers = ["ASC01"]
    for number in range(2, centres + 1):
        centre = make_centre(f"ASC1{number}", main=opened.main)
        give(centre, opened.series)
        arrange(centre, opened.series)
        make_login(make_candidate(centre, opened.series))
        numbers.append(centre.number)

    with django_assert_num_queries(9):
        planned = plan(opened, numbers=numbers)
    with django_capture_on_commit_callbacks() as later, django_assert_num_queries(16):
        request_for_many(
            main=opened.main,
            series=opened.series,
            by=opened.officer,
            numbers=numbers,
            which=Which.ALL,
            counted=planned.counted,
            at=BEFORE,
        )
    assert len(later) == 1
    assert LetterFile.objects.under_way().count() == centres


@pytest.mark.parametrize("ready_after", range(1, 4))
def test_letters_that_become_ready_while_they_are_looked_at_are_not_said_to_hold_no_login(
    ask, ready_after
):
    batch = ask()

    with after_query(ready_after, lambda: make(batch)):
        progress = progress_of(batch)
    assert Credentials.objects.live().count() == 2
    assert progress.under_way or [file.live for file in progress.files] == [1, 1]
