"""Keyholders: a key pair that the owner's passphrase alone unlocks, and tries that are bounded (rule 28)."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres.models import AuditEvent
from sealed import boxes, keyholders, passphrases, signatures
from sealed.models import Keyholder
from sealed.refused import Refused
from tests.sealed.cast import make_keyholder, make_ring

HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def one(db):
    return make_keyholder("keyholder.1")


def try_wrongly(one, times: int, at=None) -> None:
    for _ in range(times):
        with pytest.raises(Refused, match="not your passphrase"):
            keyholders.unlock(one.user, "wrong", at=at)


def test_the_passphrase_unlocks_the_private_half_and_that_is_noted(one):
    holder, private = keyholders.unlock(one.user, one.passphrase)

    assert boxes.public_of(private) == bytes(holder.public_key)
    assert (holder.wrong_tries, holder.wrong_at) == (0, None) and holder.tried_at


def test_the_passphrase_is_nowhere_in_the_database(one):
    holder = Keyholder.objects.get()
    kept = repr([*Keyholder.objects.values(), *AuditEvent.objects.values()])

    assert not any(word in kept for word in one.passphrase.split() if len(word) > 6)
    assert holder.locked_key != keyholders.unlock(one.user, one.passphrase)[1]


def test_nobody_elses_passphrase_unlocks_it_even_where_the_row_is_made_theirs(one):
    other = make_keyholder("keyholder.2")
    with pytest.raises(Refused, match="not your passphrase"):
        keyholders.unlock(one.user, other.passphrase)
    held = Keyholder.objects.get(user=other.user)

    with pytest.raises(passphrases.WrongPassphrase):
        passphrases.unlock(
            held.locked_key,
            other.passphrase,
            salt=bytes(held.salt),
            memory=held.memory,
            about=keyholders._about(one.user),
        )


def test_five_wrong_tries_shut_it_for_an_hour_even_to_the_right_one(one):
    at = timezone.now()
    try_wrongly(one, 5, at)

    for later in (at, at + HOUR - SECOND):
        with pytest.raises(Refused, match="None is tried before"):
            keyholders.unlock(one.user, one.passphrase, at=later)
    assert keyholders.unlock(one.user, one.passphrase, at=at + HOUR)


def test_after_the_hour_there_is_one_try_and_then_another_hour(one):
    at = timezone.now()
    try_wrongly(one, 5, at)
    try_wrongly(one, 1, at + HOUR)

    with pytest.raises(Refused, match="6 times"):
        keyholders.unlock(one.user, one.passphrase, at=at + HOUR + SECOND)
    assert keyholders.unlock(one.user, one.passphrase, at=at + 2 * HOUR)


def test_in_a_month_a_thief_has_fewer_than_a_thousand_tries(one):
    at, tried = timezone.now(), 0
    for minute in range(0, 30 * 24 * 60, 20):
        now = at + dt.timedelta(minutes=minute)
        while not keyholders.shut(holder := Keyholder.objects.get(), now):
            holder.wrong_tries, holder.wrong_at = holder.wrong_tries + 1, now
            holder.save()
            tried += 1

    assert 700 < tried < 1_000


def test_the_right_one_begins_the_count_anew(one):
    for _ in range(3):
        try_wrongly(one, 4)
        keyholders.unlock(one.user, one.passphrase)


def test_how_many_are_left_is_said(one):
    said = []
    for _ in range(5):
        with pytest.raises(Refused) as refused:
            keyholders.unlock(one.user, "wrong")
        said.append(str(refused.value))

    assert "4 more tries" in said[0] and "No more tries for an hour" in said[4]
    assert not any("wrong" in one for one in said)


def test_each_wrong_try_is_recorded_without_what_was_typed(one):
    with pytest.raises(Refused):
        keyholders.unlock(one.user, "what I typed")

    row = AuditEvent.objects.get(action="passphrase_wrong")
    assert (row.by, row.subject) == ("keyholder.1", "keyholder.1")
    assert "typed" not in repr(AuditEvent.objects.values_list())


@pytest.mark.django_db(transaction=True)
def test_no_transaction_around_can_take_back_the_count():
    one = make_keyholder("keyholder.1")

    with pytest.raises(RuntimeError), transaction.atomic():
        keyholders.unlock(one.user, "wrong")


@pytest.mark.parametrize("lost", ["is_active", "is_staff", "is_superuser"])
def test_who_is_of_the_board_no_longer_unlocks_nothing(one, lost):
    User.objects.filter(pk=one.user.pk).update(**{lost: False})

    with pytest.raises(Refused, match="You are no keyholder"):
        keyholders.unlock(User.objects.get(pk=one.user.pk), one.passphrase)


def test_another_pair_takes_the_place_of_one_that_was_not_appointed(one):
    holder, passphrase = keyholders.make(one.user)

    with pytest.raises(Refused, match="not your passphrase"):
        keyholders.unlock(one.user, one.passphrase)
    assert keyholders.unlock(one.user, passphrase)[0] == holder
    former = Keyholder.objects.get(pk=one.holder.pk)
    assert former.retired_at and not former.locked_key


def test_whoever_is_appointed_makes_new_keys_that_replace_nothing_alone(db):
    first, *_ = make_ring()
    keyholders.make(first.user)
    new, passphrase = keyholders.make(first.user)

    assert keyholders.unlock(first.user, first.passphrase)[0] == first.holder
    assert keyholders.unlock(first.user, passphrase)[0] == new and not new.appointed_at
    assert [one.pk for one in Keyholder.objects.of(first.user)] == [first.holder.pk, new.pk]
    with pytest.raises(Refused, match="4 more tries"):
        keyholders.unlock(first.user, "no passphrase")


def test_who_has_two_pairs_has_no_more_tries_and_new_keys_begin_no_count_anew(db):
    """Or whoever sits at somebody's browser makes keys there, and tries the passphrase of the ring for ever."""
    first, *_ = make_ring()
    at = timezone.now()
    for _ in range(2):
        _, passphrase = keyholders.make(first.user)
        try_wrongly(first, 2, at)
        keyholders.unlock(first.user, passphrase, at=at)
    try_wrongly(first, 1, at)

    for one in (first.passphrase, passphrase, "wrong"):
        with pytest.raises(Refused, match="None is tried before"):
            keyholders.unlock(first.user, one, at=at)


def test_a_public_key_that_is_not_ones_own_is_found_at_the_next_right_passphrase(one):
    """Even where whoever planted it has the keys of the site, and signed it."""
    holder = Keyholder.objects.get()
    holder.public_key = boxes.new_pair()[1]
    holder.save()
    signatures.sign(holder)

    with pytest.raises(Refused, match="something else has changed it"):
        keyholders.unlock(one.user, one.passphrase)
