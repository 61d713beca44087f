"""Changes of the ring: two keyholders appoint, replace and retire, and each seal is shared out anew (rule 28)."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from core.jobs import State
from sealed import ceremonies, keyholders, ring
from sealed.models import Ceremony, Keyholder
from sealed.refused import Refused
from tests.builders import make_series, record_about
from tests.sealed.cast import Kind, make_keyholder, make_keys, make_ring, make_seal, take_turns
from tests.sealed.test_ceremonies import begin, cast, seal
from tests.sealed.test_opening import opened

MINUTE = dt.timedelta(minutes=1)

__all__ = ["cast", "seal"]


def change(cast, appointing=(), retiring=(), at=None) -> Ceremony:
    return begin(
        cast,
        kind=Kind.CHANGE,
        appointing=[one.holder for one in appointing],
        retiring=[one.holder for one in retiring],
        at=at,
    )


def test_the_first_ring_is_made_by_two_of_those_appointed(db):
    cast = [make_keyholder(f"keyholder.{number}") for number in range(4)]
    one = change(cast, cast[:3])

    with pytest.raises(Refused, match="You are no keyholder"):
        take_turns(one, cast[3])
    take_turns(one, cast[0])
    assert not ring.ring()
    take_turns(one, cast[2])
    assert [holder.user for holder in ring.ring()] == [one.user for one in cast[:3]]


def test_a_new_keyholder_can_open_what_was_sealed_before(cast, seal):
    fourth = make_keyholder("keyholder.4")
    take_turns(change(cast, [fourth]), *cast[:2])

    assert seal.shares.count() == 12
    take_turns(begin(cast, seal), fourth, cast[2])
    assert opened(seal).state == State.READY


def test_a_retired_keyholder_opens_nothing_any_more(cast, seal):
    fourth = make_keyholder("keyholder.4")
    take_turns(change(cast, [fourth], [cast[0]]), *cast[:2])

    assert not seal.shares.filter(outer=cast[0].holder).exists()
    assert not seal.shares.filter(inner=cast[0].holder).exists()
    with pytest.raises(Refused, match="You are no keyholder"):
        take_turns(begin(cast, seal), cast[0])
    with pytest.raises(Refused, match="You are no keyholder"):
        keyholders.unlock(cast[0].user, cast[0].passphrase)
    assert not Keyholder.objects.get(pk=cast[0].holder.pk).locked_key


def test_whose_keys_are_replaced_has_new_ones_alone(cast, seal):
    """Two others replace somebody by a fourth, and then back, with another passphrase."""
    fourth = make_keyholder("keyholder.4")
    take_turns(change(cast, [fourth], [cast[0]]), *cast[1:])
    again = cast[0]._replace(
        **dict(zip(("holder", "passphrase"), keyholders.make(cast[0].user), strict=True))
    )
    take_turns(change(cast, [again], [fourth]), *cast[1:])

    one = begin(cast, seal)
    with pytest.raises(Refused, match="not your passphrase"):
        take_turns(one, cast[0])
    take_turns(one, again, cast[1])
    assert opened(seal).state == State.READY


@pytest.mark.parametrize("many", [4, 7])
def test_there_are_never_fewer_than_three_nor_more_than_seven(db, many):
    cast = make_ring(many)
    with pytest.raises(Refused, match="never fewer than 3"):
        change(cast, retiring=cast[2:])
    with pytest.raises(Refused, match="never more than 7"):
        change(cast, [make_keyholder(f"new.{number}") for number in range(8 - many)])


def test_a_change_is_of_somebody(cast):
    with pytest.raises(Refused, match="Choose who"):
        change(cast)


def test_only_a_keyholder_is_retired_and_nobody_is_appointed_twice(cast):
    fourth = make_keyholder("keyholder.4")
    with pytest.raises(Refused, match="Only a keyholder"):
        change(cast, retiring=[fourth])
    with pytest.raises(Refused, match="hold shares with these already"):
        change(cast, [cast[0]])


def test_a_lost_passphrase_is_replaced_within_a_ring_of_three(cast, seal):
    """By the two others, without a fourth; the new keys open nothing before, the old ones nothing from then on."""
    new = make_keys(cast[2].user)
    with pytest.raises(Refused, match="Nobody holds two keys"):
        change(cast, [new])
    one = change(cast, [new], [cast[2]])
    with pytest.raises(Refused, match="the passphrase of your new keys, which open nothing"):
        take_turns(one, new)
    take_turns(one, *cast[:2])

    assert {one.pk for one in ring.ring()} == {cast[0].holder.pk, cast[1].holder.pk, new.holder.pk}
    with pytest.raises(Refused, match="not your passphrase"):
        take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), cast[2])
    ceremonies.stop(Ceremony.objects.get(ended_at=None), by=cast[0].user)
    one = ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal)
    assert take_turns(one, cast[0], new).outcome == Ceremony.Outcome.DONE


def test_keys_in_whose_place_others_came_cannot_be_appointed(cast):
    fourth = make_keyholder("keyholder.4")
    keyholders.make(fourth.user)

    with pytest.raises(Refused, match="have others by now"):
        change(cast, [fourth], [cast[2]])


def test_nor_where_they_came_meanwhile_so_that_there_would_be_two(cast, seal):
    fourth = make_keyholder("keyholder.4")
    one = take_turns(change(cast, [fourth], [cast[2]]), cast[0])
    keyholders.make(fourth.user)

    with pytest.raises(Refused, match="have others by now"):
        take_turns(one, cast[1])
    assert [holder.pk for holder in ring.ring()] == [one.holder.pk for one in cast]
    assert seal.shares.count() == 6


def test_who_is_of_the_board_no_longer_is_not_appointed(cast):
    fourth = make_keyholder("keyholder.4")
    one = take_turns(change(cast, [fourth]), cast[0])
    User.objects.filter(pk=fourth.user.pk).update(is_superuser=False)

    with pytest.raises(Refused, match="not of the board"):
        take_turns(one, cast[1])
    ceremonies.stop(one, by=cast[0].user)
    with pytest.raises(Refused, match="not of the board"):
        change(cast, [fourth])


def test_an_account_that_somebody_opened_lately_is_not_appointed(cast):
    """Or its maker would hold the keys of two, and open a series alone."""
    fourth = make_keyholder("keyholder.4")
    record_about("keyholder.4", "invited", by=cast[0].user)

    with pytest.raises(Refused, match="hold the keys of two"):
        change(cast, [fourth])


def test_nor_one_that_somebody_opened_meanwhile(cast):
    fourth = make_keyholder("keyholder.4")
    one = take_turns(change(cast, [fourth]), cast[0])
    record_about("keyholder.4", "recovery_started", by=cast[1].user)

    with pytest.raises(Refused, match="hold the keys of two"):
        take_turns(one, cast[1])
    assert len(ring.ring()) == 3


def test_in_the_first_ring_neither(db):
    cast = [make_keyholder(f"keyholder.{number}") for number in range(3)]
    record_about("keyholder.2", "operator_made", by=cast[0].user)

    with pytest.raises(Refused, match="hold the keys of two"):
        change(cast, cast)


def test_who_took_a_turn_before_there_was_a_ring_is_none_of_it(db):
    """Two first rings cannot be made at once: one of the one and one of the other would do for both."""
    cast = [make_keyholder(f"keyholder.{number}") for number in range(6)]
    at = timezone.now()
    one = take_turns(change(cast, cast[:3], at=at), cast[0], at=at)
    other = change(cast, cast[3:], at=at + 15 * MINUTE)  # as if it had been begun at once
    take_turns(other, *cast[3:5], at=at + 15 * MINUTE)

    with pytest.raises(Refused, match="others since this was begun"):
        take_turns(one, cast[3], at=at + MINUTE)
    with pytest.raises(Refused, match="You are no keyholder"):
        take_turns(one, cast[1], at=at + MINUTE)
    assert len(ring.ring()) == 3


def test_a_series_that_was_sealed_meanwhile_does_not_lose_its_key(cast):
    fourth = make_keyholder("keyholder.4")
    one = take_turns(change(cast, [fourth]), cast[0])
    seal = make_seal(make_series(), cast[2].user)

    with pytest.raises(Refused, match="was sealed after the first of you"):
        take_turns(one, cast[1])
    assert (seal.shares.count(), len(ring.ring())) == (6, 3)


def test_keyholders_do_not_change_while_a_series_is_being_opened(cast, seal):
    fourth = make_keyholder("keyholder.4")
    take_turns(begin(cast, seal), *cast[:2])

    with pytest.raises(Refused, match="is being opened"):
        change(cast, [fourth])
    opened(seal)
    assert take_turns(change(cast, [fourth]), *cast[:2]).outcome == "done"


def test_damaged_shares_are_told_and_another_takes_the_place(cast, seal):
    seal.shares.filter(outer=cast[0].holder).update(box=b"damaged")
    one = begin(cast, seal)

    with pytest.raises(Refused, match="cannot be opened: what is stored is damaged"):
        take_turns(one, cast[0])
    assert take_turns(one, cast[1], cast[2]).outcome == "done"
