"""Rules 4 to 6: a centre's own candidates."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from centres.edit_conflict import EditConflict
from centres.models import AuditEvent, Candidate, CentreArrangement, Status
from centres.status import AGREEMENT, arrangement_for, edit_status, with_access
from centres.terms import Contact, terms_for
from tests.builders import CONTACT, arrange, give, make_candidate


def confirm(world, **changes):
    wanted = {
        "centre": world.main,
        "series": world.series,
        "by": world.officer,
        "version": 0,
        "status": Status.ALL,
        "agreed": True,
        "contact": CONTACT,
        "delay": dt.timedelta(hours=2),
    }
    return edit_status(**{**wanted, **changes})


def has_access(candidate: Candidate) -> bool:
    return with_access(Candidate.objects.filter(pk=candidate.pk)).get().has_access


def test_at_first_no_candidates_have_access(world):
    assert arrangement_for(world.main, world.series).status == Status.NONE
    assert has_access(world.candidate) is False


def test_all_candidates_have_access_once_confirmed(world):
    confirm(world)

    assert has_access(world.candidate) is True
    assert terms_for(world.main, world.series).delay == dt.timedelta(hours=2)
    assert terms_for(world.main, world.series).contact == CONTACT


def test_selected_candidates_and_nobody_else_have_access(world):
    other = make_candidate(world.main, world.series, "0002")

    confirm(world, status=Status.SELECTED, selected=[other.pk])

    assert has_access(other) is True
    assert has_access(world.candidate) is False


def test_candidates_of_another_centre_cannot_be_selected(world):
    confirm(world, status=Status.SELECTED, selected=[world.associate_candidate.pk])
    give(world.associate, world.series)
    arrange(world.associate, world.series, status=Status.SELECTED)

    assert has_access(world.associate_candidate) is False


def test_an_associate_centres_status_counts_only_while_its_main_centre_gives_access(world):
    arrange(world.associate, world.series, status=Status.ALL)
    assert has_access(world.associate_candidate) is False

    give(world.associate, world.series)
    assert has_access(world.associate_candidate) is True


def test_the_agreement_is_kept_with_who_when_and_its_wording(world):
    confirm(world)

    stored = CentreArrangement.objects.get(centre=world.main)
    assert stored.agreed_by == "officer.main"
    assert stored.agreed_at is not None
    assert stored.agreed_wording == AGREEMENT


def test_access_without_the_agreement_is_refused(world):
    with pytest.raises(ValueError, match="agreement"):
        confirm(world, agreed=False)
    assert not CentreArrangement.objects.exists()


def test_the_database_itself_refuses_access_without_agreement(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        CentreArrangement.objects.create(centre=world.main, series=world.series, status=Status.ALL)


def test_of_two_officers_who_confirm_at_once_the_second_is_told(world):
    confirm(world, contact=Contact("First", "1", ""))

    with pytest.raises(EditConflict):
        confirm(world, contact=Contact("Second", "2", ""))

    assert arrangement_for(world.main, world.series).contact_name == "First"


def test_the_change_is_in_the_audit_trail(world):
    confirm(world)

    event = AuditEvent.objects.get()
    assert (event.action, event.by, event.centre) == ("status_edited", "officer.main", "MAIN1")
    assert event.new["status"] == "all"
    assert event.new["delay"] == "2:00"
