"""The door: the one way by which results, their history, logins' downloads and the audit trail lose rows or
names, although the database refuses that to everybody (rules 26 and 27).

A door is a row that stands in its own transaction alone (`Door`), so no other connection ever sees one. It
names a series, a candidate, or an instant; the triggers of `core.only_grows` let go what belongs to that and
nothing else. And the database judges by itself whether a door may open: not for a series of which a
qualification was released in the last 30 days, none was released, or anything is held; not for what was
recorded in the last year. So neither a wrong setting nor a fault of ours removes what is still in use. No page
opens one.
"""

# ruff: noqa: S608  # every word of this SQL is ours

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction

SERIES_REST, LOG_REST = 30, 365  # days
_OF = "COALESCE({0}.series_id, {0}.former_series_id)"


@dataclass(frozen=True)
class End:
    """Once `when` holds, a condition on OLD, a row may be deleted; or, with `strips`, these fields of it may
    change, and it stays (`core.only_grows`)."""

    when: str
    strips: Collection[str] = ()


def _behind(entry: str) -> str:
    """Whether this entry is of what the door names."""
    return (
        "EXISTS (SELECT 1 FROM privacy_door d, centres_entry e JOIN centres_candidate c"  # nosec B608 # every word of this SQL is ours
        f" ON c.id = e.candidate_id WHERE e.id = {entry}"
        f" AND (c.id = d.candidate OR {_OF.format('c')} = d.series))"
    )


def _before(instant: str) -> End:
    return End(f"EXISTS (SELECT 1 FROM privacy_door d WHERE {instant} < d.before)")  # nosec B608 # every word of this SQL is ours


_ENTRY = "(SELECT r.entry_id FROM results_result r WHERE r.id = OLD.result_id)"
_HELD = (
    "OLD.let_go_at IS NOT NULL AND (EXISTS (SELECT 1 FROM privacy_door d WHERE d.series = OLD.series_id)"  # nosec B608 # every word of this SQL is ours
    f" OR {_behind('OLD.entry_id')} OR EXISTS (SELECT 1 FROM privacy_door d, centres_candidate c"
    f" WHERE c.id = OLD.candidate_id AND (c.id = d.candidate OR {_OF.format('c')} = d.series)))"
)
_DOWNLOADED = (
    "EXISTS (SELECT 1 FROM privacy_door d JOIN credentials_letterfile f ON f.series_id = d.series"
    " WHERE f.id = OLD.letter_file_id)"
)
_OPENED = (
    f"(OLD.seal_id IS NULL AND {_before('OLD.begun_at').when}"  # nosec B608 # every word of this SQL is ours
    " OR EXISTS (SELECT 1 FROM privacy_door d JOIN sealed_seal s ON s.series_id = d.series WHERE s.id = OLD.seal_id))"
)
ENDS = {
    "results.Result": End(_behind("OLD.entry_id")),
    "results.ResultChange": End(_behind(_ENTRY)),
    "results.Hold": End(f"({_HELD})"),
    "board.ProposedCorrection": End(_behind(_ENTRY)),
    "board.ProposedRelease": _before("OLD.decided_at"),
    "board.ProposedAccess": _before("OLD.decided_at"),
    "board.ProposedErasure": _before("OLD.decided_at"),
    "credentials.LetterDownload": End(_DOWNLOADED),
    "accounts.AccountEvent": _before("OLD.at"),
    "sealed.Ceremony": End(_OPENED),
    "centres.AuditEvent": End(_before("OLD.at").when, strips=("by", "subject", "old", "new")),
}


@contextmanager
def opened(**of: Any) -> Iterator[None]:
    """In one transaction, what only grows of this may go: `series=`, `candidate=` (their keys), or `before=`.

    Raises IntegrityError where the database does not open it.
    """
    doors = apps.get_model("privacy.Door").objects
    with transaction.atomic():
        door = doors.create(**of)
        yield
        doors.filter(pk=door.pk).delete()


def install(**kwargs: Any) -> None:
    """Make the trigger that judges whether a door may open (after `migrate`)."""
    with connection.cursor() as cursor:
        for statement in _ON[connection.vendor]():
            cursor.execute(statement)


def stand_aside(**kwargs: Any) -> None:
    """Before `migrate`, on SQLite, as in `core.only_grows`."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS privacy_door_opens")


def _refused(ago: str) -> str:
    """As a condition on NEW; `ago`: what says an instant some days ago."""
    of = (
        "COALESCE(NEW.series, (SELECT COALESCE(n.series_id, n.former_series_id)"
        " FROM centres_candidate n WHERE n.id = NEW.candidate))"
    )
    released = f"EXISTS (SELECT 1 FROM centres_release r WHERE r.series_id = {of}"  # nosec B608 # every word of this SQL is ours
    held = (
        "EXISTS (SELECT 1 FROM results_hold h LEFT JOIN centres_entry e ON e.id = h.entry_id"  # nosec B608 # every word of this SQL is ours
        " LEFT JOIN centres_candidate c ON c.id = COALESCE(h.candidate_id, e.candidate_id)"
        " WHERE h.let_go_at IS NULL"
        f" AND COALESCE(h.series_id, c.series_id, c.former_series_id) = {of}"
        " AND (NEW.candidate IS NULL OR c.id IS NULL OR c.id = NEW.candidate))"
    )
    late = f"{released} AND r.candidates_at > {ago.format(SERIES_REST)})"
    return (
        f"NEW.before IS NOT NULL AND NEW.before > {ago.format(LOG_REST)}"
        f" OR NEW.before IS NULL AND (NOT {released}) OR {late} OR {held})"
    )


def _on_sqlite() -> Iterator[str]:
    refused = _refused("strftime('%Y-%m-%d %H:%M:%f', 'now', '-{} days')")
    yield "DROP TRIGGER IF EXISTS privacy_door_opens"
    yield (
        f"CREATE TRIGGER privacy_door_opens BEFORE INSERT ON privacy_door WHEN {refused} "
        "BEGIN SELECT RAISE(ABORT, 'privacy_door does not open: it is still in use'); END"
    )


def _on_postgresql() -> Iterator[str]:
    refused = _refused("now() - interval '{} days'")
    yield f"""
    CREATE OR REPLACE FUNCTION privacy_door_opens() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF {refused} THEN
            RAISE EXCEPTION 'privacy_door does not open: it is still in use'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """
    yield (
        "CREATE OR REPLACE TRIGGER privacy_door_opens BEFORE INSERT ON privacy_door "
        "FOR EACH ROW EXECUTE FUNCTION privacy_door_opens()"
    )


_ON = {"postgresql": _on_postgresql, "sqlite": _on_sqlite}
