"""Holds by the board: counted before they are placed, let go by two people, never changed."""

import re

import pytest

from centres.models import AuditEvent, Entry, Release, Syllabus
from core.only_grows import lifted
from results.hold_levels import HELD_BY, HOLD_LEVELS
from results.models import Hold, Result
from tests.board.events import POST, events
from tests.builders import IGCSE, PASSWORD, held_of, hold, make_qualification
from tests.letters import an_hour_passes

PLACE = "/board/holds/place/"
HOLDS = "/board/holds/"
RELEASES = "/board/records/centres/release/"
RESULTS = "/board/records/results/result/"
RECORDS = "/board/records/results/hold/"


def let_go(client, placed: Hold, *, what: str = "release"):
    return client.post(f"{HOLDS}{what}/", {"hold": placed.pk}, follow=True)


def said(answer) -> str:
    return answer.content.decode()


def test_a_hold_is_placed_after_the_page_that_counts(board, world):
    wanted = {"series": world.series.pk, "centre_number": "main1", "reason": "Under inquiry"}

    page = said(board.post(PLACE, {**wanted, **POST}))
    assert '<bdi>MAIN1 Made-up School MAIN1, June 2026</bdi></td><td class="num">1</td>' in page
    assert "Reason, for the board alone: <bdi>Under inquiry</bdi>" in page
    assert not Hold.objects.exists()

    board.post(PLACE, {**wanted, **POST, "confirmed": "Hold"})
    placed = Hold.objects.get()
    assert (placed.centre, placed.reason, placed.placed_by) == (
        world.main,
        "Under inquiry",
        "board",
    )
    assert [event.action for event in events()] == ["hold_placed"]


TYPED = {
    "series": {},
    "qualification": {"qualification": IGCSE},
    "centre": {"centre_number": "MAIN1"},
    "candidate": {"centre_number": "MAIN1", "candidate_number": "0001"},
    "entry": {"centre_number": "MAIN1", "candidate_number": "0001", "syllabus_code": "0580"},
}


@pytest.mark.parametrize("what", HOLD_LEVELS)
def test_the_further_the_form_is_filled_in_the_less_is_held(board, world, what):
    board.post(PLACE, wanted_of(world, **TYPED[what], confirmed="Hold"))

    placed = Hold.objects.get()
    held = {name: getattr(placed, name) for name in HELD_BY if getattr(placed, name)}
    assert held == held_of(world.candidate, "0580")[what]


def wanted_of(world, **typed) -> dict:
    if "qualification" in typed:
        typed["qualification"] = make_qualification(typed["qualification"]).pk
    return {"series": world.series.pk, "reason": "Under inquiry", **typed, **POST}


@pytest.mark.parametrize("confirmed", [{}, {"confirmed": "Hold"}])
@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ({"series": ""}, "Choose a series."),
        ({"reason": " "}, "Enter a reason."),
        ({"centre_number": "NONE9"}, "There is no such centre"),
        ({"candidate_number": "0001"}, "Give the centre as well"),
        ({"syllabus_code": "0580"}, "Give the centre as well"),
        ({"centre_number": "MAIN1", "syllabus_code": "0580"}, "Give the candidate as well"),
        ({"centre_number": "MAIN1", "candidate_number": "0009"}, "has no such candidate"),
        (
            {"centre_number": "MAIN1", "candidate_number": "0001", "syllabus_code": "0999"},
            "is not entered for such a syllabus",
        ),
        ({"centre_number": "MAIN1", "qualification": IGCSE}, "not two of these at once"),
        (
            {"centre_number": "MAIN1", "candidate_number": "0001", "qualification": IGCSE},
            "not two of these at once",
        ),
        ({"centre_number": "ASC01", "candidate_number": "0001"}, "is held already"),
    ],
)
def test_what_cannot_be_held_is_said_on_the_form(board, world, typed, answer, confirmed):
    hold(candidate=world.associate_candidate)

    page = said(board.post(PLACE, wanted_of(world, **typed, **confirmed)))

    assert answer in page
    assert Hold.objects.count() == 1


def test_releases_are_held_from_their_record_with_a_reason(board, world):
    release = Release.objects.get(qualification__name=IGCSE)
    page = said(board.get(PLACE, {"release": release.pk}))
    assert '<bdi>Cambridge IGCSE, June 2026</bdi></td><td class="num">4</td>' in page
    assert f'<input type="hidden" name="release" value="{release.pk}">' in page
    posted = {"release": release.pk, "confirmed": "Hold"}
    assert "Enter a reason." in said(board.post(PLACE, {**posted, "reason": ""}))
    assert not Hold.objects.exists()

    for answer in ("is held.", "is held already."):
        assert answer in said(
            board.post(PLACE, {**posted, "reason": "Wrong boundaries"}, follow=True)
        )
    placed = Hold.objects.get()
    assert (placed.series, placed.qualification.name) == (world.series, IGCSE)
    assert placed.reason == "Wrong boundaries"


def test_results_are_held_from_their_record_and_their_list_says_which_are_held(board, world):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    yes = 'class="field-held">Yes'
    assert yes not in said(board.get(RESULTS))

    assert f"{PLACE}?result={result.pk}" in said(board.get(f"{RESULTS}{result.pk}/change/"))
    board.post(PLACE, {"result": result.pk, "confirmed": "Hold", "reason": "Under inquiry"})

    assert Hold.objects.get().entry == result.entry
    assert said(board.get(RESULTS)).count(yes) == 1
    hold(series=world.series, centre=world.main)
    assert said(board.get(RESULTS)).count(yes) == 3
    assert said(board.get(RELEASES)).count(yes) == 0


