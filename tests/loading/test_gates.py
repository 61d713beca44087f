"""A file that changes what a gate before the grades reads is applied by another than who gave it (rule 26)."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from centres.models import Candidate, Entry, Release
from loading import gates
from loading.models import LoadedFile
from results.models import Result
from tests.board.events import events
from tests.builders import STAFF_AT, erase, record_about, restrict
from tests.loading.test_workbook import HEADS, workbook
from tests.loading.test_workflow import CORRECTED, SERIES, URL, apply, give, page, worked

pytestmark = pytest.mark.usefixtures("encrypted_folder")
TICK = dt.timedelta(seconds=1)

RESULTS = b"series,centre,candidate_number,syllabus,grade,pum\n"
ENTRIES = (
    b"series,centre,candidate_number,candidate_name,date_of_birth,uci,syllabus,option_code,status\n"
)
CENTRES = b"number,name,country,time_zone,main_centre\n"
STAFF = b"username,name,email,centre,role,restricted_results\n"
OFFICER = b"officer.main,Officer officer.main,officer.main@example.org,"


def no_result(world) -> None:
    erase(Result.objects.all())


def withdrawn(world) -> None:
    Entry.objects.filter(candidate=world.candidate, syllabus__code="0580").update(withdrawn=True)


def no_entry(world) -> None:
    erase(Entry.objects.filter(syllabus__code="0580"))


def of_somebody_with_results(world) -> None:
    """A new candidate of OTH01 without a result, and the UCI that the files give is of MAIN1's 0001."""
    Candidate.objects.filter(pk=world.candidate.pk).update(uci="633820261005R")
    Candidate.objects.create(
        series=world.series, centre=world.stranger_centre, number="0009", name="DOE: Ann"
    )


def nothing(world) -> None:
    pass


# A file, what was so before, and what of it a gate reads.
TWO = {
    "a release": (SERIES, nothing, {gates.RELEASES: 1}),
    "corrected results": (CORRECTED, nothing, {gates.RESULTS: 2}),
    "new results": (RESULTS + b"June 2026,MAIN1,0001,0580,A*,\n", no_result, {gates.RESULTS: 1}),
    "another name": (
        ENTRIES + b"June 2026,MAIN1,0001,BLOGGS: Freda,,,0580,AX,valid\n",
        nothing,
        {gates.PERSONS: 1},
    ),
    "another UCI": (
        ENTRIES + b"June 2026,MAIN1,0001,BLOGGS: Fred,,633820261005R,0580,AX,valid\n",
        nothing,
        {gates.PERSONS: 1},
    ),
    "the UCI of somebody with results": (
        ENTRIES + b"June 2026,OTH01,0009,DOE: Ann,,633820261005R,0580,AX,valid\n",
        of_somebody_with_results,
        {gates.PERSONS: 1},
    ),
    "another person": (
        ENTRIES + b"June 2026,MAIN1,0001,OKAFOR: Chidi,2010-05-06,,0580,AX,valid\n",
        nothing,
        {gates.GIVEN: 1},
    ),
    "valid again": (
        ENTRIES + b"June 2026,MAIN1,0001,BLOGGS: Fred,,,0580,AX,valid\n",
        withdrawn,
        {gates.VALID_AGAIN: 1},
    ),
    "attached": (
        CENTRES + b"OTH01,Made-up School OTH01,Nowhere,Asia/Kolkata,MAIN1\n",
        nothing,
        {gates.ATTACHED: 1},
    ),
    "detached": (
        CENTRES + b"ASC01,Made-up School ASC01,Nowhere,Asia/Karachi,\n",
        nothing,
        {gates.ATTACHED: 1},
    ),
    "moved": (
        b"code,title,qualification\n0580,Syllabus 0580,Cambridge O Level\n",
        no_entry,
        {gates.MOVED: 1},
    ),
    "a right": (STAFF + OFFICER + b"MAIN1,exams_officer,yes\n", nothing, {gates.ACCOUNTS: 1}),
    "another centre": (STAFF + OFFICER + b"OTH01,viewer,no\n", nothing, {gates.ACCOUNTS: 1}),
    "an address": (
        STAFF + b"officer.main,Officer officer.main,mine@example.org,MAIN1,exams_officer,no\n",
        nothing,
        {gates.ACCOUNTS: 1},
    ),
}


