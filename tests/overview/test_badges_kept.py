"""Badges of many centres are kept for a minute, and never longer than what was done there allows."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from centres.access import acting_for
from centres.models import Centre, CentreArrangement, Entry, Status
from centres.subcentres import management_of, save
from credentials.letters.kept_counts import FEW
from credentials.models import LetterFile
from overview.badges import KEPT, badges_of
from overview.reading import reading_of
from tests.builders import A_LEVEL, IGCSE, arrange, give, make_candidate, make_centre, make_login
from tests.loading.files import load

MINUTE = dt.timedelta(seconds=KEPT)


@pytest.fixture
def many(world):
    world.open_all()
    for number in range(10, 10 + FEW):
        centre = make_centre(f"ASC{number}", main=world.main)
        give(centre, world.series)
        arrange(centre, world.series)
        make_candidate(centre, world.series)
    return world


def acting(world):
    return acting_for(world.officer, "2026-06", "MAIN1")


def needing(world) -> int:
    return {one.tab: one.count for one in badges_of(acting(world)).badges}["associates"]


def questions(world) -> int:
    here = acting(world)
    with CaptureQueriesContext(connection) as captured:
        badges_of(here)
    return len(captured)


def associate() -> Centre:
    return Centre.objects.get(number="ASC20")


def letter_downloaded(world):
    make_login(associate().candidates.get())
    needing(world)
    LetterFile.objects.get(centre=associate()).downloads.create(by="officer", letters=1, whole=True)


def letters_asked_for(world):
    LetterFile.objects.create(centre=associate(), series=world.series, asked_by="officer", total=1)


def entries_withdrawn_by_a_load(world):
    associate().candidates.get().entries.update(withdrawn=True)
    load("syllabuses", f"code,title,qualification\n0580,Mathematics,{IGCSE}\n")


@pytest.mark.parametrize("act", [letter_downloaded, letters_asked_for, entries_withdrawn_by_a_load])
def test_what_is_done_is_told_at_once(many, act):
    before = needing(many)
    act(many)
    assert needing(many) == before - 1


def test_subcentre_management_that_is_saved_is_told_at_once(many):
    before = needing(many)
    management = management_of(many.main, many.series)
    rows = {**management.rows, "ASC20": replace(management.rows["ASC20"], give_access=False)}
    wanted = replace(management, rows=rows)
    save(main=many.main, series=many.series, by=many.officer, wanted=wanted)
    assert needing(many) == before - 1


def test_status_that_is_edited_is_told_at_once(many):
    before = needing(many)
    arrangement = arrange(associate(), many.series, status=Status.SELECTED)
    needing(many)
    CentreArrangement.objects.filter(pk=arrangement.pk).update(version=1)
    assert needing(many) == before - 1


def test_what_is_kept_takes_seven_queries_and_is_kept_for_a_minute(many):
    first = questions(many)
    assert questions(many) == 7 < first
    before = needing(many)
    associate().candidates.get().entries.update(withdrawn=True)
    assert needing(many) == before
    with time_machine.travel(timezone.now() + MINUTE + dt.timedelta(seconds=1)):
        assert questions(many) > 7


def test_which_qualifications_are_entered_is_kept_until_a_load(many):
    def released() -> set[str]:
        return set(reading_of(acting(many)).visible_from)

    assert released() == {IGCSE, A_LEVEL}
    Entry.objects.filter(syllabus__code="9702").update(withdrawn=True)
    assert released() == {IGCSE, A_LEVEL}
    load("syllabuses", f"code,title,qualification\n0580,Mathematics,{IGCSE}\n")
    assert released() == {IGCSE}
