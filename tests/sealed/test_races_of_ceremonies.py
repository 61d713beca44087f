"""A ceremony and what else happens just then: its end, other keys, an opening that goes on (rule 28). On PostgreSQL."""

import pytest

from core.jobs import State, run
from results.models import Result
from sealed import ceremonies, keyholders, ring
from sealed.models import Ceremony, Opening, Share
from sealed.refused import Refused
from tests.sealed.cast import Kind, make_keyholder, take_turns
from tests.sealed.test_races import cast, opening_of, seal, series

__all__ = ["cast", "seal", "series"]

OPENS = 'INSERT INTO "sealed_opening"'


@pytest.fixture
def begun(cast, seal) -> Ceremony:
    """An opening in which the first of two has given the passphrase."""
    return take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), cast[0])


def outcome(one: Ceremony) -> str:
    return Ceremony.objects.get(pk=one.pk).outcome


def test_a_stop_waits_for_the_last_turn_and_comes_too_late(first, second, cast, begun):
    first.begin(take_turns, begun, cast[1], until=OPENS)
    second.begin(ceremonies.stop, begun, by=cast[2].user)
    second.waits_for(first)
    first.finish()
    with pytest.raises(Refused, match="over already"):
        second.finish()
    assert outcome(begun) == Ceremony.Outcome.DONE and Opening.objects.exists()


def test_what_is_done_in_its_last_second_was_not_stopped(first, second, cast, begun):
    first.begin(take_turns, begun, cast[1], until=OPENS)
    second.begin(ceremonies.end_overdue, begun.ends_at)
    second.waits_for(first)
    first.finish()
    assert second.finish() == 0
    assert outcome(begun) == Ceremony.Outcome.DONE and Opening.objects.exists()


def change(cast) -> tuple:
    """A fourth is to be appointed, and the first of two has given the passphrase; both."""
    fourth = make_keyholder("keyholder.4")
    one = ceremonies.begin(Kind.CHANGE, by=cast[0].user, appointing=[fourth.holder])
    return fourth, take_turns(one, cast[0])


def test_an_appointment_waits_for_other_keys_and_is_of_those_no_more(first, second, cast):
    fourth, one = change(cast)

    first.begin(keyholders.make, fourth.user, until='UPDATE "sealed_keyholder"')
    second.begin(take_turns, one, cast[1])
    second.waits_for(first)
    first.finish()
    with pytest.raises(Refused, match="have others by now"):
        second.finish()
    assert len(ring.ring()) == 3


def test_no_share_is_left_of_what_is_opened_during_a_change(first, second, cast, seal):
    """An opening that failed is tried again, once the change has seen that none is under way."""
    opening = opening_of(seal, cast)
    Opening.objects.update(state=State.FAILED)
    _, one = change(cast)

    first.begin(take_turns, one, cast[1], until='DELETE FROM "sealed_share"')
    Opening.objects.update(state=State.QUEUED)
    second.begin(run, "sealed.Opening", str(opening.pk))
    second.waits_for(first)
    first.finish()
    second.finish()
    assert Result.objects.count() == 1 and not Share.objects.exists()


def test_no_key_is_left_where_a_run_that_was_thought_dead_opens_it(first, second, cast, seal):
    opening = opening_of(seal, cast)
    Opening.objects.update(state=State.FAILED)
    one = take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), cast[0])
    Opening.objects.update(state=State.QUEUED)

    first.begin(run, "sealed.Opening", str(opening.pk), until='INSERT INTO "results_result"')
    Opening.objects.update(state=State.FAILED)
    second.begin(take_turns, one, cast[1])
    second.waits_for(first)
    first.finish()
    with pytest.raises(Refused, match="not sealed any more"):
        second.finish()
    assert Opening.objects.get().key is None
