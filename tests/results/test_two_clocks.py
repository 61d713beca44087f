"""Rule 25: a clock that runs ahead, the application's or the database's, shows and tells nothing early."""

import datetime as dt

import pytest
import time_machine

from board.calendar import year_of
from board.releases import effects_of
from centres.models import Entry
from portal.to_do import next_releases
from results.corrections import Correction, correct
from results.exports.heading import heading_of
from results.exports.selection import Selection
from results.exports.tables import listing
from results.exports.tasks import ask, make
from results.history import changes_of
from results.models import Export, Result
from results.release import results_for
from results.staff_release import outcomes_for
from results.staff_site.listing import AWAITED, Order, entries_shown
from results.staff_site.tallies import counted, tallies_of
from results_day.counts import day_of, to_call, total, with_associates
from tests.builders import (
    IGCSE,
    IGCSE_RELEASE,
    STAFF_AT,
    make_login,
    make_proposal,
    restrict,
    trust,
)

TICK = dt.timedelta(microseconds=1)
AHEAD = dt.timedelta(minutes=30)


@pytest.fixture(params=["application", "database"])
def it_is(request, database_clock):
    """it_is(instant): one clock says so; the other is half an hour ahead."""
    with time_machine.travel(IGCSE_RELEASE, tick=False) as clock:

        def set_to(instant: dt.datetime) -> None:
            ahead = {"application": clock.move_to, "database": database_clock}
            for which, move in ahead.items():
                move(instant + AHEAD if which == request.param else instant)

        yield set_to


def igcse(found):
    return next(one for one in found if one.code == "0580")


def test_a_candidate_sees_a_grade_when_the_slower_clock_says_so(world, it_is):
    it_is(IGCSE_RELEASE - TICK)
    line = igcse(results_for(world.candidate))
    assert (line.grade, line.awaited_at) == (None, IGCSE_RELEASE)
    assert line.gate_time == IGCSE_RELEASE - TICK

    it_is(IGCSE_RELEASE)
    line = igcse(results_for(world.candidate))
    assert (line.grade, line.awaited_at) == ("A(a)", None)


def test_what_is_awaited_is_counted_down_from_the_slower_clock(world, it_is, client):
    """A page that said that it is time, and then showed nothing, would be asked for by all at once."""
    world.open_all()
    username, password, credentials = make_login(world.candidate)
    it_is(IGCSE_RELEASE - 1000 * TICK)
    login = {"username": username, "password": password}
    page = client.post("/results/", login, follow=True).content.decode()

    release = int(IGCSE_RELEASE.timestamp() * 1000)
    assert f'data-now="{release - 1}" data-at="{release}"' in page
    credentials.refresh_from_db()
    assert credentials.results_seen_at == IGCSE_RELEASE - 1000 * TICK  # those of A Level


def test_staff_see_an_outcome_when_the_slower_clock_says_so(world, it_is):
    restrict(STAFF_AT)
    trust(world.officer)
    it_is(STAFF_AT - TICK)
    outcome = igcse(outcomes_for(world.main, world.series, user=world.officer))
    assert (outcome.grade, outcome.awaited_at, outcome.restricted_until) == (None, STAFF_AT, None)

    it_is(IGCSE_RELEASE - TICK)
    outcome = igcse(outcomes_for(world.main, world.series, user=world.officer))
    assert (outcome.grade, outcome.awaited_at) == ("A(a)", None)
    assert outcome.restricted_until == IGCSE_RELEASE


def test_lists_and_counts_tell_no_grade_before_the_slower_clock(world, it_is):
    entries = Entry.objects.filter(candidate__centre=world.main, syllabus__code="0580")
    it_is(IGCSE_RELEASE - TICK)
    counts = counted(tallies_of(entries, user=world.officer))

    assert (counts.outcomes, counts.awaited_at) == (0, {IGCSE: IGCSE_RELEASE})
    for outcome, found in (("A", 0), (AWAITED, 1)):
        order = Order("number")
        shown = entries_shown(entries, counts, user=world.officer, outcome=outcome, order=order)
        assert shown.count() == found


def test_a_file_says_and_shows_what_the_slower_clock_lets_it(world, it_is):
    it_is(IGCSE_RELEASE - TICK)
    selection = Selection(world.officer, world.main, world.series)
    heading = heading_of("Listing", selection)
    assert heading.made_at == IGCSE_RELEASE - TICK
    assert IGCSE not in heading.shown
    assert IGCSE_RELEASE in [moment.instant for moment in heading.awaited]
    assert "A(a)" not in str(list(listing(selection).rows))

    it_is(IGCSE_RELEASE)
    assert IGCSE in heading_of("Listing", selection).shown
    assert "A(a)" in str(list(listing(selection).rows))


def test_a_restricted_file_is_restricted_until_the_slower_clock_says_otherwise(world, it_is):
    restrict(STAFF_AT)
    trust(world.officer)
    it_is(IGCSE_RELEASE - TICK)

    selection = Selection(world.officer, world.main, world.series)
    assert heading_of("Listing", selection).restricted_until == IGCSE_RELEASE


def test_a_file_of_the_background_is_made_at_the_slower_clock(world, it_is):
    """By that instant it is judged later whether it is overtaken."""
    it_is(IGCSE_RELEASE - TICK)
    selection = Selection(world.officer, world.main, world.series)
    export = ask(selection=selection, what="listing", format="xlsx")
    make(Export.objects.get(pk=export.pk), lambda done, total: None)

    export.refresh_from_db()
    assert export.made_at == IGCSE_RELEASE - TICK
    assert IGCSE not in export.shown


def test_what_was_corrected_before_the_release_is_told_to_nobody(world, it_is):
    """Nor by a host that dates it after the release."""
    it_is(IGCSE_RELEASE - TICK)
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    correct([Correction(result, "B", None)], by="board", reason="Clerical")

    it_is(IGCSE_RELEASE)
    assert igcse(results_for(world.candidate)).changed_on is None
    entries = Entry.objects.filter(candidate=world.candidate, syllabus__code="0580")
    assert list(changes_of(entries, world.series, user=world.officer)) == []


def test_results_day_counts_by_the_slower_clock(world, it_is):
    world.open_all()
    Entry.objects.filter(syllabus__code="9702").update(withdrawn=True)
    it_is(IGCSE_RELEASE - TICK)
    centres = with_associates(world.main)
    rows = day_of(centres, world.series)
    assert total(rows).can_see == 0 and not any(row.begun for row in rows)
    assert not to_call(centres, world.series).exists()

    it_is(IGCSE_RELEASE)
    assert total(day_of(centres, world.series)).can_see == 3
    assert to_call(centres, world.series).count() == 3


def test_the_next_release_is_next_until_the_slower_clock_has_come_to_it(world, it_is):
    it_is(IGCSE_RELEASE - TICK)
    ahead, *_ = next_releases(world.officer, [world.main])
    assert ahead.candidates.instant == IGCSE_RELEASE
    [entry] = [one for one in year_of().entries if one.next]
    assert entry.event.at == IGCSE_RELEASE

    it_is(IGCSE_RELEASE)
    assert next_releases(world.officer, [world.main]) == []


def test_what_the_board_is_told_of_a_change_goes_by_the_slower_clock(world, it_is):
    it_is(IGCSE_RELEASE - TICK)
    proposal = make_proposal(world.series, candidates_at=IGCSE_RELEASE)
    assert not effects_of(proposal).passed

    it_is(IGCSE_RELEASE)
    assert effects_of(proposal).passed
