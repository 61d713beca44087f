"""Rule 27: a series goes when its time has passed, whole, and none that is in use."""

import datetime as dt

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from centres.models import AuditEvent, Candidate, Release, Series
from credentials.models import Credentials, LetterDownload, LetterFile
from privacy import ends_of_life, series_end
from privacy.models import SeriesEnd
from results.models import Hold, Result, ResultChange
from tests.builders import (
    A_LEVEL,
    arrange,
    hold,
    let_go,
    make_candidate,
    make_correction,
    make_proposal,
)
from tests.privacy.cohort import NAMES, OLD_RELEASE, make_old_series

DAY = dt.timedelta(days=1)


@pytest.fixture
def old(world):
    return make_old_series(world)


def rows() -> dict[str, int]:
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if not model._meta.proxy
    }


def stays_whole(old: Series) -> bool:
    ends_of_life.remove_due()
    return Candidate.objects.filter(name__in=NAMES).count() == 4 and not SeriesEnd.objects.exists()


def test_everything_of_the_series_goes_and_nothing_of_another(world):
    before = rows()
    old = make_old_series(world)
    gone = ends_of_life.remove_due()

    after = rows()
    left = {label: after[label] - before[label] for label in after if after[label] != before[label]}
    # The series and its releases name nobody; that it went is told in numbers.
    assert left == {
        "centres.Series": 1,
        "centres.Release": 2,
        "centres.AuditEvent": left["centres.AuditEvent"],
        "privacy.SeriesEnd": 1,
    }
    assert gone == {
        **{"candidates": 4, "entries": 12, "results": 8, "changes of results": 4, "holds": 4},
        **{"selected": 4, "logins": 8, "letter files": 8, "series": 1},
    }
    told = AuditEvent.objects.get(action="series_ended")
    assert (told.series, told.by, told.new["candidates"]) == ("June 2020", "ends of life", 4)
    assert "OLDNAME" not in f"{told.subject}{told.new}"
    assert SeriesEnd.objects.get(series=old).ended_at


def test_a_second_round_finds_nothing_to_do(old):
    ends_of_life.remove_due()
    assert ends_of_life.remove_due() == {}
    assert AuditEvent.objects.filter(action="series_ended").count() == 1


def test_it_ends_with_its_day_and_no_sooner(old):
    last = OLD_RELEASE + settings.SERIES_RETENTION
    assert series_end.due(at=last - DAY) == []
    assert series_end.due(at=last + DAY) == [old]


def test_the_longest_delay_of_a_centre_counts(world, old):
    arrange(world.associate, old, delay=dt.timedelta(hours=9_000))
    last = OLD_RELEASE + settings.SERIES_RETENTION
    assert series_end.due(at=last + DAY) == []
    assert series_end.due(at=last + dt.timedelta(hours=9_001)) == [old]


def test_no_series_goes_of_which_something_is_not_finished(world, old):
    entry = Candidate.objects.get(name=NAMES[0]).entries.first()
    placed = hold(entry=entry)
    assert "held" in series_end.why_kept(old)
    assert stays_whole(old)
    let_go(placed)
    proposed = make_proposal(old)
    assert "second person" in series_end.why_kept(old)
    assert stays_whole(old)
    proposed.decision, proposed.decided_by, proposed.decided_at = "refused", "b", timezone.now()
    proposed.save()
    make_correction(Candidate.objects.get(name=NAMES[0]))
    assert "correction" in series_end.why_kept(old)
    assert stays_whole(old)


def test_no_series_goes_with_a_qualification_that_was_never_released(old):
    Release.objects.filter(series=old, qualification__name=A_LEVEL).delete()
    assert "no release" in series_end.why_kept(old)
    assert stays_whole(old)


def test_no_series_goes_without_any_release(old):
    Release.objects.filter(series=old).delete()
    assert "No release" in series_end.why_kept(old)
    assert stays_whole(old)


def test_a_run_that_was_killed_is_finished_by_the_next(old, monkeypatch):
    monkeypatch.setattr(series_end, "CANDIDATES", 3)
    batches = series_end.batches(at=timezone.now())
    assert next(batches)["candidates"] == 3
    batches.close()
    assert Candidate.objects.filter(name__in=NAMES).count() == 1
    assert Result.objects.filter(entry__candidate__name__in=NAMES).count() == 2

    ends_of_life.remove_due()
    assert AuditEvent.objects.get(action="series_ended").new["candidates"] == 4


def test_candidates_who_are_loaded_anew_go_in_their_turn(world, old):
    ends_of_life.remove_due()
    make_candidate(world.main, old, name=NAMES[0])
    ends_of_life.remove_due()
    assert not Candidate.objects.filter(name=NAMES[0]).exists()
    assert SeriesEnd.objects.get().gone["candidates"] == 5


@pytest.mark.parametrize("more", [0, 40])
def test_a_batch_takes_as_many_statements_whatever_is_in_it(world, old, more):
    for number in range(100, 100 + more):
        make_candidate(world.main, old, f"{number:04}", name=NAMES[0])
    SeriesEnd.objects.create(series=old, began_at=timezone.now())
    with CaptureQueriesContext(connection) as asked:
        gone = series_end._candidates_go(old, timezone.now())
    assert gone["candidates"] == 3 + more  # who was set aside goes with the next
    assert len(asked) == 26


def test_a_dry_run_counts_and_changes_nothing(old, capsys):
    before = rows()
    call_command("ends_of_life", "--dry-run")
    assert rows() == before
    said = capsys.readouterr().out
    assert "1 series, 4 candidates, 12 entries, 8 results, 8 logins, 8 letter files" in said
    assert "June 2020: Its time has passed." in said
    assert "June 2026: Its time ends on 12 August 2028." in said

    call_command("ends_of_life")
    assert "Gone: 4 changes of results, 4 holds, 8 results" in capsys.readouterr().out
    assert not Candidate.objects.filter(name__in=NAMES).exists()


def test_every_model_that_points_to_a_candidate_entry_or_result_goes_with_it():
    """A new one is missed here first, and then by the database, which refuses what leads nowhere."""
    pointing = {
        relation.related_model
        for label in ("centres.Candidate", "centres.Entry", "results.Result")
        for relation in apps.get_model(label)._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete
    }
    names = {model.__name__ for model in pointing}
    assert names == {
        *("Entry", "SelectedCandidate", "Credentials", "Hold", "Result", "ResultChange"),
        "ProposedCorrection",
    }


def test_every_model_that_points_to_a_series_goes_or_names_nobody():
    pointing = {
        relation.related_model.__name__
        for relation in Series._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete
    }
    stay = {
        "Release",
        "ProposedRelease",
        "SeriesEnd",
        "File",
        "Upload",
    }  # the last two: privacy.decisions_and_files
    go = {"Candidate", "Export", "Hold", "LetterFile", "LetterBatch", "ChangesSeen", "LastChange"}
    go |= {"Seal"}
    assert pointing == stay | go | {one.__name__ for one in series_end.DELAYS}


def test_nothing_is_left_of_their_letters(old, world):
    ends_of_life.remove_due()
    assert not LetterFile.objects.filter(series=old).exists()
    assert not LetterDownload.objects.exists()
    assert not Credentials.objects.exists()
    assert not Hold.objects.exists()
    assert not ResultChange.objects.exists()
