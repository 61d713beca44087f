"""Ceremonies: what two keyholders do, each in a session of their own, and each refusal (rule 28)."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from centres.models import AuditEvent
from core.jobs import State
from results.models import Result
from sealed import ceremonies
from sealed.models import Ceremony, Found, Keyholder, Opening, Turn
from sealed.refused import Refused
from tests.builders import (
    make_board_operator,
    make_series,
    record_about,
)
from tests.sealed.cast import (
    Kind,
    give_file,
    make_keyholder,
    make_ring,
    make_seal,
    make_seal_of_one,
    take_turns,
)
from tests.sealed.test_opening import HEADS, opened

SECOND, MINUTE, DAY = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture
def cast(db):
    return make_ring()


@pytest.fixture
def seal(cast):
    """That two may open."""
    seal = make_seal_of_one(cast[0].user, opens_from=timezone.now())
    give_file(seal, HEADS + "2026-06,MAIN1,0001,0580,A,85\n", by=cast[0].user)
    return seal


def begin(cast, seal=None, kind=Kind.OPEN, **more) -> Ceremony:
    return ceremonies.begin(kind, by=cast[0].user, seal=seal, **more)


def nothing_came_of_it() -> bool:
    return not (Opening.objects.exists() or Found.objects.exists())


# --- To open --------------------------------------------------------------------------------------


def test_one_keyholder_opens_nothing(cast, seal):
    one = take_turns(begin(cast, seal), cast[0])

    assert not one.ended_at and not Opening.objects.exists()


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (0, 2), (2, 1)])
def test_any_two_open_it_in_either_order(cast, seal, pair):
    one = take_turns(begin(cast, seal), *(cast[each] for each in pair))

    assert one.outcome == Ceremony.Outcome.DONE
    assert opened(seal).state == State.READY and Result.objects.get().grade == "A"


def test_a_host_whose_clock_is_ahead_opens_nothing_earlier(cast, seal, database_clock):
    """By the earlier of two clocks (rule 25)."""
    database_clock(seal.opens_from - dt.timedelta(seconds=1))
    one = take_turns(begin(cast, seal), *cast[:2])
    assert not one.ended_at and not Opening.objects.exists()
    database_clock(seal.opens_from)
    assert ceremonies.needed(one) == 2


def test_before_the_moment_it_takes_three(cast, seal):
    at = seal.opens_from - MINUTE
    one = take_turns(begin(cast, seal, at=at), *cast[:2], at=at)
    assert not one.ended_at and not Opening.objects.exists()

    assert take_turns(one, cast[2], at=at).outcome == Ceremony.Outcome.DONE


def test_what_two_began_before_the_moment_a_third_may_end_after_it(cast, seal):
    at = seal.opens_from - MINUTE
    one = take_turns(begin(cast, seal, at=at), *cast[:2], at=at)

    one = take_turns(one, cast[2], at=seal.opens_from)
    assert one.outcome == Ceremony.Outcome.DONE


def test_to_the_second_of_the_moment_two_are_too_few(cast, seal):
    for at, many in ((seal.opens_from - SECOND, 3), (seal.opens_from, 2)):
        one = begin(cast, seal, at=at)
        assert ceremonies.needed(one, at) == many
        ceremonies.stop(one, by=cast[0].user, at=at)


def test_nobody_gives_the_passphrase_twice(cast, seal):
    one = take_turns(begin(cast, seal), cast[0])

    with pytest.raises(Refused, match="given your passphrase already"):
        take_turns(one, cast[0])
    with pytest.raises(Refused, match="given your passphrase already"):
        ceremonies.take_turn(
            one, user=cast[0].user, passphrase=cast[0].passphrase, session="another"
        )
    assert not Opening.objects.exists()


def test_nobody_gives_it_in_the_session_of_another(cast, seal):
    one = take_turns(begin(cast, seal), cast[0])

    with pytest.raises(Refused, match="in this very session"):
        ceremonies.take_turn(
            one,
            user=cast[1].user,
            passphrase=cast[1].passphrase,
            session=cast[0].user.username,
        )
    assert not Opening.objects.exists()


@pytest.mark.parametrize("opens", [0, 1])
def test_an_account_that_the_other_has_opened_lately_is_no_second_person(cast, seal, opens):
    record_about(cast[opens].user.username, "recovery_started", by=cast[1 - opens].user)
    one = take_turns(begin(cast, seal), cast[0])

    with pytest.raises(Refused, match="less than seven days ago"):
        take_turns(one, cast[1])
    assert take_turns(one, cast[2]).outcome == "done" if opens else not Opening.objects.exists()


def test_a_wrong_passphrase_opens_nothing_and_counts(cast, seal):
    one = take_turns(begin(cast, seal), cast[0])

    with pytest.raises(Refused, match="not your passphrase"):
        take_turns(one, cast[1]._replace(passphrase=cast[0].passphrase))
    assert Keyholder.objects.get(pk=cast[1].holder.pk).wrong_tries == 1
    assert not Opening.objects.exists()


def test_after_fifteen_minutes_it_is_over(cast, seal):
    at = timezone.now()
    one = take_turns(begin(cast, seal, at=at), cast[0], at=at)

    for late in (at + 15 * MINUTE, at + DAY):
        with pytest.raises(Refused, match="fifteen minutes"):
            take_turns(one, cast[1], at=late)
    assert Keyholder.objects.get(pk=cast[1].holder.pk).tried_at < at  # nor was it tried again
    assert take_turns(one, cast[1], at=at + 15 * MINUTE - SECOND).outcome == "done"


def test_what_was_found_goes_when_its_time_is_over(cast, seal):
    at = timezone.now()
    take_turns(begin(cast, seal, at=at), cast[0], at=at)

    assert ceremonies.end_overdue(at + 15 * MINUTE - SECOND) == 0
    assert not nothing_came_of_it()
    assert ceremonies.end_overdue(at + 15 * MINUTE) == 1
    assert nothing_came_of_it() and Ceremony.objects.first().outcome == "stopped"
    assert ceremonies.end_overdue(at + DAY) == 0


def test_what_is_stopped_opens_nothing_any_more(cast, seal):
    one = take_turns(begin(cast, seal), cast[0])
    ceremonies.stop(one, by=make_board_operator("anybody"))

    with pytest.raises(Refused, match="it has ended"):
        take_turns(one, cast[1])
    with pytest.raises(Refused, match="over already"):
        ceremonies.stop(one, by=cast[0].user)
    assert nothing_came_of_it()
    assert AuditEvent.objects.get(action="ceremony_stopped").by == "anybody"


def test_what_is_done_is_not_done_again(cast, seal):
    one = take_turns(begin(cast, seal), *cast[:2])

    with pytest.raises(Refused, match="it has ended"):
        take_turns(one, cast[2])
    assert not Found.objects.exists()


def test_who_is_no_keyholder_takes_no_part(cast, seal):
    one = begin(cast, seal)

    with pytest.raises(Refused, match="You are no keyholder"):
        take_turns(one, make_keyholder("keyholder.4"))
    assert not Turn.objects.filter(ceremony=one).exists()


def test_nor_who_is_of_the_board_no_longer(cast, seal):
    one = begin(cast, seal)
    User.objects.filter(pk=cast[0].user.pk).update(is_active=False)

    with pytest.raises(Refused, match="You are no keyholder"):
        take_turns(one, cast[0]._replace(user=User.objects.get(pk=cast[0].user.pk)))


def test_one_thing_at_a_time(cast, seal):
    begin(cast, seal)

    with pytest.raises(Refused, match="at something already"):
        begin(cast, kind=Kind.REHEARSE)
    with pytest.raises(Refused, match="at something already"):
        begin(cast, seal)
    assert begin(cast, seal, at=timezone.now() + 15 * MINUTE)


def test_what_has_no_file_is_not_opened(cast):
    seal = make_seal(make_series(), cast[0].user, opens_from=timezone.now())

    with pytest.raises(Refused, match="nothing to open"):
        begin(cast, seal)


def test_what_is_being_opened_or_is_open_is_not_opened_again(cast, seal):
    take_turns(begin(cast, seal), *cast[:2])
    with pytest.raises(Refused, match="being opened already"):
        begin(cast, seal)
    opened(seal)

    seal.refresh_from_db()
    with pytest.raises(Refused, match="not sealed any more"):
        begin(cast, seal)


def test_no_key_is_left_where_it_was_opened_before_the_last_turn(cast, seal):
    """By the opening before, whose load went on."""
    take_turns(begin(cast, seal), *cast[:2])
    Opening.objects.update(state=State.FAILED)
    one = take_turns(begin(cast, seal), cast[0])
    Opening.objects.update(state=State.QUEUED)
    opened(seal)

    with pytest.raises(Refused):
        take_turns(one, cast[1])
    assert Opening.objects.get().key is None


def test_who_gave_the_passphrase_is_recorded_and_no_secret_is(cast, seal):
    take_turns(begin(cast, seal), *cast[:2])

    rows = AuditEvent.objects.filter(action="ceremony_turn").order_by("pk")
    assert [row.by for row in rows][-2:] == ["keyholder.1", "keyholder.2"]
    said = repr([*AuditEvent.objects.values(), *Ceremony.objects.values(), *Turn.objects.values()])
    assert not any(word in said for one in cast for word in one.passphrase.split() if len(word) > 6)


# --- To rehearse ----------------------------------------------------------------------------------


def test_a_rehearsal_changes_nothing(cast, seal):
    shares = list(seal.shares.order_by("pk").values_list("pk", "box"))
    one = begin(cast, kind=Kind.REHEARSE)
    assert ceremonies.needed(one) == 2
    one = take_turns(one, cast[2], cast[0])

    assert (one.outcome, one.rehearsal) == ("done", {})
    assert list(seal.shares.order_by("pk").values_list("pk", "box")) == shares
    assert nothing_came_of_it() and not Result.objects.exists()


def test_a_rehearsal_finds_nothing_of_a_seal(cast, seal):
    one = take_turns(begin(cast, kind=Kind.REHEARSE), cast[0])

    assert set(ceremonies.turns.found(Turn.objects.get(ceremony=one))) == {"rehearsal"}


def test_a_rehearsal_that_opens_something_else_says_so(cast):
    one = begin(cast, kind=Kind.REHEARSE)
    one.rehearsal["file"] = ""
    one.save()

    with pytest.raises(Refused, match="something else than it had closed"):
        take_turns(one, *cast[:2])


def test_it_takes_three_to_rehearse(db):
    with pytest.raises(Refused, match="it takes at least 3"):
        begin([make_keyholder("keyholder.1")], kind=Kind.REHEARSE)
