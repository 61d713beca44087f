"""Who has lost both factors sets up new ones; until that is finished, the old ones stay."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from accounts import recovery
from accounts.models import Recovery
from accounts.second_factor import SecondFactorAdapter
from centres.models import AuditEvent


def parts(link: str):
    """The recovery and the token that stand in a link."""
    _, _, _, _, pk, token, _ = link.split("/")
    return pk, token


@pytest.fixture
def old(world) -> str:
    secret = generate_totp_secret()
    TOTP.activate(world.officer, secret)
    RecoveryCodes.activate(world.officer)
    return secret


@pytest.fixture
def link(world, old) -> str:
    return recovery.start(user=world.officer, by=world.board)


def secret_of(world) -> str:
    stored = Authenticator.objects.get(user=world.officer, type="totp").data["secret"]
    return SecondFactorAdapter().decrypt(stored)


def test_starting_it_changes_no_factor(world, old, link):
    assert secret_of(world) == old
    assert Authenticator.objects.count() == 2
    assert [event.action for event in AuditEvent.objects.all()] == ["recovery_started"]


def test_finishing_it_leaves_the_new_app_alone(world, link):
    new = generate_totp_secret()
    recovery.finish(recovery=recovery.open_recovery(*parts(link)), secret=new)

    assert Authenticator.objects.count() == 1
    assert secret_of(world) == new
    event = AuditEvent.objects.first()
    assert (event.action, event.by) == ("recovery_finished", "officer.main")


def test_a_link_works_once(world, link):
    found = recovery.open_recovery(*parts(link))
    recovery.finish(recovery=found, secret=generate_totp_secret())

    assert recovery.open_recovery(*parts(link)) is None
    with pytest.raises(recovery.CannotRecover):
        recovery.finish(recovery=found, secret=generate_totp_secret())


def test_a_link_does_not_work_after_three_days(world, link):
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1), tick=False):
        assert recovery.open_recovery(*parts(link)) is None
    assert recovery.open_recovery(*parts(link))


def test_a_newer_link_ends_the_older_one(world, link):
    newer = recovery.start(user=world.officer, by=world.board)

    assert recovery.open_recovery(*parts(link)) is None
    assert recovery.open_recovery(*parts(newer))


def test_its_owner_stops_it(world, old, link):
    assert recovery.stop(user=world.officer, by=world.officer)

    assert recovery.open_recovery(*parts(link)) is None
    assert not recovery.stop(user=world.officer, by=world.officer)
    assert secret_of(world) == old
    assert AuditEvent.objects.filter(action="recovery_stopped").count() == 1


def test_a_token_opens_no_other_recovery(world, link):
    other = recovery.start(user=world.viewer, by=world.board)

    assert recovery.open_recovery(parts(other)[0], parts(link)[1]) is None
    assert recovery.open_recovery(parts(other)[0], "") is None


def test_the_token_is_not_in_the_database(world, link):
    stored = str(list(Recovery.objects.values())) + str(list(AuditEvent.objects.values()))

    assert parts(link)[1] not in stored
