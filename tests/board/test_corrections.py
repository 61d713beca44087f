"""A single result is corrected with a reason: by one person before staff may see it, by two from then on."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from board import corrections
from board.models import ProposedCorrection
from board.proposals import CannotPropose, NeedsSecondPerson
from centres.models import Candidate, Release
from results.models import Result, ResultChange
from tests.asked import counted_on
from tests.board.events import events
from tests.builders import (
    IGCSE,
    IGCSE_RELEASE,
    PASSWORD,
    STAFF_AT,
    make_board_operator,
    restrict,
)
from tests.letters import an_hour_passes

URL = "/board/corrections/"
TICK = dt.timedelta(microseconds=1)


def the_result(world) -> Result:
    return Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")


def typed(**more) -> dict:
    return {"grade": "B", "pum": "", "reason": "Review of marking", **more}


def correct(client, world, **more):
    if more.get("confirmed") and "counted" not in more:
        asked = {key: said for key, said in more.items() if key != "confirmed"}
        more["counted"] = counted_on(correct(client, world, **asked))
    return client.post(f"{URL}of/{the_result(world).pk}/", typed(**more), follow=True)


def html(answer) -> str:
    return answer.content.decode()


def not_yet_released() -> None:
    Release.objects.update(candidates_at=timezone.now() + dt.timedelta(days=9))


def test_before_staff_may_see_it_one_person_corrects_with_a_reason(board, world):
    not_yet_released()
    asked = html(correct(board, world))
    assert "Correct this result?" in asked and "was A" in asked
    assert the_result(world).grade == "A"

    assert "The result is corrected." in html(correct(board, world, confirmed="yes"))
    assert the_result(world).grade == "B"
    change = ResultChange.objects.get()
    assert (change.old_grade, change.reason, change.by) == ("A", "Review of marking", "board")
    (event,) = events()
    assert (event.action, event.centre, event.series) == ("result_corrected", "", "June 2026")
    assert (event.old, event.new) == ({}, {})


def test_from_then_on_one_proposes_and_another_confirms(board, colleague, world):
    page = html(correct(board, world, confirmed="yes"))
    assert "It takes effect once somebody else at the board confirms it." in page
    proposal = ProposedCorrection.objects.get()
    assert the_result(world).grade == "A"
    assert "You proposed this" in html(board.post(f"{URL}{proposal.pk}/confirm/", follow=True))
    assert the_result(world).grade == "A"

    assert "Confirmed." in html(colleague.post(f"{URL}{proposal.pk}/confirm/", follow=True))
    assert the_result(world).grade == "B"
    change = ResultChange.objects.get()
    assert (change.old_grade, change.by) == ("A", "board.second")
    assert [event.action for event in events()] == ["correction_proposed", "correction_confirmed"]
    assert all(event.centre == "" and event.new == {} for event in events())


@pytest.mark.parametrize(
    ("at", "two"), [(STAFF_AT - TICK, False), (STAFF_AT, True), (IGCSE_RELEASE, True)]
)
def test_the_instant_is_the_one_for_staff_where_the_release_gives_one(world, at, two):
    restrict()
    assert corrections.takes_two(the_result(world), at) is two
    Release.objects.update(staff_at=None)
    assert corrections.takes_two(the_result(world), at) is (at >= IGCSE_RELEASE)


def give_the_number_to_somebody_else(world) -> None:
    Candidate.objects.filter(pk=world.candidate.pk).set_aside(timezone.now())


def test_a_result_of_whoever_has_lost_the_number_takes_two_as_well(board, world):
    """They may have it back, with this result (rule 22)."""
    give_the_number_to_somebody_else(world)
    page = html(correct(board, world, confirmed="yes"))
    assert "It takes effect once somebody else at the board confirms it." in page
    proposal = ProposedCorrection.objects.get()
    assert "formerly MAIN1, June 2026" in str(proposal)
    assert [event.series for event in events()] == ["June 2026"]


def test_what_was_proposed_for_whoever_had_the_number_then_is_not_confirmed(
    board, colleague, world
):
    proposal = proposed(world)
    give_the_number_to_somebody_else(world)

    for page in (board.get(f"{URL}{proposal.pk}/"), board.get(URL)):
        assert "MAIN1, June 2026" in html(page)
    answer = colleague.post(f"{URL}{proposal.pk}/confirm/", follow=True)
    assert "formerly MAIN1, June 2026” now. Refuse this" in html(answer)
    assert the_result(world).grade == "A"
    assert "Refused." in html(colleague.post(f"{URL}{proposal.pk}/refuse/", follow=True))


def test_the_page_that_asked_before_that_instant_does_not_correct_after_it(board, world):
    restrict()
    with time_machine.travel(STAFF_AT - TICK, tick=False):
        proposal = ProposedCorrection(result=the_result(world), grade="B", reason="Review")
    with pytest.raises(CannotPropose, match="a second person must confirm it"):
        corrections.correct(proposal, by=world.board, at=STAFF_AT)
    assert the_result(world).grade == "A"


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        ({"grade": "ZZ"}, "Select a valid choice"),
        ({"grade": "a"}, "Select a valid choice"),
        ({"grade": "X", "pum": "50"}, "X, Q and Y have no PUM"),
        ({"pum": "101"}, "less than or equal to 100"),
        ({"reason": " "}, "Enter a reason."),
        ({"grade": "A"}, "This is what the result is already"),
    ],
)
@pytest.mark.parametrize("confirmed", [{}, {"confirmed": "yes"}])
def test_what_cannot_be_a_correction_is_said_and_keeps_what_was_typed(
    board, world, more, answer, confirmed
):
    page = html(correct(board, world, **more, **confirmed))

    assert answer in page
    assert f'value="{typed(**more)["reason"].strip()}"' in page or "reason" in more
    assert the_result(world).grade == "A"
    assert events() == []
    assert not ProposedCorrection.objects.exists()


def proposed(world, by: str = "board") -> ProposedCorrection:
    proposal = ProposedCorrection(result=the_result(world), grade="B", reason="Review")
    corrections.propose(proposal, by=world.board)
    return proposal


def test_the_rule_itself_takes_no_grade_outside_the_scale(world):
    proposal = ProposedCorrection(result=the_result(world), grade="a", reason="Review")
    with pytest.raises(CannotPropose, match=f"This is not a grade of {IGCSE}"):
        corrections.propose(proposal, by=world.board)


def test_of_one_result_one_proposal_waits(world):
    proposed(world)
    with pytest.raises(CannotPropose, match="board has proposed a correction"):
        proposed(world)


def test_what_was_corrected_meanwhile_is_not_confirmed(board, colleague, world):
    proposal = proposed(world)
    Result.objects.filter(pk=proposal.result_id).update(grade="C")

    assert "so it cannot be confirmed" in html(colleague.get(f"{URL}{proposal.pk}/"))
    page = html(colleague.post(f"{URL}{proposal.pk}/confirm/", follow=True))
    assert "was changed after this was proposed" in page
    assert the_result(world).grade == "C"


def test_nor_what_is_called_otherwise_by_now(colleague, world):
    proposal = proposed(world)
    type(world.candidate).objects.filter(pk=world.candidate.pk).update(name="SMITH: Anna")

    assert "SMITH: Anna" in html(colleague.get(f"{URL}{proposal.pk}/"))
    page = html(colleague.post(f"{URL}{proposal.pk}/confirm/", follow=True))
    assert "BLOGGS: Fred" in page and "propose it again" in page
    assert the_result(world).grade == "A"


def test_who_proposed_takes_it_back(board, world):
    proposal = proposed(world)
    with pytest.raises(NeedsSecondPerson):
        corrections.confirm(proposal, by=world.board)
    board.post(f"{URL}{proposal.pk}/refuse/")

    with pytest.raises(CannotPropose, match="board has refused this already"):
        corrections.confirm(proposal, by=make_board_operator("board.third"))
    assert the_result(world).grade == "A"


def test_the_password_is_given_again_and_what_was_typed_is_carried_on_with(board, colleague, world):
    counted = counted_on(correct(board, world))
    for client in (board, colleague):
        an_hour_passes(client)
    url = f"{URL}of/{the_result(world).pk}/"
    asked = board.post(url, typed(confirmed="yes", counted=counted))
    assert asked.url.startswith("/account/confirm/") and not ProposedCorrection.objects.exists()
    board.post(asked.url, {"password": PASSWORD})
    proposal = ProposedCorrection.objects.get()

    asked = colleague.post(f"{URL}{proposal.pk}/confirm/")
    assert asked.url.startswith("/account/confirm/") and the_result(world).grade == "A"
    colleague.post(asked.url, {"password": PASSWORD})
    assert the_result(world).grade == "B"


def test_what_somebody_else_has_corrected_meanwhile_is_asked_about_again(board, colleague, world):
    not_yet_released()
    counted = counted_on(correct(board, world))
    correct(colleague, world, grade="C", confirmed="yes")

    again = html(correct(board, world, confirmed="yes", counted=counted))

    assert "what would happen has changed since you were asked" in again and "was C" in again
    assert the_result(world).grade == "C"
    correct(board, world, confirmed="yes", counted=counted_on(again))
    assert the_result(world).grade == "B"


def test_so_is_what_takes_two_people_by_now(board, world):
    restrict()
    with time_machine.travel(STAFF_AT - TICK, tick=False):
        counted = counted_on(correct(board, world))
    again = html(correct(board, world, confirmed="yes", counted=counted))
    assert "Propose this correction?" in again and not ProposedCorrection.objects.exists()


def test_after_signing_in_again_nothing_is_decided(colleague, world):
    proposal = proposed(world)
    for act in ("confirm", "refuse"):
        assert "Waits" in html(colleague.get(f"{URL}{proposal.pk}/{act}/", follow=True))
    assert proposal.waits and the_result(world).grade == "A"


def test_from_the_ask_page_one_goes_back_with_all_that_was_typed(board, world):
    page = html(correct(board, world, change="yes"))
    assert 'value="Review of marking"' in page and '<option value="B" selected' in page


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_takes_the_same_queries_however_many(
    board, world, many, django_assert_num_queries
):
    for candidate in list(world.candidates.values())[:many]:
        result = Result.objects.get(entry__candidate=candidate, entry__syllabus__code="0580")
        one = ProposedCorrection(result=result, grade="B", reason="Review")
        corrections.propose(one, by=world.board)
    board.get(URL)
    with django_assert_num_queries(6):
        board.get(URL)


def test_the_board_finds_the_way_from_the_result(board, world):
    page = html(board.get(f"/board/records/results/result/{the_result(world).pk}/change/"))
    assert f'href="{URL}of/{the_result(world).pk}/"' in page
