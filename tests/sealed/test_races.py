"""Two who act at once: nothing is lost, nothing is done twice, and no key is left (rule 28). On PostgreSQL."""

from io import BytesIO

import pytest
from django.utils import timezone

from core.jobs import State, run
from loading.engine.loader import load
from loading.engine.report import BadRows, Report
from loading.kinds.results import ResultsFile
from loading.registry import rows_of
from results.models import Result
from sealed import ceremonies, keyholders, ring
from sealed.models import Ceremony, Keyholder, Opening, Seal
from sealed.refused import Refused
from tests.builders import make_candidate, make_centre, make_series
from tests.sealed.cast import Kind, give_file, make_keyholder, make_ring, make_seal, take_turns
from tests.sealed.test_opening import HEADS

ROW = "2026-06,MAIN1,0001,0580,A,85\n"


@pytest.fixture
def series(first):
    series = make_series()
    make_candidate(make_centre("MAIN1"), series, grades={"0580": None})
    return series


@pytest.fixture
def cast(first):
    return make_ring()


@pytest.fixture
def seal(series, cast):
    seal = make_seal(series, cast[0].user, opens_from=timezone.now())
    give_file(seal, HEADS + ROW, by=cast[0].user)
    return seal


def load_plainly() -> None:
    report = Report()
    kind = ResultsFile(report, by="board")
    load(kind, rows_of(kind, BytesIO((HEADS + ROW).encode()), report))


def test_of_two_last_turns_at_once_one_opens_it(first, second, cast, seal):
    one = take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), cast[0])

    first.begin(take_turns, one, cast[1], until='FROM "sealed_ceremony"')
    second.begin(take_turns, one, cast[2])
    second.waits_for(first)
    assert first.finish().outcome == "done"
    with pytest.raises(Refused, match="has ended"):
        second.finish()
    assert Opening.objects.count() == 1


def test_a_turn_waits_for_a_stop(first, second, cast, seal):
    one = take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), cast[0])

    first.begin(ceremonies.stop, one, by=cast[2].user, until='UPDATE "sealed_ceremony"')
    second.begin(take_turns, one, cast[1])
    second.waits_for(first)
    first.finish()
    with pytest.raises(Refused, match="has ended"):
        second.finish()
    assert not Opening.objects.exists()


def test_of_two_that_begin_at_once_one_does(first, second, cast, seal):
    first.begin(
        ceremonies.begin,
        Kind.OPEN,
        by=cast[0].user,
        seal=seal,
        until='INSERT INTO "sealed_ceremony"',
    )
    second.begin(ceremonies.begin, Kind.REHEARSE, by=cast[1].user)
    second.waits_for(first)
    first.finish()
    with pytest.raises(Refused, match="at something already"):
        second.finish()


def test_of_two_first_rings_that_are_begun_at_once_one_is(first, second):
    cast = [make_keyholder(f"keyholder.{number}") for number in range(6)]
    holders = [one.holder for one in cast]

    first.begin(
        ceremonies.begin,
        Kind.CHANGE,
        by=cast[0].user,
        appointing=holders[:3],
        until='INSERT INTO "sealed_ceremony"',
    )
    second.begin(ceremonies.begin, Kind.CHANGE, by=cast[3].user, appointing=holders[3:])
    second.waits_for(first)
    first.finish()
    with pytest.raises(Refused, match="at something already"):
        second.finish()
    assert Ceremony.objects.count() == 1


def test_a_seal_waits_for_a_change_and_is_shared_out_to_the_new_keyholder(
    first, second, cast, series
):
    fourth = make_keyholder("keyholder.4")
    one = ceremonies.begin(Kind.CHANGE, by=cast[0].user, appointing=[fourth.holder])
    take_turns(one, cast[0])

    first.begin(take_turns, one, cast[1], until='UPDATE "sealed_keyholder" SET "appointed_at"')
    second.begin(make_seal, series, cast[2].user)
    second.waits_for(first)
    first.finish()
    assert second.finish().shares.count() == 12


def test_a_change_waits_for_a_seal_and_says_that_it_begins_again(first, second, cast, series):
    fourth = make_keyholder("keyholder.4")
    one = ceremonies.begin(Kind.CHANGE, by=cast[0].user, appointing=[fourth.holder])
    take_turns(one, cast[0])

    first.begin(make_seal, series, cast[2].user, until='INSERT INTO "sealed_seal"')
    second.begin(take_turns, one, cast[1])
    second.waits_for(first)
    first.finish()
    with pytest.raises(Refused, match="sealed after the first of you"):
        second.finish()
    assert Seal.objects.get().shares.count() == 6 and len(ring.ring()) == 3


