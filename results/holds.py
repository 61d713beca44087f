"""Holds of the board: what one covers reads as what is missing does, and nobody is told why; to a candidate
who has seen it, that it cannot be shown at present (rule 19).

A series, a qualification in a series, a centre in a series, one candidate or one result is held from
the next request on, before the release and after it, for candidates and for staff of centres. It
stays held until one person has asked to let it go and another has done so, of what was called so when
it was asked (rule 26). A hold is never changed or deleted, and of the same thing one at most is in force.

No act of these is in the trail under its centre, where the centre's staff would read it; nor is the
reason, which may tell a grade.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack, cast

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import Exact, GreaterThan
from django.utils import timezone

from accounts import four_eyes
from accounts.models import User
from centres import audit
from centres.models import Entry, Series
from core.ask_pages import fingerprint, still_holds
from core.errors import log_error
from results import last_change
from results.hold_levels import HELD_BY, HOLD_LEVELS, whole
from results.models import Hold, HoldQuerySet

OF_CANDIDATE = ("candidate", "entry__candidate")  # who is held, or whose result is
PLACES = ("centre", "series", "former_centre", "former_series")
NAMED = (  # what the words for a hold may name
    *("series", "qualification", "centre", "entry__syllabus"),
    *(f"{of}__{place}" for of in OF_CANDIDATE for place in PLACES),
)
SEARCHED = (
    *("reason", "centre__number"),
    *(f"{of}__{what}" for of in OF_CANDIDATE for what in ("number", "name", "centre__number")),
)
NONE = Q(pk__in=[])
AT_ONCE = 100  # whoever holds more means their centre, their qualification or the series


class CannotHold(ValueError):
    """This cannot be held, or let go; the message says why, to somebody of the board."""


class NeedsSecondPerson(CannotHold):
    """The person who asked to let a hold go cannot also let it go."""


class Levels(TypedDict):
    """What a result belongs to, at every level at which it can be held: each a row, or an expression that
    leads to one. All are named, for one that was left out would read as no hold. None stands for what there
    is no one of, as of a release there is no one centre."""

    series: Any
    qualification: Any
    centre: Any
    candidate: Any
    entry: Any


def is_held(**levels: Unpack[Levels]) -> Exists:
    """Whether a hold in force covers this, as an annotation."""
    return Exists(covering(**levels).in_force())


def release_is_held() -> Exists:
    """The same of a release: its series or its qualification is held, whatever centre or candidate is."""
    of_it = {"series": OuterRef("series"), "qualification": OuterRef("qualification")}
    return is_held(**of_it, centre=None, candidate=None, entry=None)


def were_let_go(series: Series, *, since: dt.datetime | None = None) -> Q:
    """Which entries of a series a hold covered that was let go, since this instant if one is given."""
    found = Hold.objects.filter(let_go_at__isnull=False)
    if since:
        found = found.filter(let_go_at__gte=since)
    entries = NONE
    for what, level in HOLD_LEVELS.items():
        of_all = found.filter(**{level.series: series, f"{what}__isnull": False, **whole(what)})
        entries |= Q(**{f"{level.of_entry}__in": of_all.values(what)})
    return entries


def last_let_go(**levels: Unpack[Levels]) -> Subquery:
    """When the last hold that covered this was let go, as an annotation; NULL where none was."""
    return Subquery(covering(**levels).order_by("-let_go_at").values("let_go_at")[:1])


def covering(**levels: Unpack[Levels]) -> HoldQuerySet:
    """The holds that cover all of this."""
    covers, given = NONE, cast("dict[str, Any]", levels)
    for what, level in HOLD_LEVELS.items():
        if what not in given:
            raise TypeError(f"missing 1 required keyword-only argument: {what!r}")
        if given[what] is not None:
            covers |= Q(**{name: given[name] for name in level.fields}, **whole(what))
    return Hold.objects.filter(covers)


def on_any_of(*, series: Any, centres: Any, qualifications: Any, numbers: Any) -> HoldQuerySet:
    """The holds, in force or let go, that cover any result of a series at these centres and in these
    qualifications, of the candidates with these numbers.

    `series` and `numbers` are expressions, `centres` and `qualifications` queries. `numbers` is a text
    with commas, empty for all candidates. A hold may come more than once.
    """
    covers = NONE
    for what, level in HOLD_LEVELS.items():
        of_it = Q(**{level.series: series, f"{what}__isnull": False, **whole(what)})
        if level.centre:
            of_it &= Q(**{f"{level.centre}__in": centres})
        if level.qualification:
            of_it &= Q(**{f"{level.qualification}__in": qualifications})
        else:
            of_it &= Q(Exists(qualifications))
        if level.number:
            found = GreaterThan(StrIndex(numbers, level.number), 0)
            of_it &= Q(Exact(numbers, Value(""))) | Q(found)
        covers |= of_it
    return Hold.objects.filter(covers)


def covered(hold: Hold) -> QuerySet[Entry]:
    """The valid entries whose results this hold covers, even if another hold covers them too."""
    return Entry.objects.valid().filter(
        **{HOLD_LEVELS[name].of_entry: getattr(hold, f"{name}_id") for name in _said(hold)}
    )


def candidates_covered(hold: Hold) -> int:
    return covered(hold).order_by().values("candidate").distinct().count()


@dataclass(frozen=True)
class Told:
    """What a page that asks tells: of each hold, how many candidates' results it covers."""

    holds: list[tuple[Hold, int]]

    @property
    def counted(self) -> str:
        return fingerprint([(str(one), many, one.state, one.reason) for one, many in self.holds])


