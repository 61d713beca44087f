"""The six steps of a series: Access → Agreement → Contact → Letters → Downloaded → Released (rules 4 to 19).

Each is done, next, needs something, later (a date or an earlier step decides) or not yours. *Next* is the step at which
most candidates wait and which this person may do now; on results day it is the call list. To give no access is a
choice: it is counted and never needs something. At a main centre access, agreement and contact are counted in
centres, the rest in candidates; at one centre all is counted in candidates.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from django.urls import reverse
from django.utils import dateformat

from centres.models import Status
from centres.workspace import BY_KEY
from core.dates import minute_this_year
from credentials.associates.needs import CentreNeeds, Need
from overview.reading import Reading
from overview.to_do import Key, ToDo, to_do_at_attached, to_do_at_own

MOST = 5  # things to do after the next
NOTHING = "Nothing is to be done now."


class State(Enum):
    """How a template calls a state, how who listens hears it, and its sign."""

    DONE = ("done", "Done", "tick")
    NEXT = ("next", "Next", "right")
    NEEDS = ("needs", "Needs something", "exclaim")
    LATER = ("later", "Later", "clock")
    NOT_YOURS = ("not-yours", "Not yours", "dash")

    @property
    def slug(self) -> str:
        return self.value[0]

    @property
    def words(self) -> str:
        return self.value[1]

    @property
    def icon(self) -> str:
        return self.value[2]


@dataclass(frozen=True)
class Step:
    """`done` of so many, in `unit`; `note` says what is left, at `address`."""

    key: Key
    state: State
    done: int
    of: int
    note: str
    address: str
    unit: str = ""

    @property
    def figure(self) -> str:
        return f"{self.done:,}"

    @property
    def out_of(self) -> str:
        unit = self.unit.removesuffix("s") if self.of == 1 else self.unit
        return f"{self.of:,} {unit}".rstrip()

    @property
    def share(self) -> float:
        """How long the short bar is, in hundredths; whole only where nothing is left."""
        return round(100 * self.done / self.of, 1) if self.of else 0


@dataclass(frozen=True)
class Line:
    """The readiness line: the steps, what is next, if anything, what comes after that, and `sentence`: when results
    can be seen, or from when credentials can be created. `told`: what is said where nothing is next."""

    steps: list[Step]
    next: ToDo | None
    after: list[ToDo]
    sentence: str
    told: str


def line_of(reading: Reading) -> Line:
    """The readiness line of what was read (no query)."""
    waiting = to_do_in(reading)
    first = next_of(reading, waiting)
    rest = sorted((one for one in waiting if one is not first), key=lambda one: -one.candidates)
    steps = (_access, _agreement, _contact, _letters, _downloaded, _released)
    return Line(
        steps=[step(reading, waiting, first) for step in steps],
        next=first,
        after=[one for one in rest if one.may_act][:MOST],
        sentence=sentence(reading),
        told=next((f"{one.words}." for one in waiting if not one.may_act), NOTHING),
    )


def to_do_in(reading: Reading, *, attached: bool = True) -> list[ToDo]:
    """All that waits at the centre itself and, at a main centre, at its Associate Centres."""
    acting, at = reading.acting, " at your own centre" if reading.is_main else ""
    for_main = acting.home.number if acting.acts_for_associate else ""
    own = to_do_at_own(reading.own, acting.series, ahead=reading.ahead, for_main=for_main, at=at)
    if not attached:
        return list(own)
    at_attached = to_do_at_attached(
        reading.attached,
        acting.centre.number,
        acting.series,
        ahead=reading.ahead,
        decided=reading.decided,
    )
    return [*own, *at_attached]


def next_of(reading: Reading, waiting: Collection[ToDo]) -> ToDo | None:
    if reading.is_results_day and any(row.letters.live for row in reading.given):
        return _call_list(reading)
    mine = [one for one in waiting if one.may_act]
    at = Counter[Key]()
    for one in mine:
        at[one.step] += one.candidates
    first = list(Key).index
    return max(mine, key=lambda one: (at[one.step], -first(one.step), one.candidates), default=None)


def sentence(reading: Reading) -> str:
    acting = reading.acting
    if not acting.series.credentials_open(reading.at):
        day = dateformat.format(acting.series.credentials_from, "j F Y")
        return f"Credentials can be created from {day}."
    if reading.first_release is None:
        return "" if reading.visible_from else "The release has not been set yet."
    first = reading.first_release == min(reading.visible_from.values())
    what = "Results" if first else "More results"
    return f"{what} can be seen {in_days(reading.days_until(reading.first_release))}."


def in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _call_list(reading: Reading) -> ToDo:
    acting = reading.acting
    address = reverse("results_day:call_list", args=[acting.series.slug, acting.centre.number])
    address += "?together" if reading.is_main else ""
    words = "Results can be seen. The call list names who has not seen theirs"
    return ToDo(Key.RELEASED, 0, words, "phone", "Call list", address, acting.centre.number)


def _state(key: Key, waiting: Collection[ToDo], first: ToDo | None, otherwise: State) -> State:
    """Amber only where this person can act."""
    if first and first.step is key:
        return State.NEXT
    if any(one.step is key and one.may_act for one in waiting):
        return State.NEEDS
    return otherwise


def _access(reading: Reading, waiting: Collection[ToDo], first: ToDo | None) -> Step:
    where = _where(reading)
    if not reading.is_main:
        main, entered = reading.acting.main, reading.own.letters.entered
        done = entered if reading.own.terms.access else 0
        if main is None:
            note, state, page = "No main centre decides", State.DONE, "centres:edit_status"
        else:
            note = f"{'Given' if done else 'Not given'} by {main.number}"
            state, page = State.NOT_YOURS, "credentials:centre"
            if reading.acting.acts_for_associate:
                state = State.DONE
        address = reverse(page, args=where)
        if main and reading.acting.acts_for_associate:
            address = reverse("centres:subcentres", args=[where[0], main.number])
        return Step(Key.ACCESS, state, done, entered, note, address, "candidates")
    given = sum(row.terms.access for row in reading.entered)
    none = len(reading.entered) - given
    chosen = State.DONE if given or reading.decided else State.LATER
    state = _state(Key.ACCESS, waiting, first, chosen)
    address = reverse("centres:subcentres", args=where)
    note = f"{none:,} without access" if none else "All have access"
    return Step(Key.ACCESS, state, given, len(reading.entered), note, address, "centres")


def _agreement(reading: Reading, waiting: Collection[ToDo], first: ToDo | None) -> Step:
    if not reading.is_main:
        letters, status = reading.own.letters, reading.own.arrangement
        agreed = status.status != Status.NONE
        state = _state(Key.AGREEMENT, waiting, first, _done(agreed))
        note = status.get_status_display()
        address = reverse("centres:edit_status", args=_where(reading))
        return Step(
            Key.AGREEMENT, state, letters.with_access, letters.entered, note, address, "candidates"
        )
    done = sum(row.arrangement.status != Status.NONE for row in reading.given)
    left = len(reading.given) - done
    state = _state(Key.AGREEMENT, waiting, first, _done(bool(reading.given) and not left))
    note = f"{left:,} {'has' if left == 1 else 'have'} not" if left else "All have agreed"
    note = note if reading.given else "After access"
    address = _glance(reading, Need.STATUS if left else None)
    return Step(Key.AGREEMENT, state, done, len(reading.given), note, address, _with(reading))


def _contact(reading: Reading, waiting: Collection[ToDo], first: ToDo | None) -> Step:
    if not reading.is_main:
        row = reading.own
        entered = row.letters.entered
        complete = row.terms.contact.complete
        otherwise = _done(complete) if complete or reading.settles_access else State.NOT_YOURS
        if not complete and Need.STATUS in row.needs:
            otherwise = State.LATER  # is given together with the agreement
        state = _state(Key.CONTACT, waiting, first, otherwise)
        note = row.terms.contact.name if complete else "None yet"
        address = reverse("centres:edit_status", args=_where(reading))
        return Step(
            Key.CONTACT, state, entered if complete else 0, entered, note, address, "candidates"
        )
    left = sum(not row.terms.contact.complete for row in reading.given)
    state = _state(Key.CONTACT, waiting, first, _done(bool(reading.given) and not left))
    note = f"{left:,} {'has' if left == 1 else 'have'} none" if left else "All have one"
    note = note if reading.given else "After access"
    address = _glance(reading, Need.CONTACT if left else None)
    of = len(reading.given)
    return Step(Key.CONTACT, state, of - left, of, note, address, _with(reading))


def _with(reading: Reading) -> str:
    """A main centre gives access to the others, but is one of those that agree and name a contact."""
    return "with yours" if reading.own in reading.given and len(reading.given) > 1 else ""


def _letters(reading: Reading, waiting: Collection[ToDo], first: ToDo | None) -> Step:
    rows = reading.given
    of, made = _sum(rows, "with_access"), _sum(rows, "made")
    old, left = _sum(rows, "outdated"), of - made
    state = _state(Key.LETTERS, waiting, first, _done(bool(of) and not left and not old))
    if not reading.acting.series.credentials_open(reading.at):
        note = f"From {dateformat.format(reading.acting.series.credentials_from, 'j F')}"
    elif left:
        note = f"{left:,} to make"
    elif old:
        note = f"{old:,} outdated"
    else:
        note = "All are made" if of else "After the agreement"
    address = reverse("credentials:centre", args=_where(reading))
    if reading.is_main:
        address = _glance(reading, Need.LETTERS if left else Need.OUTDATED if old else None)
    return Step(Key.LETTERS, state, made, of, note, address)


def _downloaded(reading: Reading, waiting: Collection[ToDo], first: ToDo | None) -> Step:
    rows = reading.given
    of, done = _sum(rows, "live"), _sum(rows, "downloaded")
    left = _sum(rows, "not_downloaded")
    state = _state(Key.DOWNLOADED, waiting, first, _done(bool(of) and done == of))
    note = f"{left:,} to download" if left else "Nothing to download" if of else "After the letters"
    address = reverse("credentials:letter_files", args=_where(reading))
    if reading.is_main:
        address = _glance(reading, Need.DOWNLOAD if left else None)
    return Step(Key.DOWNLOADED, state, done, of, note, address)


def _released(reading: Reading, waiting: Collection[ToDo], first: ToDo | None) -> Step:
    seen, centre = reading.visible_from.values(), reading.acting.centre
    done = sum(one <= reading.at for one in seen)
    state = _state(Key.RELEASED, waiting, first, _done(bool(seen) and done == len(seen)))
    note = "All can be seen" if seen else "Not set yet"
    if instant := reading.first_release:
        day = minute_this_year(instant, centre).rpartition(",")[0]
        note = f"{day}, {in_days(reading.days_until(instant))}"
    address = BY_KEY["results_day"].address(*_where(reading))
    return Step(Key.RELEASED, state, done, len(seen), note, address)


def _done(is_done: bool) -> State:
    return State.DONE if is_done else State.LATER


def _sum(rows: Collection[CentreNeeds], name: str) -> int:
    return sum(getattr(row.letters, name) for row in rows)


def _where(reading: Reading) -> tuple[str, str]:
    return reading.acting.series.slug, reading.acting.centre.number


def _glance(reading: Reading, need: Need | None) -> str:
    page = reverse("credentials:associates", args=_where(reading))
    return f"{page}?show={need.slug if need else 'all'}"
