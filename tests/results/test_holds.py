"""The board's hold: of one thing, for a reason, until two people have let it go (rule 19)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client

from centres.models import AuditEvent
from results import holds
from results.hold_levels import HELD_BY, HOLD_LEVELS
from results.holds import CannotHold, NeedsSecondPerson, ask_to_let_go, candidates_covered, place
from results.models import Hold
from tests.builders import (
    IGCSE,
    held_of,
    hold,
    make_board_operator,
    make_qualification,
    make_series,
    record_about,
)
from tests.results.signed_in import ask, signed_in

NOW = dt.datetime(2026, 8, 14, 9, 0, tzinfo=dt.UTC)
PLACED = {"reason": "Under inquiry", "placed_by": "board", "placed_at": NOW}
ASKED = {"asked_by": "board", "asked_at": NOW}
LET_GO = {"let_go_by": "board.second", "let_go_at": NOW}


def stored(constraint: str, **fields) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Hold.objects.create(**{**PLACED, **fields})


@pytest.mark.parametrize("what", HOLD_LEVELS)
def test_every_level_can_be_held_and_the_same_thing_once_at_a_time(world, what):
    said = held_of(world.candidate, "0580")[what]
    first = hold(**said)

    with pytest.raises(CannotHold, match="is held already"):
        hold(**said)
    stored("hold_of_.*_once|UNIQUE", **said)

    ask_to_let_go(first, by="board")
    holds.let_go(first, by="board.second")
    assert hold(**said) != first


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("qualification",),
        ("centre",),
        ("series", "qualification", "centre"),
        ("series", "candidate"),
        ("centre", "candidate"),
        ("candidate", "entry"),
        ("series", "entry"),
    ],
)
def test_what_is_no_one_thing_cannot_be_held(world, names):
    everything = {
        "series": world.series,
        "qualification": make_qualification(IGCSE),
        "centre": world.main,
        "candidate": world.candidate,
        "entry": world.candidate.entries.first(),
    }
    said = {name: everything[name] for name in names}

    with pytest.raises(CannotHold, match="not two of these at once"):
        hold(**said)
    stored("hold_of_one_thing", **said)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("hold_placed_with_a_reason", {"reason": ""}),
        ("hold_placed_with_a_reason", {"placed_by": ""}),
        ("hold_asked_by_somebody", {"asked_by": "board"}),
        ("hold_asked_by_somebody", {"asked_at": NOW}),
        ("hold_let_go_by_somebody", {**ASKED, "let_go_by": "board.second"}),
        ("hold_let_go_by_somebody", {**ASKED, "let_go_at": NOW}),
        ("hold_let_go_by_a_second_person", LET_GO),
        ("hold_let_go_by_a_second_person", {**ASKED, **LET_GO, "let_go_by": "board"}),
    ],
)
def test_what_must_never_be_stored_is_refused_by_the_database(world, constraint, fields):
    stored(constraint, series=world.series, **fields)


def test_a_hold_needs_a_reason(world):
    with pytest.raises(CannotHold, match="Give the reason"):
        place(Hold(series=world.series, reason=" "), by=world.board)
    assert not Hold.objects.exists()


def test_letting_go_takes_one_who_asks_and_another_who_does_it(world):
    placed = hold(candidate=world.candidate)
    with pytest.raises(CannotHold, match="Nobody has asked yet"):
        holds.let_go(placed, by="board.second")

    ask_to_let_go(placed, by="board", at=NOW)
    with pytest.raises(CannotHold, match="board has asked already"):
        ask_to_let_go(placed, by="board.second")
    with pytest.raises(NeedsSecondPerson, match="somebody else must release it"):
        holds.let_go(placed, by="board")
    assert list(Hold.objects.in_force()) == [placed]

    holds.let_go(placed, by="board.second", at=NOW)
    for act in (ask_to_let_go, holds.let_go):
        with pytest.raises(CannotHold, match=r"board.second has released .* already"):
            act(placed, by="third")
    placed.refresh_from_db()
    assert (placed.asked_by, placed.let_go_by, placed.let_go_at) == ("board", "board.second", NOW)
    assert not Hold.objects.in_force().exists()


def test_a_hold_takes_effect_at_the_next_request_and_so_does_letting_it_go(world):
    world.open_all()
    client = signed_in(world.candidate)

    def shows_a_grade() -> bool:
        return b"A(a)" in ask(client).content

    assert shows_a_grade()
    placed = hold(series=world.series, centre=world.main)
    assert not shows_a_grade()
    ask_to_let_go(placed, by="board")
    assert not shows_a_grade()
    holds.let_go(placed, by="board.second")
    assert shows_a_grade()


def test_every_act_is_in_the_trail_without_its_reason_and_not_where_the_centre_reads_it(world):
    entry = world.candidate.entries.get(syllabus__code="0580")
    placed = place(Hold(entry=entry, reason="Grade A is in doubt"), by=world.board)
    ask_to_let_go(placed, by=world.board)
    holds.let_go(placed, by="board.second")

    events = list(AuditEvent.objects.order_by("pk"))
    assert [(one.action, one.by) for one in events] == [
        ("hold_placed", "board"),
        ("hold_asked", "board"),
        ("hold_let_go", "board.second"),
    ]
    said = "0580 Syllabus 0580 of 0001 BLOGGS: Fred, MAIN1, June 2026"
    assert {(one.subject, one.series) for one in events} == {(said, "June 2026")}
    assert "doubt" not in str(list(AuditEvent.objects.values()))

    officer = Client()
    officer.force_login(world.officer)
    page = officer.get("/candidate-results/2026-06/MAIN1/audit/")
    assert "Nothing has been recorded for this centre yet." in page.content.decode()


@pytest.mark.parametrize(
    ("what", "covers"),
    [("series", 4), ("qualification", 4), ("centre", 1), ("candidate", 1), ("entry", 1)],
)
def test_it_says_how_many_candidates_it_covers(world, what, covers):
    world.candidate.entries.filter(syllabus__code="9702").update(withdrawn=True)
    hold(series=make_series(2026, 11))

    placed = hold(**held_of(world.candidate, "0580")[what])

    assert candidates_covered(placed) == covers


def test_what_has_been_held_cannot_be_deleted_with_the_hold(world):
    hold(candidate=world.candidate)

    with pytest.raises(ProtectedError):
        world.candidate.delete()


def test_an_account_that_another_opened_lately_does_not_let_go(world):
    placed = hold(candidate=world.candidate)
    ask_to_let_go(placed, by="board")
    make_board_operator("board.second")
    record_about("board.second", "recovery_started", by="board")

    with pytest.raises(NeedsSecondPerson, match=r"made or opened the account board\.second"):
        holds.let_go(placed, by="board.second")
    assert list(Hold.objects.in_force()) == [placed]


def test_what_is_called_otherwise_than_when_it_was_asked_is_not_let_go_but_asked_anew(world):
    placed = hold(candidate=world.candidate)
    ask_to_let_go(placed, by="board")
    type(world.candidate).objects.filter(pk=world.candidate.pk).update(name="SMITH: Anna")

    with pytest.raises(CannotHold, match="which is called “0001 SMITH: Anna"):
        holds.let_go(placed, by="board.second")
    ask_to_let_go(placed, by="board")
    holds.let_go(placed, by="board.second")
    assert not Hold.objects.in_force().exists()


@pytest.mark.parametrize("left_out", HELD_BY)
@pytest.mark.parametrize("of_all", [holds.is_held, holds.last_let_go, holds.covering])
def test_whoever_asks_for_holds_names_every_level(of_all, left_out):
    """One that was left out would read as no hold."""
    levels = dict.fromkeys(HELD_BY)
    of_all(**levels)
    del levels[left_out]
    with pytest.raises(TypeError, match=f"missing 1 required keyword-only argument: '{left_out}'"):
        of_all(**levels)
