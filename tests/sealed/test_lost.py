"""Fewer than two passphrases are left: what is sealed is given up, and others can be appointed (rule 28)."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from centres.models import AuditEvent
from core.jobs import State
from core.models import EncryptedFile
from results.models import Result
from sealed import ceremonies, lost
from sealed.models import Keyholder, Opening, Seal, SealedFile, Share
from sealed.refused import Refused
from tests.sealed.cast import Kind, give_file, make_keyholder, take_turns
from tests.sealed.test_opening import HEADS, opened, sealed

__all__ = ["sealed"]

ROW = HEADS + "2026-06,MAIN1,0001,0580,B,75\n"
BY = {"confirm": True, "by": "keyholder.1"}


def appoint_others() -> list:
    cast = [make_keyholder(f"another.{number}") for number in range(1, 4)]
    holders = [each.holder for each in cast]
    take_turns(ceremonies.begin(Kind.CHANGE, by=cast[0].user, appointing=holders), *cast[:2])
    return cast


def test_it_says_what_is_lost_and_changes_nothing_unless_told(sealed, capsys):
    call_command("sealed_lost")
    said = capsys.readouterr().out
    assert "Keyholders: keyholder.1, keyholder.2, keyholder.3." in said
    assert "June 2026: 1 sealed files." in said
    assert Share.objects.count() == 6 and Keyholder.objects.appointed().count() == 3
    for nobody in ("", "Ada Lovelace"):
        with pytest.raises(CommandError, match="names nobody of the board"):
            call_command("sealed_lost", confirm=True, by=nobody)


def test_what_was_given_up_is_given_again_to_other_keyholders(sealed):
    _, seal = sealed
    before = bytes(seal.public_key)
    call_command("sealed_lost", **BY)

    assert not Share.objects.exists() and not Keyholder.objects.appointed().exists()
    assert SealedFile.objects.get().file.is_destroyed
    assert AuditEvent.objects.get(action="keyholders_given_up").by == BY["by"]
    seal.series.refresh_from_db()
    assert seal.series.sealed

    first, second, _ = appoint_others()
    seal = Seal.objects.get()
    assert bytes(seal.public_key) != before and seal.shares.count() == 6
    give_file(seal, ROW, by=first.user)
    take_turns(ceremonies.begin(Kind.OPEN, by=first.user, seal=seal), first, second)
    assert opened(seal).state == State.READY
    assert [one.grade for one in Result.objects.all()] == ["B"]


def test_no_moment_that_was_planted_meanwhile_is_signed_with_the_other_key(sealed):
    _, seal = sealed
    lost.give_up(by="a")
    Seal.objects.update(opens_from=seal.opens_from - dt.timedelta(days=1))
    with pytest.raises(Refused, match="something else has changed it"):
        appoint_others()
    assert not Share.objects.exists() and not Keyholder.objects.appointed().exists()


def test_no_file_is_given_while_nobody_could_open_it(sealed):
    ring, seal = sealed
    lost.give_up(by="a")
    with pytest.raises(Refused, match="Nobody could open it"):
        give_file(seal, ROW, by=ring[0].user)
    assert EncryptedFile.objects.count() == 1


def test_nothing_is_given_up_while_keyholders_are_at_something(sealed):
    (first, second, _), seal = sealed
    one = ceremonies.begin(Kind.OPEN, by=first.user, seal=seal)
    with pytest.raises(Refused, match="Wait"):
        lost.give_up(by="a")
    take_turns(one, first, second)
    assert Opening.objects.exists()
    with pytest.raises(Refused, match="Wait"):
        lost.give_up(by="a")
    opened(seal)
    lost.give_up(by="a")
    with pytest.raises(Refused, match="no keyholders"):
        lost.give_up(by="a")


def test_a_seal_that_lost_its_shares_is_not_renewed_over_a_file(sealed):
    """Only giving it up says that the file is lost."""
    ring, _ = sealed
    Share.objects.all().delete()
    four = make_keyholder("keyholder.4")
    one = ceremonies.begin(Kind.CHANGE, by=ring[0].user, appointing=[four.holder])
    with pytest.raises(Refused, match="Nobody holds a share"):
        take_turns(one, *ring[:2])
    assert Keyholder.objects.appointed().count() == 3
