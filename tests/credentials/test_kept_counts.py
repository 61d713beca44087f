"""Counts of letters are kept, and are what they would be if they were counted anew."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from centres.models import Centre, Status
from centres.subcentres import management_of, save
from centres.terms import terms_for_all
from credentials.associates.needs import needs_of
from credentials.letters.counts import letters_of
from credentials.letters.kept_counts import FEW, KEPT
from credentials.models import LetterFile
from tests.builders import IGCSE, arrange, give, make_candidate, make_centre, make_login
from tests.loading.files import load

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def many(world):
    """More centres than few: each with two candidates, one of whom has a letter."""
    world.open_all()
    for number in range(10, 10 + FEW):
        centre = make_centre(f"ASC{number}", main=world.main)
        give(centre, world.series)
        arrange(centre, world.series)
        make_login(make_candidate(centre, world.series, "0001"))
        make_candidate(centre, world.series, "0002")
    return world


def kept(world) -> dict:
    return {row.centre.pk: row.letters for row in needs_of(Centre.objects.all(), world.series)}


def counted(world) -> dict:
    everywhere = Centre.objects.all()
    return letters_of(everywhere, world.series, terms_for_all(everywhere, world.series))


def questions(world) -> int:
    with CaptureQueriesContext(connection) as captured:
        kept(world)
    return len(captured)


def centre() -> Centre:
    return Centre.objects.get(number="ASC20")


def candidate(number: str):
    return centre().candidates.get(number=number)


def new_letter(world):
    make_login(candidate("0002"))


def downloaded(world):
    file = LetterFile.objects.get(centre=centre())
    file.downloads.create(by="officer", letters=1, whole=True)


def destroyed(world):
    LetterFile.objects.filter(centre=centre()).update(state=LetterFile.State.DESTROYED)


def delay_changed(world):
    give(centre(), world.series, delay=dt.timedelta(hours=2))


def access_taken(world):
    give(centre(), world.series, access=False)


def fewer_selected(world):
    one = arrange(centre(), world.series, status=Status.SELECTED, selected=(candidate("0002"),))
    one.version += 1
    one.save()


def released_later(world):
    world.series.releases.update(candidates_at=timezone.now() + dt.timedelta(days=300))


def test_what_was_counted_is_not_counted_again(many):
    first, again = questions(many), questions(many)
    assert again < first
    assert questions(many) == again
    assert kept(many) == counted(many)


@pytest.mark.parametrize(
    "act",
    [
        new_letter,
        downloaded,
        destroyed,
        delay_changed,
        access_taken,
        fewer_selected,
        released_later,
    ],
)
def test_what_is_done_is_counted_at_once(many, act):
    before = kept(many)
    act(many)

    assert kept(many) == counted(many) != before


def test_access_that_is_taken_and_given_back_is_not_what_it_was(many):
    before = kept(many)
    for gives in (False, True):
        management = management_of(many.main, many.series)
        rows = {**management.rows, "ASC20": replace(management.rows["ASC20"], give_access=gives)}
        save(
            main=many.main,
            series=many.series,
            by=many.officer,
            wanted=replace(management, rows=rows),
        )

    assert kept(many) == counted(many) != before


def test_after_a_load_nothing_that_was_counted_holds(many):
    before = kept(many)
    candidate("0002").entries.update(withdrawn=True)
    assert kept(many) == before

    load("syllabuses", f"code,title,qualification\n0580,Mathematics,{IGCSE}\n")
    assert kept(many) == counted(many) != before


def test_what_nothing_tells_is_noticed_in_time(many):
    before = kept(many)
    candidate("0002").entries.update(withdrawn=True)

    with time_machine.travel(timezone.now() + KEPT + MINUTE, tick=False):
        assert kept(many) == counted(many) != before
