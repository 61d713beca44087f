"""What takes two persons of the board is not done by one with two accounts."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.four_eyes import SETTLED, settling, who_can, why_not
from accounts.models import User
from board import accounts
from board.models import ProposedAccess, ProposedRelease
from centres.models import Release
from tests.builders import (
    IGCSE,
    IGCSE_RELEASE,
    PASSWORD,
    hold,
    make_board_operator,
    make_proposal,
    record_about,
)

RELEASES = "/board/releases/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(answer) -> str:
    return answer.content.decode()


def later() -> time_machine.travel:
    """When what was done until now has settled."""
    return time_machine.travel(timezone.now() + SETTLED + dt.timedelta(minutes=2))


def puppet_of(board: User, helper: User) -> User:
    """An account of the board that these two have made."""
    proposal = ProposedAccess(
        act="operator", username="puppet", name="P", email="p@example.org", reason="New colleague"
    )
    accounts.propose(proposal, by=board)
    accounts.confirm(proposal, by=helper)
    puppet = User.objects.get(username="puppet")
    puppet.set_password(PASSWORD)
    puppet.save()
    return puppet


def test_an_account_that_others_made_lately_does_not_release(world):
    proposal = make_proposal(world.series, by="board")
    puppet = puppet_of(world.board, make_board_operator("helper"))

    answer = signed_in(puppet).post(f"{RELEASES}{proposal.pk}/confirm/", follow=True)

    assert "helper made or opened the account puppet" in told(answer)
    assert Release.objects.get(qualification__name=IGCSE).candidates_at == IGCSE_RELEASE
    with later():
        signed_in(puppet).post(f"{RELEASES}{proposal.pk}/confirm/")
    assert not ProposedRelease.objects.waiting().exists()


@pytest.mark.parametrize("action", ["invited", "recovery_started", "second_factor_removed"])
def test_nor_confirms_what_an_account_opened_by_a_link_or_without_its_factors_proposed(
    colleague, world, action
):
    proposal = make_proposal(world.series, by="board")
    record_about("board", action, by="board.second")

    answer = colleague.post(f"{RELEASES}{proposal.pk}/confirm/", follow=True)

    assert "board.second made or opened the account board" in told(answer)
    assert ProposedRelease.objects.waiting().exists()


def test_what_somebody_does_to_their_own_account_opens_nothing(colleague, world):
    proposal = make_proposal(world.series)
    record_about("board.second", "second_factor_removed", by="board.second")

    colleague.post(f"{RELEASES}{proposal.pk}/confirm/")

    assert not ProposedRelease.objects.waiting().exists()


def test_another_name_or_address_opens_nothing_and_bars_nobody(board, colleague, world):
    proposal = make_proposal(world.series, by="board")
    board.post(
        "/board/accounts/of/board.second/name/",
        {"name": "Married Name", "email": "married@example.org"},
    )
    assert User.objects.get(username="board.second").email == "married@example.org"

    colleague.post(f"{RELEASES}{proposal.pk}/confirm/")

    assert not ProposedRelease.objects.waiting().exists()


def test_rights_that_the_admin_gave_before_it_was_read_only_bar_as_ever(db):
    for name in ("puppet", "married"):
        make_board_operator(name)
    record_about("puppet", "board_changed", by="board", new={"is_superuser": True})
    record_about("married", "board_changed", by="board", new={"email": "a@example.org"})

    assert set(settling(["puppet", "married"])) == {"puppet"}


AT = dt.datetime(2026, 8, 1, 12, 0, 30, tzinfo=dt.UTC)


def test_who_can_be_the_second_person_and_from_when(world):
    for name in ("settled", "opened"):
        make_board_operator(name)
    User.objects.create_user("no.password", is_staff=True, is_superuser=True)
    make_board_operator("shut.out")
    User.objects.filter(username="shut.out").update(is_active=False)
    with time_machine.travel(AT, tick=False):
        record_about("opened", "invited", by="board")
        assert who_can("board") == "Who can: opened from 8 August 2026, 12:01 UTC; settled now."
        assert who_can("opened").startswith(
            "Who can: board from 8 August 2026, 12:01 UTC; settled from"
        )
        assert why_not("board", "settled", own="") == ""
        assert "8 August 2026, 12:01 UTC" in why_not("board", "opened", own="")
    until = dt.datetime(2026, 8, 8, 12, 1, tzinfo=dt.UTC)
    assert why_not("board", "opened", own="", at=until - dt.timedelta(seconds=1))
    assert why_not("board", "opened", own="", at=until) == ""


def test_where_nobody_else_is_of_the_board_it_says_what_to_do(world):
    assert "createsuperuser" in who_can("board")


def test_every_page_that_waits_says_who_can_and_from_when(board, colleague, world):
    record_about("board.second", "invited", by="board")
    opened = "board.second from "
    proposal = make_proposal(world.series, by="board")
    assert opened in told(board.get(f"{RELEASES}{proposal.pk}/"))

    placed = hold(candidate=world.candidate)
    ticked = {"hold": placed.pk}
    board.post("/board/holds/request-release/", ticked)
    assert opened in told(board.get("/board/holds/release/", ticked))
    let_go = board.post("/board/holds/release/", ticked, follow=True)
    assert opened in told(let_go)