def told_of(holds: Iterable[Hold]) -> Told:
    return Told([(one, candidates_covered(one)) for one in holds])


def check(hold: Hold) -> None:
    """Raises CannotHold for what is no one thing to hold, and for what is held already."""
    fields = _said(hold)
    if not any(fields == level.fields for level in HOLD_LEVELS.values()):
        raise CannotHold(
            "Hold a series, a qualification or a centre in a series, one candidate or one result: "
            "not two of these at once."
        )
    said = {name: getattr(hold, name) if name in fields else None for name in HELD_BY}
    if Hold.objects.in_force().filter(**said).exists():
        raise CannotHold(f"{hold} is held already.")


def place(hold: Hold, *, by: User | str, at: dt.datetime | None = None) -> Hold:
    """Hold back what this new hold says, for its reason. Raises CannotHold."""
    check(hold)
    if not hold.reason.strip():
        raise CannotHold("Give the reason for the hold.")
    hold.placed_by, hold.placed_at = _name(by), at or timezone.now()
    with transaction.atomic():
        try:
            with transaction.atomic():
                hold.save(force_insert=True)
        except IntegrityError as error:  # somebody else was a moment faster
            log_error(error, "a hold")
            raise CannotHold(f"{hold} is held already.") from None
        _record("hold_placed", hold, by)
    return hold


def locked_as_told(wanted: QuerySet[Hold], counted: str | None) -> list[Hold]:
    """These, locked until the transaction ends: for acts on several that a page has asked about. Raises
    AskAgain. In the order of their series, in which all who change results of several lock them."""
    told = told_of(wanted.select_for_update(of=("self",)))
    still_holds(told, counted)
    return sorted((one for one, _ in told.holds), key=lambda one: _series(one).pk)  # type: ignore[union-attr]  # of something it is


def ask_to_let_go(hold: Hold, *, by: User | str, at: dt.datetime | None = None) -> None:
    """The first of two people. Raises CannotHold when somebody has asked already, of what is called so now."""
    with transaction.atomic():
        hold = _locked(hold)
        if hold.asked_at and hold.asked_as == str(hold):
            raise CannotHold(f"{hold.asked_by} has asked already to release {hold}.")
        hold.asked_by, hold.asked_at = _name(by), at or timezone.now()
        hold.asked_as = str(hold)
        hold.save(update_fields=["asked_by", "asked_at", "asked_as"])
        _record("hold_asked", hold, by)


def let_go(hold: Hold, *, by: User | str, at: dt.datetime | None = None) -> None:
    """The second of two people: what was held shows at the next request, if it is released.

    Raises CannotHold when nobody has asked, or what is held is called otherwise now, NeedsSecondPerson for
    the one who asked.
    """
    with transaction.atomic():
        hold = _locked(hold)
        if not hold.asked_at:
            raise CannotHold(
                f"Nobody has asked yet to release {hold}. Ask; somebody else releases it."
            )
        own = f"You asked to release {hold}, so somebody else must release it."
        if why := four_eyes.why_not(hold.asked_by, _name(by), own=own, at=at):
            raise NeedsSecondPerson(why)
        if hold.asked_as != str(hold):
            raise CannotHold(
                f"{hold.asked_by} asked to release “{hold.asked_as}”, which is called “{hold}” now. Ask again; "
                "somebody else releases it."
            )
        hold.let_go_by, hold.let_go_at = _name(by), at or last_change.next_of(_series(hold).pk)  # type: ignore[union-attr]  # of something it is
        hold.save(update_fields=["let_go_by", "let_go_at"])
        _record("hold_let_go", hold, by)


def _locked(hold: Hold) -> Hold:
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.let_go_at:
        raise CannotHold(f"{hold.let_go_by} has released {hold} already.")
    return hold


def _said(hold: Hold) -> tuple[str, ...]:
    """Which of the fields say what is held."""
    return tuple(name for name in HELD_BY if getattr(hold, f"{name}_id"))


def _record(action: str, hold: Hold, by: User | str) -> None:
    audit.record(action, by=by, series=_series(hold), subject=str(hold))


def _series(hold: Hold) -> Series | None:
    candidate = hold.entry.candidate if hold.entry else hold.candidate
    return (candidate.series or candidate.former_series) if candidate else hold.series


def _name(by: User | str) -> str:
    return by if isinstance(by, str) else by.username