@pytest.mark.parametrize("what", TWO)
def test_who_gave_it_cannot_apply_it_and_the_check_says_why_and_who_can(
    board, colleague, world, what
):
    content, before, found = TWO[what]
    before(world)
    given = give(board, content)

    assert given.found["gates"] == found
    html = page(board, given)
    for words, count in found.items():
        assert f"{words}: {count}" in html
    assert "Who can: board.second now." in html
    assert apply(board, given).applied_at is None
    assert apply(colleague, given).applied_by == "board.second"


def before_staff(world) -> None:
    Release.objects.update(
        staff_at=None, candidates_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    )


ONE = {
    "new results before staff's instant": (
        RESULTS + b"June 2026,MAIN1,0001,0580,A*,\n",
        lambda world: (no_result(world), before_staff(world)),
    ),
    "corrected results before staff's instant": (CORRECTED, before_staff),
    "a name of who has no result": (
        ENTRIES + b"June 2026,MAIN1,0001,BLOGGS: Freda,,,0580,AX,valid\n",
        no_result,
    ),
    "a new candidate": (ENTRIES + b"June 2026,MAIN1,0002,NEW: Ann,,,0580,AX,valid\n", nothing),
    "another option": (
        ENTRIES + b"June 2026,MAIN1,0001,BLOGGS: Fred,,,0580,BY,valid\n",
        nothing,
    ),
    "a withdrawn entry": (
        ENTRIES + b"June 2026,MAIN1,0001,BLOGGS: Fred,,,0580,AX,withdrawn\n",
        nothing,
    ),
    "a new centre": (CENTRES + b"NEW01,New,Nowhere,UTC,MAIN1\n", nothing),
    "another title": (b"code,title,qualification\n0580,Maths,Cambridge IGCSE\n", nothing),
    "somebody new": (STAFF + b"new,New,new@example.org,MAIN1,exams_officer,yes\n", nothing),
}


@pytest.mark.parametrize("what", ONE)
def test_what_no_gate_reads_one_person_may_apply(board, world, what):
    content, before = ONE[what]
    before(world)
    given = give(board, content)

    assert given.found["gates"] == {}
    assert apply(board, given).applied_at


def test_when_the_instant_passes_between_check_and_apply_a_second_person_is_asked_for(
    board, colleague, world
):
    restrict()
    with time_machine.travel(STAFF_AT - TICK, tick=False):
        given = give(board, CORRECTED)
        assert given.found["gates"] == {}
        board.post(f"{URL}{given.pk}/apply/")
    with time_machine.travel(STAFF_AT, tick=False):
        given = worked(given)
        assert (given.applied_at, given.looked_again) == (None, True)
        assert given.found["gates"] == {gates.RESULTS: 2}
        assert given.needs_second_person and not given.applied_by


def test_the_marks_of_components_alone_are_results_too(board, world):
    row = ("0580", "AX", "MAIN1", "0001", "Bloggs: Fred", 65, 127, "A")
    assert give(board, workbook(HEADS, row)).found["gates"] == {gates.RESULTS: 1}


def test_the_database_does_not_let_one_person_do_both(board, world):
    given = give(board, CORRECTED)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        LoadedFile.objects.filter(pk=given.pk).update(applied_by=given.asked_by)


def test_an_account_that_another_opened_lately_does_not_apply_it_either(board, colleague, world):
    given = give(board, CORRECTED)
    record_about("board.second", "invited", by="board")

    answer = colleague.post(f"{URL}{given.pk}/apply/", follow=True)

    assert "board made or opened the account board.second" in answer.content.decode()
    assert not LoadedFile.objects.get(pk=given.pk).applied_by
    assert [event.action for event in events()][-1] == "invited"


def test_the_start_page_names_what_waits(board, world):
    give(board, CORRECTED)
    assert "Apply a file of results" in board.get("/board/").content.decode()
