"""Rule 27: after its time the audit trail tells what was done, and not who it was."""

import datetime as dt

import pytest
from django.utils import timezone

from centres import audit
from centres.models import AuditEvent
from core import only_grows
from privacy import audit_trail, ends_of_life
from privacy.models import PseudonymKey

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
NAMES = ("officer.main", "officer.asc01", "BLOGGS: Fred", "fred@example.org", "Anna Smith")


def record(at: dt.datetime, by: str = "officer.main", action: str = "status_edited", **facts):
    event = audit.event(action, by=by, **facts)
    event.save()
    with only_grows.lifted():
        AuditEvent.objects.filter(pk=event.pk).update(at=at)
    return event.pk


def of(pk: int) -> AuditEvent:
    return AuditEvent.objects.get(pk=pk)


def lose_names(at: dt.datetime = NOW) -> int:
    return sum(some["rows of the audit trail"] for some in audit_trail.batches(at=at))


@pytest.fixture
def years(db):
    """Rows of 2019, of 2020 before and after NOW less six years, and of today."""
    long_ago, old, young = (
        dt.datetime(2019, 3, 1, tzinfo=dt.UTC),
        dt.datetime(2020, 11, 1, tzinfo=dt.UTC),
        dt.datetime(2020, 12, 1, tzinfo=dt.UTC),
    )
    facts = {
        "subject": "0580 of 0001 BLOGGS: Fred",
        "old": {"contact": "Anna Smith", "status": "none", "count": 3},
        "new": {"contact": "Anna Smith", "e-mail": "fred@example.org", "role": "viewer"},
    }
    return [record(at, **facts) for at in (long_ago, long_ago, old, young)] + [
        record(timezone.now(), **facts)
    ]


def test_what_was_done_stays_and_who_it_was_goes(years):
    assert lose_names() == 3
    for pk in years[:3]:
        row = of(pk)
        told = f"{row.by} {row.subject} {row.old} {row.new}"
        assert not [name for name in NAMES if name in told]
        assert row.action == "status_edited"
        assert (row.old["status"], row.old["count"]) == ("none", 3)
        assert row.new["role"] == "viewer"
    for pk in years[3:]:
        assert of(pk).by == "officer.main"


def test_one_person_has_one_pseudonym_throughout_a_year_and_another_in_the_next(years):
    lose_names()
    first, second, third = (of(pk) for pk in years[:3])
    assert first.by == second.by
    assert first.subject == second.subject
    assert first.by != third.by
    assert first.old["contact"] == first.new["contact"] != first.by


def test_the_key_is_thrown_away_with_the_last_name_of_its_year(years):
    lose_names()
    keys = {one.year: one.key for one in PseudonymKey.objects.all()}
    assert keys[2019] is None
    assert keys[2020] is not None
    lose_names(NOW + dt.timedelta(days=60))
    assert not PseudonymKey.objects.filter(year=2020).exclude(key=None).exists()


def test_the_pseudonyms_of_a_year_are_the_same_whenever_they_are_made(years):
    lose_names()
    lose_names(NOW + dt.timedelta(days=30))
    assert of(years[2]).by == of(years[3]).by


def test_nothing_is_done_twice(years):
    assert (lose_names(), lose_names()) == (3, 0)
    assert audit_trail.due(at=NOW) == 0


def test_a_run_that_was_killed_is_finished_by_the_next(years, monkeypatch):
    monkeypatch.setattr(audit_trail, "AT_ONCE", 1)
    batches = audit_trail.batches(at=NOW)
    next(batches)
    batches.close()
    done = [of(pk).by for pk in years[:3]]
    assert lose_names() == 3 - sum(by != "officer.main" for by in done)
    assert all(of(pk).by.startswith("somebody-") for pk in years[:3])


def test_a_machine_is_nobody_and_a_letter_file_neither(db):
    at = dt.datetime(2019, 3, 1, tzinfo=dt.UTC)
    subject = "Letter file 00000000-0000-0000-0000-000000000000"
    pk = record(at, by="destroy_letters", action="letters_destroyed", subject=subject)
    lose_names()
    assert (of(pk).by, of(pk).subject) == ("destroy_letters", subject)


def test_rows_of_one_instant_go_together(db, monkeypatch):
    monkeypatch.setattr(audit_trail, "AT_ONCE", 2)
    at = dt.datetime(2019, 3, 1, tzinfo=dt.UTC)
    pks = [record(at) for _ in range(5)]
    assert lose_names() == 5
    assert all(of(pk).by.startswith("somebody-") for pk in pks)


def test_the_worker_does_it(years):
    assert ends_of_life.remove_due()["rows of the audit trail"] >= 3
