"""When results are released is changed by two people, who see first what it would do."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from board.models import ProposedRelease
from board.proposals import CannotPropose, NeedsSecondPerson
from board.releases import confirm, effects_of, propose, refuse
from centres.models import Release
from core.dates import instant_of
from core.only_grows import lifted
from tests.between_queries import after_query
from tests.board.events import events
from tests.builders import (
    A_LEVEL,
    AFTER,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    PASSWORD,
    erase,
    give,
    make_board_operator,
    make_login,
    make_proposal,
    make_qualification,
    make_series,
)
from tests.letters import an_hour_passes

URL = "/board/releases/"
LATER = IGCSE_RELEASE + dt.timedelta(days=2)
HOUR = dt.timedelta(hours=1)


def typed(world, **more) -> dict:
    return {
        "series": world.series.pk,
        "qualification": make_qualification(IGCSE).pk,
        "candidates_day": "2026-08-15",
        "candidates_time": "06:00",
        "staff_day": "",
        "staff_time": "",
        "reason": "Scripts lost in a flood",
        **more,
    }


def igcse() -> Release:
    return Release.objects.get(qualification__name=IGCSE)


def html(answer) -> str:
    return answer.content.decode()


def test_one_proposes_another_confirms_and_only_then_it_holds(board, colleague, world):
    asked = html(board.post(f"{URL}propose/", typed(world)))
    assert (
        "<strong>15 August 2026, 06:00 London time (UTC+1)</strong>, 15 August 2026, 05:00 UTC"
        in asked
    )
    assert "was 13 August 2026, 06:00 London time (UTC+1)" in asked
    assert not ProposedRelease.objects.exists()

    page = board.post(f"{URL}propose/", typed(world, confirmed="yes"), follow=True)
    assert "It takes effect once somebody else at the board confirms it." in html(page)
    proposal = ProposedRelease.objects.get()
    assert igcse().candidates_at == IGCSE_RELEASE
    assert 'confirm/"' not in html(board.get(f"{URL}{proposal.pk}/"))
    assert "You proposed" in html(board.post(f"{URL}{proposal.pk}/confirm/", follow=True))
    assert igcse().candidates_at == IGCSE_RELEASE

    colleague.post(f"{URL}{proposal.pk}/confirm/")
    assert igcse().candidates_at == LATER
    assert [(event.action, event.by) for event in events()] == [
        ("release_proposed", "board"),
        ("release_confirmed", "board.second"),
    ]
    for event in events():
        assert event.old == {"candidates_at": "2026-08-13T05:00:00+00:00"}
        assert event.new == {"candidates_at": "2026-08-15T05:00:00+00:00"}
        assert event.series == "June 2026"


def test_a_first_release_takes_two_persons_as_well(board, colleague, world):
    series = make_series(2026, 11, releases={})
    board.post(
        f"{URL}propose/",
        typed(world, series=series.pk, staff_day="2026-08-14", staff_time="06:00", confirmed="yes"),
    )
    proposal = ProposedRelease.objects.get()
    assert "no release was set" in html(colleague.get(f"{URL}{proposal.pk}/"))
    assert not series.releases.exists()

    colleague.post(f"{URL}{proposal.pk}/confirm/")
    release = series.releases.get()
    assert (release.candidates_at, release.staff_at) == (LATER, LATER - 24 * HOUR)


def test_it_says_how_many_letters_become_outdated_and_where(board, world):
    world.open_all()
    give(world.associate, world.series, delay=HOUR)
    for candidate in world.candidates.values():
        make_login(candidate)
    erase(world.candidates["ASC02"].entries.filter(syllabus__qualification__name=IGCSE))
    give(world.associate, world.series, delay=2 * HOUR)  # outdated already

    effects = effects_of(make_proposal(world.series), at=BEFORE)

    assert (effects.candidates, effects.printed) == (3, 3)
    assert (effects.letters, effects.centres) == (2, 2)
    assert effects.passed is False
    page = html(board.get(f"{URL}{ProposedRelease.objects.get().pk}/"))
    assert "at 2 centres" in page
    assert igcse().candidates_at == IGCSE_RELEASE


def test_letters_that_print_the_proposed_time_are_not_outdated_by_it(world):
    world.open_all()
    Release.objects.filter(qualification__name=IGCSE).update(candidates_at=LATER)
    make_login(world.candidate)
    Release.objects.filter(qualification__name=IGCSE).update(candidates_at=IGCSE_RELEASE)

    effects = effects_of(make_proposal(world.series), at=AFTER)

    assert (effects.letters, effects.centres, effects.passed) == (0, 0, True)


def test_what_was_changed_meanwhile_is_not_confirmed(board, world):
    proposal = make_proposal(world.series)
    Release.objects.filter(qualification__name=IGCSE).update(candidates_at=IGCSE_RELEASE + HOUR)

    assert "so it cannot be confirmed" in html(board.get(f"{URL}{proposal.pk}/"))
    with pytest.raises(CannotPropose, match="was changed after this was proposed"):
        confirm(proposal, by=world.board)
    assert igcse().candidates_at == IGCSE_RELEASE + HOUR


def test_who_proposed_cannot_confirm_but_may_withdraw_it(board, world):
    proposal = make_proposal(world.series, by="board")
    with pytest.raises(NeedsSecondPerson):
        confirm(proposal, by=world.board)

    assert "Withdraw proposal" in html(board.get(f"{URL}{proposal.pk}/"))
    board.post(f"{URL}{proposal.pk}/refuse/")
    assert [event.action for event in events()] == ["release_refused"]
    assert igcse().candidates_at == IGCSE_RELEASE


@pytest.mark.parametrize("act", [confirm, refuse])
def test_what_is_decided_stays_so(world, act):
    proposal = make_proposal(world.series)
    refuse(proposal, by=world.board)

    with pytest.raises(CannotPropose, match="board has refused this already"):
        act(proposal, by=make_board_operator("board.third"))


NOT_PROPOSED = [
    ({"candidates_day": "2026-08-13"}, "is released at this very time already"),
    ({"staff_day": "2026-08-16", "staff_time": "06:00"}, "Staff see results before candidates"),
    ({"staff_day": "2026-08-12"}, "Give both day and time, or neither."),
    ({"candidates_day": "2026-02-30"}, "Enter a valid date."),
    ({"reason": " "}, "Enter a reason."),
    (
        {"candidates_day": "2026-10-25", "candidates_time": "01:30"},
        "The clock is changed at this hour. Choose another time.",
    ),
]


def test_what_cannot_be_proposed_is_said_and_keeps_what_was_typed(board, world):
    for more, answer in NOT_PROPOSED:
        for confirmed in ({}, {"confirmed": "yes"}):
            page = html(board.post(f"{URL}propose/", typed(world, **more, **confirmed)))
            assert answer in page
            assert f'value="{more.get("candidates_time", "06:00")}"' in page
    assert not ProposedRelease.objects.exists()


def test_of_one_release_one_proposal_waits(board, world):
    make_proposal(world.series)
    page = html(board.post(f"{URL}propose/", typed(world, candidates_day="2026-08-20")))

    assert "board.first has proposed a change of Cambridge IGCSE, June 2026 already." in page


def test_from_the_ask_page_one_goes_back_with_all_that_was_typed(board, world):
    page = html(board.post(f"{URL}propose/", typed(world, change="yes")))

    assert 'value="2026-08-15"' in page
    assert 'value="Scripts lost in a flood"' in page


def test_the_form_opens_with_what_holds_by_the_boards_clock(board, world):
    page = html(board.get(f"{URL}propose/?release={igcse().pk}"))

    assert 'value="2026-08-13"' in page
    assert 'value="06:00"' in page


def test_the_password_is_given_again_and_what_was_typed_is_carried_on_with(board, colleague, world):
    for client in (board, colleague):
        an_hour_passes(client)
    assert board.get(f"{URL}propose/").url.startswith("/account/confirm/")
    asked = board.post(f"{URL}propose/", typed(world, confirmed="yes"))
    assert not ProposedRelease.objects.exists()
    board.post(asked.url, {"password": "wrong"})
    assert not ProposedRelease.objects.exists()

    page = board.post(asked.url, {"password": PASSWORD}, follow=True)
    assert "It takes effect once somebody else at the board confirms it." in html(page)
    proposal = ProposedRelease.objects.get()
    assert proposal.reason == "Scripts lost in a flood"

    asked = colleague.post(f"{URL}{proposal.pk}/confirm/")
    assert asked.url.startswith("/account/confirm/") and igcse().candidates_at == IGCSE_RELEASE
    assert "It applies from now on." in html(
        colleague.post(asked.url, {"password": PASSWORD}, follow=True)
    )
    assert igcse().candidates_at == LATER


def test_a_page_that_came_of_what_was_carried_on_with_can_be_posted_from_where_it_stands(
    board, world
):
    an_hour_passes(board)
    asked = board.post(f"{URL}propose/", typed(world))
    page = board.post(asked.url, {"password": PASSWORD})
    assert (
        "Propose this release?" in html(page) and page.request["PATH_INFO"] == "/account/confirm/"
    )

    posted = typed(world, confirmed="yes")
    assert "Proposed. It takes effect" in html(board.post(asked.url, posted, follow=True))
    assert ProposedRelease.objects.get().reason == "Scripts lost in a flood"


@pytest.mark.parametrize("act", ["confirm", "refuse"])
def test_after_signing_in_again_one_is_at_the_proposal_and_nothing_is_decided(
    colleague, world, act
):
    proposal = make_proposal(world.series)
    page = colleague.get(f"{URL}{proposal.pk}/{act}/", follow=True)

    assert "Waits for a second person" in html(page)
    assert ProposedRelease.objects.waiting().exists()


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"decision": "confirmed", "decided_by": "board.first"}, "second_person"),
        ({"decision": "confirmed", "decided_by": ""}, "by_somebody"),
        ({"reason": ""}, "with_a_reason"),
        ({"staff_at": LATER + HOUR}, "staff_before_candidates"),
    ],
)
def test_the_database_holds_what_must_never_be(world, changed, constraint):
    proposal = make_proposal(world.series)
    if "decision" in changed:
        changed = {**changed, "decided_at": AFTER}
    with (
        lifted(),  # which refuses most of it before
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
    ):
        ProposedRelease.objects.filter(pk=proposal.pk).update(**changed)


def test_the_database_lets_one_proposal_wait(world):
    make_proposal(world.series)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_proposal(world.series)


def test_two_who_propose_at_once_are_told(world):
    one = ProposedRelease(
        series=world.series,
        qualification=make_qualification(IGCSE),
        candidates_at=LATER,
        reason="Flood",
    )
    propose(one, by=world.board)
    assert one.proposed_by == "board"
    with pytest.raises(CannotPropose, match="board has proposed"):
        propose(
            ProposedRelease(
                series=world.series,
                qualification=one.qualification,
                candidates_at=LATER,
                reason="Flood",
            ),
            by=make_board_operator("board.third"),
        )


def test_the_boards_clock_in_winter_and_summer():
    assert instant_of(dt.date(2027, 1, 19), dt.time(6)).hour == 6
    assert instant_of(dt.date(2026, 8, 13), dt.time(6)).hour == 5
    for day in (dt.date(2026, 3, 29), dt.date(2026, 10, 25)):
        with pytest.raises(ValueError, match="The clock is changed at this hour"):
            instant_of(day, dt.time(1, 30))


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_takes_the_same_queries_however_many(
    board, world, many, django_assert_num_queries
):
    for year in range(2020, 2020 + many):
        series = make_series(year)
        make_proposal(series)
        refuse(make_proposal(series, A_LEVEL), by=world.board)
    board.get(URL)
    with django_assert_num_queries(9):
        board.get(URL)


@pytest.mark.parametrize("confirmed_after", range(3, 10))
def test_a_proposal_that_is_confirmed_while_it_is_looked_at_is_not_said_to_be_out_of_date(
    board, world, confirmed_after
):
    proposal = make_proposal(world.series)
    other = make_board_operator("board.other")

    with after_query(confirmed_after, lambda: confirm(proposal, by=other)):
        page = html(board.get(f"{URL}{proposal.pk}/"))
    assert "was changed after this was proposed" not in page


def test_after_two_qualifications_have_swapped_their_names_nobody_confirms_the_wrong_release(
    colleague, world
):
    proposal = make_proposal(world.series, by="board")
    igcse, a_level = make_qualification(IGCSE), make_qualification(A_LEVEL)
    before = list(Release.objects.values())
    for one, name in ((igcse, "For a moment"), (a_level, IGCSE), (igcse, A_LEVEL)):
        type(one).objects.filter(pk=one.pk).update(name=name)

    page = html(colleague.get(f"{URL}{proposal.pk}/"))
    assert (
        f"<h1>{IGCSE}, June 2026: confirm this release?</h1>" in page
        and "so it cannot be confirmed" in page
    )
    answer = html(colleague.post(f"{URL}{proposal.pk}/confirm/", follow=True))

    assert "propose it again" in answer
    assert list(Release.objects.values()) == before