def test_other_keys_wait_for_an_appointment(first, second, cast):
    fourth = make_keyholder("keyholder.4")
    one = ceremonies.begin(Kind.CHANGE, by=cast[0].user, appointing=[fourth.holder])
    take_turns(one, cast[0])

    first.begin(take_turns, one, cast[1], until='UPDATE "sealed_keyholder" SET "appointed_at"')
    second.begin(keyholders.make, fourth.user)
    second.waits_for(first)
    first.finish()
    new, _ = second.finish()
    assert not new.appointed_at and fourth.holder in ring.ring()
    assert list(Keyholder.objects.of(fourth.user)) == [fourth.holder, new]


def test_a_series_is_sealed_once_a_plain_load_has_ended(first, second, cast, series):
    """Or its rows, not committed yet, would stand there in clear."""
    first.begin(load_plainly, until='INSERT INTO "results_result"')
    second.begin(make_seal, series, cast[0].user)
    second.waits_for(first)
    first.finish()
    with pytest.raises(Refused, match="too late"):
        second.finish()
    assert Result.objects.count() == 1 and not Seal.objects.exists()


def test_a_plain_load_waits_for_a_seal(first, second, cast, series):
    first.begin(make_seal, series, cast[0].user, until='INSERT INTO "sealed_seal"')
    second.begin(load_plainly)
    second.waits_for(first)
    first.finish()
    with pytest.raises(BadRows):
        second.finish()
    assert not Result.objects.exists()


def opening_of(seal, cast) -> Opening:
    """Queued, for a worker of the test's own."""
    take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), *cast[:2])
    return Opening.objects.get(seal=seal)


def test_a_file_given_while_it_is_opened_is_refused_and_never_lost(first, second, cast, seal):
    """It had looked before the opening was begun."""
    opening = opening_of(seal, cast)
    Opening.objects.update(state=State.FAILED)

    second.begin(
        give_file, seal, HEADS + ROW, by=cast[0].user, until='INSERT INTO "core_encryptedfile"'
    )
    Opening.objects.update(state=State.QUEUED)
    first.begin(run, "sealed.Opening", str(opening.pk), until='INSERT INTO "results_result"')
    second._go_on.set()
    second.waits_for(first)
    first.finish()
    with pytest.raises(Refused, match="opened meanwhile"):
        second.finish()
    assert seal.files.count() == seal.files.exclude(loaded_at=None).count() == 1


def test_a_file_that_is_being_kept_is_loaded_with_the_others(first, second, cast, seal):
    opening = opening_of(seal, cast)
    Opening.objects.update(state=State.FAILED)

    first.begin(
        give_file, seal, HEADS + ROW, by=cast[0].user, until='INSERT INTO "sealed_sealedfile"'
    )
    Opening.objects.update(state=State.QUEUED)
    second.begin(run, "sealed.Opening", str(opening.pk))
    second.waits_for(first)
    first.finish()
    second.finish()
    assert seal.files.exclude(loaded_at=None).count() == 2


def test_of_two_workers_one_loads_it(first, second, cast, seal):
    """Where the first was thought dead, and is not."""
    opening = opening_of(seal, cast)

    first.begin(run, "sealed.Opening", str(opening.pk), until='INSERT INTO "results_result"')
    Opening.objects.update(state=State.QUEUED)
    second.begin(run, "sealed.Opening", str(opening.pk))
    second.waits_for(first)
    first.finish()
    second.finish()
    opening.refresh_from_db()
    assert (opening.state, opening.key, Result.objects.count()) == (State.READY, None, 1)
    assert opening.found == {"created": 1}


def test_of_two_wrong_tries_at_once_both_count(first, second, cast):
    one = cast[0]._replace(passphrase="wrong")

    first.begin(keyholders.unlock, one.user, "wrong", until='FROM "sealed_keyholder"')
    second.begin(keyholders.unlock, one.user, "wrong")
    second.waits_for(first)
    for somebody in (first, second):
        with pytest.raises(Refused, match="not your passphrase"):
            somebody.finish()
    assert Keyholder.objects.get(pk=one.holder.pk).wrong_tries == 2