def test_more_than_can_be_looked_at_are_not_held_one_by_one(board, world):
    igcse = make_qualification(IGCSE)
    for code in range(101):
        syllabus = Syllabus.objects.create(code=f"{code:04}", title="", qualification=igcse)
        entry = Entry.objects.create(candidate=world.candidate, syllabus=syllabus)
        Result.objects.create(entry=entry, grade="A")
    results = Result.objects.filter(entry__syllabus__title="")

    page = said(board.get(PLACE, {"result": [result.pk for result in results]}))
    assert page.count('</bdi></td><td class="num">1</td>') == 100


def test_one_asks_and_another_lets_go(board, colleague, world):
    placed = hold(candidate=world.candidate)
    assert "Nobody has asked yet" in said(let_go(board, placed))
    assert "Nobody yet: somebody asks first" in said(board.get(f"{HOLDS}release/?hold={placed.pk}"))

    assert "It stays held until somebody else releases it." in said(
        let_go(board, placed, what="request-release")
    )
    assert "so somebody else must release it" in said(let_go(board, placed))
    assert "board has asked to release it" in said(board.get(HOLDS))
    for what in ("request-release", "release"):
        page = said(colleague.get(f"{HOLDS}{what}/?hold={placed.pk}"))
        assert "Under inquiry" in page and 'data-head="Candidates">1</td>' in page
    assert Hold.objects.in_force().exists()

    let_go(colleague, placed)
    assert "by board.second, as board had asked" in said(board.get(HOLDS))
    assert not Hold.objects.in_force().exists()
    assert [event.action for event in events()] == ["hold_placed", "hold_asked", "hold_let_go"]


def test_the_password_is_given_before_a_hold_is_typed(board):
    an_hour_passes(board)
    assert board.get(PLACE).url.startswith("/account/confirm/")


def test_what_was_typed_to_hold_is_carried_on_with_once_the_password_is_given(board, world):
    release = {"release": Release.objects.get(qualification__name=IGCSE).pk}
    confirmed = {"confirmed": "Hold", "reason": "Under inquiry"}
    for url, posted in [
        (PLACE, wanted_of(world, centre_number="MAIN1", confirmed="Hold")),
        (PLACE, {**release, **confirmed}),
        (f"{PLACE}?release={release['release']}", {**release, **confirmed}),
    ]:
        assert given_again(board, url, posted).status_code == 200
        placed = Hold.objects.get()
        assert (placed.reason, placed.placed_by) == ("Under inquiry", "board")
        with lifted():
            placed.delete()


def given_again(client, url: str, posted: dict):
    """What is posted an hour after the password was given, and then it is."""
    before = list(Hold.objects.values())
    an_hour_passes(client)
    asked = client.post(url, posted)
    assert asked.url.startswith("/account/confirm/")
    assert list(Hold.objects.values()) == before
    return client.post(asked.url, {"password": PASSWORD}, follow=True)


def test_what_was_ticked_in_a_list_however_narrowed_is_carried_on_with(board, colleague, world):
    placed = hold(candidate=world.candidate)
    posted = {"hold": placed.pk}
    narrowed = f"request-release/?state=in-force&hold={placed.pk}"
    assert "You have asked to release" in said(given_again(board, f"{HOLDS}{narrowed}", posted))
    page = said(given_again(colleague, f"{HOLDS}release/?state=asked&search=BLOGGS", posted))
    assert "The hold on" in page
    assert not Hold.objects.in_force().exists()


def test_a_hold_is_neither_changed_nor_deleted(board, world):
    placed = hold(candidate=world.candidate)
    before = Hold.objects.values().get()
    for path in ("change", "delete"):
        answer = board.post(f"{RECORDS}{placed.pk}/{path}/", {"reason": "Other", **POST})
        assert answer.status_code == 403
    deleted = {"action": "delete_selected", "_selected_action": [placed.pk], "post": "yes"}
    for url in (RECORDS, HOLDS):
        board.post(url, deleted)

    assert Hold.objects.values().get() == before
    assert AuditEvent.objects.count() == 1
    assert "Under inquiry" in said(board.get(f"{RECORDS}{placed.pk}/change/"))


def test_letting_go_asks_again_when_what_it_told_has_changed(board, colleague, world):
    asked = hold(candidate=world.candidate)
    let_go(board, asked, what="request-release")
    told = said(colleague.get(f"{HOLDS}release/", {"hold": asked.pk}))
    counted = re.search(r'name="counted" value="(\w+)"', told)[1]
    world.candidate.name = "BLOGGS: Frederick"
    world.candidate.save()

    page = said(colleague.post(f"{HOLDS}release/", {"hold": asked.pk, "counted": counted}))
    assert "Nothing has been done yet" in page
    assert Hold.objects.get(let_go_at=None) == asked


def test_holds_are_found_by_their_state(board, world):
    hold(candidate=world.candidate)
    asked = hold(series=world.series)
    let_go(board, asked, what="request-release")

    for state, found in [("in-force", 2), ("asked", 1), ("let-go", 0)]:
        page = said(board.get(f"{HOLDS}?state={state}"))
        assert page.count('name="hold"') == found
    for wanted, found in [("BLOGGS", 1), ("fred main1", 1), ("inquiry", 2), ("fred ASC01", 0)]:
        assert said(board.post(HOLDS, {"search": wanted})).count('name="hold"') == found
    for wanted, found in [("0001", 1), ("main1", 1), ("inquiry", 2), ("BLOGGS", 0)]:
        assert said(board.get(f"{RECORDS}?q={wanted}")).count("field-__str__") == found


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_takes_the_same_queries_however_many_holds(
    board, world, many, django_assert_num_queries
):
    for candidate in list(world.candidates.values())[:many]:
        hold(entry=candidate.entries.first())
    board.get(HOLDS)

    with django_assert_num_queries(7):
        board.get(HOLDS)
