"""Rule 26: what only grows is changed and deleted by nobody; the database itself refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import (
    DateTimeField,
    F,
    Field,
    ForeignKey,
    IntegerField,
    JSONField,
    ProtectedError,
)

from accounts.events import record_account_event
from accounts.models import AccountEvent
from board.models import ProposedAccess, ProposedRelease
from centres import audit
from centres.models import AuditEvent, Candidate, Entry
from core import only_grows
from core.models import KeyChange
from credentials.models import LetterDownload
from results import holds
from results.corrections import UNDATED, Correction, correct, date_corrections
from results.models import Hold, Result, ResultChange
from tests.builders import AFTER, IGCSE_RELEASE, erase, hold, let_go, make_login, make_proposal

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def stored(world):
    """Something in every table that only grows."""
    audit.record("hold_placed", by="board")
    file = make_login(world.candidate)[2].letter_file
    file.downloads.create(by="officer", letters=1, whole=True)
    KeyChange.objects.create(kind="master", key_id="1", what=KeyChange.What.IN_USE)
    record_account_event("rights_changed", account=world.officer, by="board")
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    correct([Correction(result, "B", None)], by="board", reason="Clerical", at=AFTER)
    let_go(hold(candidate=world.candidate))
    decided = make_proposal(world.series)
    decided.decision, decided.decided_by, decided.decided_at = "refused", "board.second", AFTER
    decided.save()
    return world


def refused(act) -> None:
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        act()


ALTOGETHER = [AuditEvent, ResultChange, Hold, ProposedRelease, LetterDownload, KeyChange]


def another(field: Field, value: object) -> object:
    if isinstance(field, DateTimeField):
        return (value or AFTER) + HOUR
    if isinstance(field, JSONField):
        return {"other": 1}
    if isinstance(value, bool):
        return not value
    return 999 if isinstance(field, ForeignKey | IntegerField) else "other"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (model, field.name)
        for model in ALTOGETHER
        for field in model._meta.concrete_fields
        if not field.primary_key
    ],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_no_field_of_what_was_recorded_or_decided_is_changed(stored, model, name):
    row = model.objects.latest("pk")
    new = another(model._meta.get_field(name), getattr(row, name))
    refused(lambda: model.objects.filter(pk=row.pk).update(**{name: new}))


@pytest.mark.parametrize("model", [*ALTOGETHER, AccountEvent, Result], ids=lambda one: one.__name__)
def test_no_row_is_deleted_by_whatever_way(stored, model):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute(f"DELETE FROM {table}"))
        refused(lambda: model.objects.all()._raw_delete("default"))
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            refused(lambda: cursor.execute(f"TRUNCATE {table} CASCADE"))
    assert model.objects.exists()


def test_what_was_done_with_an_account_stays_and_is_seen_once(stored):
    event = AccountEvent.objects.filter(kind="rights_changed")
    refused(lambda: event.update(by="other"))
    assert event.update(seen_at=AFTER) == 1
    refused(lambda: event.update(seen_at=AFTER + HOUR))


def test_a_result_stays_with_its_entry_and_its_grade_can_be_corrected(stored):
    of = Result.objects.filter(entry__candidate=stored.candidate)
    first, second = list(of.order_by("pk"))[:2]
    with only_grows.lifted():
        spare = Entry.objects.filter(candidate=stored.associate_candidate).last()
        erase(Result.objects.filter(entry=spare))
    refused(lambda: Result.objects.filter(pk=first.pk).update(entry=spare))

    correct([Correction(second, "E", None)], by="board", reason="Review of marking", at=AFTER)
    assert Result.objects.get(pk=second.pk).grade == "E"


def test_an_entry_or_a_candidate_with_a_result_is_not_deleted_with_it(stored):
    for model in (Candidate, Entry, Result):
        with pytest.raises(ProtectedError):
            model.objects.all().delete()


def test_what_waits_is_decided_once_and_stays_what_it_was_when_proposed(stored):
    waiting = make_proposal(stored.series)
    of = ProposedRelease.objects.filter(pk=waiting.pk)
    refused(lambda: of.update(reason="Another"))
    refused(lambda: of.update(candidates_at=F("candidates_at") - HOUR))
    refused(lambda: of.update(proposed_by="somebody.else"))

    placed = hold(series=stored.series)
    refused(lambda: Hold.objects.filter(pk=placed.pk).update(reason="Another"))
    holds.ask_to_let_go(placed, by="board")


def test_the_corrections_of_a_load_are_dated_once(stored):
    result = Result.objects.get(entry__candidate=stored.candidate, entry__syllabus__code="9702")
    correct([Correction(result, "E", None)], by="board", reason="results.csv", at=UNDATED)
    before = list(ResultChange.objects.exclude(at=UNDATED).values())
    date_corrections(at=AFTER + HOUR)

    change = ResultChange.objects.get(result=result)
    assert change.at == AFTER + HOUR
    assert list(ResultChange.objects.exclude(pk=change.pk).values()) == before
    refused(lambda: ResultChange.objects.filter(pk=change.pk).update(at=IGCSE_RELEASE))


def test_an_undated_correction_is_changed_in_nothing_but_its_date(stored):
    result = Result.objects.get(entry__candidate=stored.candidate, entry__syllabus__code="9702")
    correct([Correction(result, "E", None)], by="board", reason="results.csv", at=UNDATED)
    refused(lambda: ResultChange.objects.filter(at=UNDATED).update(old_grade="A", at=AFTER))


def test_the_way_around_it_ends_with_its_block_and_with_a_fault_in_it(stored):
    erase(Result.objects.filter(entry__candidate=stored.candidate))
    assert not ResultChange.objects.exists()
    assert not only_grows.missing()
    refused(lambda: AuditEvent.objects.update(by="other"))

    with pytest.raises(KeyError), only_grows.lifted():
        AuditEvent.objects.update(by="other")
        raise KeyError
    assert not AuditEvent.objects.filter(by="other").exists()
    assert not only_grows.missing()
    refused(lambda: AuditEvent.objects.update(by="other"))


def test_what_is_missing_is_named_and_made_again_by_migrating(db):
    assert not only_grows.missing()
    table = AuditEvent._meta.db_table
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_no_delete{on}")
    assert only_grows.missing() == [table]

    only_grows.install()
    assert not only_grows.missing()


def test_every_table_of_which_the_rule_speaks_is_guarded():
    guarded = {AuditEvent, Result, ResultChange, Hold, ProposedRelease, ProposedAccess}
    assert {one._meta.db_table for one in guarded} < set(only_grows.guards())
