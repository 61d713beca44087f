"""What takes two persons of the board is not done by one with two accounts."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from centres import audit
from centres.models import AuditEvent, Release, User
from centres.second_person import SETTLED
from portal.models import ProposedRelease
from tests.builders import (
    IGCSE,
    IGCSE_RELEASE,
    make_proposal,
)

RELEASES = "/board/releases/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(answer) -> str:
    return answer.content.decode()


def days_pass() -> None:
    AuditEvent.objects.update(at=timezone.now() - SETTLED - dt.timedelta(minutes=1))


def puppet_of(board: Client) -> User:
    """The operator's own second account, made at the board's desk."""
    board.post("/board/centres/user/add/", {"username": "puppet", "name": "P", **FORMS})
    puppet = User.objects.get(username="puppet")
    rights = {"is_active": "on", "is_staff": "on", "is_superuser": "on"}
    board.post(
        f"/board/centres/user/{puppet.pk}/change/", {"name": "P", "email": "", **rights, **FORMS}
    )
    puppet.refresh_from_db()
    assert puppet.is_superuser
    return puppet


FORMS = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}


def test_who_made_the_other_account_does_not_release_with_it(board, world):
    proposal = make_proposal(world.series)
    puppet = signed_in(puppet_of(board))

    answer = puppet.post(f"{RELEASES}{proposal.pk}/confirm/", follow=True)

    assert "board made or changed the account puppet" in told(answer)
    assert Release.objects.get(qualification__name=IGCSE).candidates_at == IGCSE_RELEASE
    days_pass()
    puppet.post(f"{RELEASES}{proposal.pk}/confirm/")
    assert not ProposedRelease.objects.waiting().exists()


@pytest.mark.parametrize("action", ["invited", "recovery_started", "second_factor_removed"])
def test_nor_confirms_what_an_account_opened_by_a_link_or_without_its_factors_proposed(
    second, world, action
):
    proposal = make_proposal(world.series, by="board")
    audit.record(action, by="board.second", subject="board")

    answer = second.post(f"{RELEASES}{proposal.pk}/confirm/", follow=True)

    assert "board.second made or changed the account board" in told(answer)
    assert ProposedRelease.objects.waiting().exists()


def test_what_somebody_does_to_their_own_account_opens_nothing(second, world):
    proposal = make_proposal(world.series)
    audit.record("board_changed", by="board.second", subject="board.second")

    second.post(f"{RELEASES}{proposal.pk}/confirm/")

    assert not ProposedRelease.objects.waiting().exists()
