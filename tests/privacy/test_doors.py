"""Rules 26 and 27: what only grows goes through the door, and the database judges whether it opens."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AccountEvent
from centres import audit
from centres.models import AuditEvent, Candidate, Release
from core import only_grows
from credentials.models import LetterDownload
from privacy import doors
from privacy.models import Door
from results.models import Hold, Result, ResultChange
from tests.builders import World, hold, make_proposal, record_about
from tests.privacy.cohort import NAMES, make_old_series

DAY = dt.timedelta(days=1)
YEARS = dt.timedelta(days=7 * 366)


@pytest.fixture
def old(world):
    return make_old_series(world)


def refused(act, match: str = "only grows") -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        act()


def opens(**of) -> bool:
    try:
        with doors.opened(**of):
            return True
    except IntegrityError as error:
        assert "still in use" in str(error)
        return False


def test_only_what_the_door_names_goes(world, old):
    theirs = Result.objects.filter(entry__candidate__series=world.series)
    with doors.opened(series=old.pk):
        refused(lambda: theirs._raw_delete("default"))
        refused(lambda: Result.objects.all()._raw_delete("default"))
        refused(lambda: AuditEvent.objects.update(by="other"))
        assert ResultChange.objects.all()._raw_delete("default") == 4
    refused(lambda: Result.objects.all()._raw_delete("default"))


def test_of_one_person_nothing_of_another_goes(world, old):
    one = Candidate.objects.get(name=NAMES[0])
    mine = Result.objects.filter(entry__candidate=one)
    others = Result.objects.exclude(entry__candidate=one)
    with doors.opened(candidate=one.pk):
        refused(lambda: others.filter(changes=None)._raw_delete("default"))
        refused(lambda: LetterDownload.objects.all()._raw_delete("default"))
        refused(lambda: Hold.objects.filter(series=old)._raw_delete("default"))
        ResultChange.objects.filter(result__in=mine)._raw_delete("default")
        assert mine._raw_delete("default") == 2


def test_a_field_of_a_result_does_not_change_through_it(world, old):
    """Who goes, goes: nothing is rewritten."""
    with doors.opened(series=old.pk):
        refused(lambda: ResultChange.objects.update(old_grade="A*"))
        refused(lambda: Hold.objects.update(reason="Another"))


def test_the_audit_trail_loses_names_alone_and_no_row(world):
    audit.record("hold_placed", by="board")
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.update(at=timezone.now() - YEARS)
    with only_grows.lifted():
        AuditEvent.objects.update(at=timezone.now() - YEARS)
    audit.record("hold_placed", by="board")  # now
    before = timezone.now() - 400 * DAY
    with doors.opened(before=before):
        refused(lambda: AuditEvent.objects.filter(at__lt=before).update(action="loaded"))
        refused(lambda: AuditEvent.objects.filter(at__lt=before).update(centre="MAIN1", by="x"))
        refused(lambda: AuditEvent.objects.filter(at__gt=before).update(by="x"))
        refused(lambda: AuditEvent.objects.all()._raw_delete("default"))
        assert AuditEvent.objects.filter(at__lt=before).update(by="x") == 1
    refused(lambda: AuditEvent.objects.update(by="y"))


def test_what_was_done_with_an_account_stays_while_it_is_young(world):
    record_about("officer.main", "rights_changed", by="board")
    with doors.opened(before=timezone.now() - 366 * DAY):
        refused(lambda: AccountEvent.objects.all()._raw_delete("default"))


def test_the_database_opens_none_for_what_is_in_use(world, old):
    assert opens(series=old.pk)
    assert not opens(series=world.series.pk + 1_000)  # there is none
    assert not opens(candidate=0)
    assert not opens(before=timezone.now() - 364 * DAY)
    assert opens(before=timezone.now() - 366 * DAY)

    release = Release.objects.filter(series=old).first()
    for at, does in ((timezone.now() - 29 * DAY, False), (timezone.now() - 31 * DAY, True)):
        Release.objects.filter(pk=release.pk).update(candidates_at=at)
        assert opens(series=old.pk) is does
        assert opens(candidate=old.candidates.first().pk) is does
    Release.objects.filter(series=old).delete()
    assert not opens(series=old.pk)


def test_none_opens_for_what_is_held(world, old):
    one, other = Candidate.objects.filter(series=old)[:2]
    hold(candidate=one)
    assert not opens(series=old.pk)
    assert not opens(candidate=one.pk)
    assert opens(candidate=other.pk)
    hold(series=old, centre=world.associate)
    assert not opens(candidate=other.pk)


def test_a_hold_in_force_does_not_go(world, old):
    placed = hold(series=world.series)
    with doors.opened(series=old.pk):
        refused(lambda: Hold.objects.filter(pk=placed.pk)._raw_delete("default"))


@pytest.mark.django_db(transaction=True)
def test_a_door_that_was_left_open_undoes_all_that_went_through_it():
    old = make_old_series(World())
    changes = ResultChange.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        Door.objects.create(series=old.pk)
        ResultChange.objects.all()._raw_delete("default")
    assert ResultChange.objects.count() == changes
    assert not Door.objects.exists()


def test_a_proposal_that_waits_does_not_go(world):
    make_proposal(world.series)
    model = type(make_proposal(world.series, "Cambridge International AS & A Level"))
    with doors.opened(before=timezone.now() - 366 * DAY):
        refused(lambda: model.objects.all()._raw_delete("default"))


def test_no_end_is_wired_for_a_model_that_is_not_there():
    guarded = set(only_grows.guards())
    assert {apps.get_model(label)._meta.db_table for label in doors.ENDS} <= guarded
