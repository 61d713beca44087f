"""Rules 3, 6, 11 and 12: what creating credentials would do, and asking for it."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django_tasks_db.models import DBTaskResult

from centres.models import AuditEvent, Candidate, ContactChoice, Entry, Status
from centres.terms import Contact
from credentials.letters.eligibility import NO_ACCESS, NO_ENTRY, CannotCreate, blocker
from credentials.letters.issuing import plan, request_letters
from credentials.models import LetterFile
from tests.builders import (
    BEFORE,
    CONTACT,
    arrange,
    give,
    make_candidate,
    make_login,
    set_defaults,
)

TOO_EARLY = dt.datetime(2026, 3, 24, 23, 59, 59, tzinfo=dt.UTC)
HALF = Contact("A name alone")


def planned(world, centre=None, at=BEFORE):
    return plan(
        centre=centre or world.main, series=world.series, candidates=Candidate.objects.all(), at=at
    )


def blocker_of(world, centre, at=BEFORE):
    return blocker(centre, world.series, at=at)


def test_new_replaced_and_outdated_are_told_apart(world):
    world.open_all()
    second = make_candidate(world.main, world.series, "0002")
    third = make_candidate(world.main, world.series, "0003")
    make_login(second)
    arrange(world.main, world.series, delay=dt.timedelta(hours=1))
    make_login(third)

    found = planned(world)

    assert found.new == [world.candidate]
    assert found.replaced == [second, third]
    assert (found.outdated, found.count, found.impossible, found.blocker) == (1, 3, {}, None)
    assert found.chosen == [world.candidate, second, third]


def test_who_has_no_access_or_no_valid_entry_is_named_with_the_reason(world):
    world.open_all()
    withdrawn = make_candidate(world.main, world.series, "0002")
    Entry.objects.filter(candidate=withdrawn).update(withdrawn=True)
    make_candidate(world.main, world.series, "0003", grades={})
    arrange(world.main, world.series, status=Status.SELECTED, selected=(withdrawn, world.candidate))

    found = planned(world)

    assert found.new == [world.candidate]
    assert {reason: [one.number for one in whom] for reason, whom in found.impossible.items()} == {
        NO_ENTRY: ["0002"],
        NO_ACCESS: ["0003"],
    }


def test_another_centres_candidates_are_never_planned_for(world):
    world.open_all()

    assert planned(world, world.associate).chosen == [world.associate_candidate]


def test_before_its_date_the_series_says_from_when(world):
    world.open_all()

    assert "can be created from 25 March 2026" in blocker_of(world, world.main, TOO_EARLY)
    assert blocker_of(world, world.main, TOO_EARLY + dt.timedelta(seconds=1)) is None


def test_an_associate_centre_waits_for_its_main_centre(world):
    world.open_all()
    give(world.associate, world.series, access=False)

    assert "main centre has not given" in blocker_of(world, world.associate)
    assert blocker_of(world, world.main) is None


def test_without_status_and_agreement_nobody_has_access(world):
    assert "NO candidates have access" in blocker_of(world, world.main)

    arrange(world.main, world.series, status=Status.NONE)
    assert "NO candidates have access" in blocker_of(world, world.main)


def test_the_contact_must_be_complete_and_the_reason_says_whose(world):
    world.open_all()
    set_defaults(world.main, world.series, contact=HALF)
    assert "The main centre, MAIN1" in blocker_of(world, world.associate)

    give(world.associate, world.series, contact_choice=ContactChoice.CENTRE_DEFINED)
    assert blocker_of(world, world.associate) is None

    arrange(world.associate, world.series, contact=HALF)
    assert "this centre’s own at “Edit status”" in blocker_of(world, world.associate)
    set_defaults(world.main, world.series, contact=CONTACT)
    assert "this centre’s own at “Edit status”" in blocker_of(world, world.associate)


def test_asking_writes_down_for_whom_in_order_of_number_and_audits_it(world, ask):
    world.open_all()
    first = Candidate.objects.create(
        series=world.series, centre=world.main, number="0000", name="EARLIER: Ann"
    )
    Entry.objects.create(candidate=first, syllabus=world.candidate.entries.first().syllabus)
    make_login(world.candidate)

    file = ask()

    assert file.chosen == [first.pk, world.candidate.pk]
    assert (file.state, file.total, file.done) == ("queued", 2, 0)
    event = AuditEvent.objects.get(action="credentials_requested")
    assert (event.by, event.centre, event.series) == ("officer.main", "MAIN1", "June 2026")
    assert event.new == {"new": 1, "replaced": 1}


def test_the_task_is_told_the_files_id_and_nothing_else(world, ask):
    world.open_all()

    file = ask()

    assert DBTaskResult.objects.get().args_kwargs == {
        "args": ["credentials.LetterFile", str(file.pk)],
        "kwargs": {"request": ""},  # the id of the request that asked, of which there is none here
    }


def test_nothing_is_queued_when_the_asking_is_rolled_back(
    world, letters_folder, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(CannotCreate):
        request_letters(
            centre=world.main,
            series=world.series,
            by=world.officer,
            candidates=Candidate.objects.all(),
            at=BEFORE,
        )
    assert not DBTaskResult.objects.exists()
    assert not LetterFile.objects.exists()


def test_of_two_who_ask_the_second_is_told_to_wait(world, ask):
    world.open_all()
    ask()

    with pytest.raises(CannotCreate, match="Letters are being made"):
        ask()

    ask(world.associate)
    assert LetterFile.objects.count() == 2


def test_the_database_keeps_one_file_under_way_at_a_centre(world, ask):
    """Of two who ask at the same instant the second waits: `test_ask_pages_race`."""
    world.open_all()
    file = ask()
    file.pk = None

    with pytest.raises(IntegrityError, match=r"letter_file_one_under_way|UNIQUE"):
        file.save(force_insert=True)


def test_for_nobody_nothing_is_made(world, ask):
    world.open_all()

    with pytest.raises(CannotCreate, match="None of these candidates"):
        ask(world.main, [world.associate_candidate])


def test_one_candidate_or_four_take_as_many_queries(world, django_assert_num_queries):
    world.open_all()
    with django_assert_num_queries(8):
        planned(world)
    for number in range(2, 5):
        make_login(make_candidate(world.main, world.series, f"{number:04}"))
    with django_assert_num_queries(8):
        assert planned(world).count == 4
