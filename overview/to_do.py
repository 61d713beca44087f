"""What candidates wait for, and who may do it now (rules 4 to 15).

A centre's own staff can do what its main centre has not kept for itself; a main centre's staff can do all of it
for its Associate Centres, for many in one go. What is being made, and what a date decides, waits for nobody. Each
thing that waits is put into words once, for *Administer exams* and for *Overview*, with one link or one button to
the page that asks or to the list. To give no access is a choice: nobody is urged to.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from django.urls import reverse

from centres.models import ContactChoice, Series
from credentials.associates.needs import CentreNeeds, Need


class Key(Enum):
    """The six steps, in their order: how a template calls each, and how people read it."""

    ACCESS = "Access"
    AGREEMENT = "Agreement"
    CONTACT = "Contact"
    LETTERS = "Letters"
    DOWNLOADED = "Downloaded"
    RELEASED = "Released"


STEP = {
    Need.ACCESS: Key.ACCESS,
    Need.STATUS: Key.AGREEMENT,
    Need.CONTACT: Key.CONTACT,
    Need.LETTERS: Key.LETTERS,
    Need.OUTDATED: Key.LETTERS,
    Need.DOWNLOAD: Key.DOWNLOADED,
}
MADE = {Need.LETTERS: "new", Need.OUTDATED: "outdated"}  # what the pages that ask call them


@dataclass(frozen=True)
class Ask:
    """A page that asks, and what is posted to it: `which` letters, at which of many centres."""

    address: str
    which: str
    centres: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToDo:
    """So many `candidates` wait at this step: in words, what to do, and where. `ask`: what the button posts, where it
    leads to a page that asks; else the action is a link. `centre`: whose pages these are."""

    step: Key
    candidates: int
    words: str
    icon: str
    action: str
    address: str
    centre: str
    why: str = ""
    ask: Ask | None = None
    may_act: bool = True


def to_do_at_own(
    row: CentreNeeds, series: Series, *, ahead: bool, for_main: str = "", at: str = ""
) -> Iterator[ToDo]:
    """Of one centre, for its own staff; or, with `for_main`, for staff of that main centre, who act for it. `ahead`:
    not all is released. `at` says which centre is meant, where there are several."""
    number, letters, needs = row.centre.number, row.letters, row.needs
    main = getattr(row.centre, "main_link", None)
    where = (series.slug, number)
    centre = reverse("credentials:centre", args=where)
    status = reverse("centres:edit_status", args=where)
    files = reverse("credentials:letter_files", args=where)
    create = reverse("credentials:create", args=where)
    blocked = Need.CONTACT in needs
    its_own = not main or row.terms.contact_choice == ContactChoice.CENTRE_DEFINED

    def made(need: Need, count: int, action: str, words: str, why: str = "") -> ToDo:
        icon = "refresh" if need is Need.OUTDATED else "letter"
        ask = Ask(create, MADE[need])
        step = Key.LETTERS
        return ToDo(step, count, words, icon, action, centre, number, why, ask, may_act=not blocked)

    if Need.OUTDATED in needs:
        count = letters.outdated
        yield made(Need.OUTDATED, count, f"Re-create {count:,}", outdated(count, at), STILL_WORK)
    if Need.DOWNLOAD in needs:
        count = letters.not_downloaded
        action = f"Download {_many(count, 'letter', 'letters')}"
        words = not_downloaded(count, at)
        yield ToDo(Key.DOWNLOADED, count, words, "download", action, files, number)
    if Need.LETTERS in needs:
        count = letters.without
        yield made(Need.LETTERS, count, f"Create credentials for {count:,}", without(count, at))
    if Need.CONTACT in needs and Need.STATUS not in needs:  # which is given together with it
        words = f"The contact for candidates{at} is missing"
        to_it = status if its_own else centre
        if for_main and not its_own:
            to_it = reverse("centres:subcentres", args=(series.slug, for_main))
        mine = bool(its_own or for_main)
        action = "Give the contact" if mine else "See who can give it"
        yield ToDo(
            Key.CONTACT,
            letters.entered,
            words,
            "phone",
            action,
            to_it,
            number,
            UNTIL_THEN,
            may_act=mine,
        )
    if Need.STATUS in needs and ahead:
        words = f"NO candidates{at} have access yet"
        action = f"Give {_many(letters.entered, 'candidate', 'candidates')} access"
        yield ToDo(Key.AGREEMENT, letters.entered, words, "people", action, status, number)
    if Need.ACCESS in needs and ahead and main and not for_main:
        words = f"{main.main.number} has not given this centre access yet"
        yield ToDo(
            Key.ACCESS,
            letters.entered,
            words,
            "lock",
            "See whom to ask",
            centre,
            number,
            may_act=False,
        )


def to_do_at_attached(
    rows: Collection[CentreNeeds], main: str, series: Series, *, ahead: bool, decided: bool
) -> Iterator[ToDo]:
    """Of a main centre's Associate Centres, for its staff. `decided`: somebody has chosen who has access."""
    glance = reverse("credentials:associates", args=(series.slug, main))
    create = reverse("credentials:batch_create", args=(series.slug, main))

    def waits(
        need: Need, at: list[CentreNeeds], count: int, words: str, icon: str, action: str
    ) -> ToDo:
        ask = None
        if need in MADE:
            ask = Ask(create, MADE[need], tuple(row.centre.number for row in at))
        why = {Need.OUTDATED: STILL_WORK, Need.CONTACT: UNTIL_THEN}.get(need, "")
        show = f"{glance}?show={need.slug}"
        return ToDo(STEP[need], count, words, icon, action, show, main, why, ask)

    def found(need: Need) -> list[CentreNeeds]:
        """Where this can be done: no letter is made where the contact is missing."""
        rows_ = [row for row in rows if need in row.needs]
        return [row for row in rows_ if need not in MADE or not row.contact_is_missing]

    if at := found(Need.OUTDATED):
        count = sum(row.letters.outdated for row in at)
        words = outdated(count, _centres(at))
        yield waits(Need.OUTDATED, at, count, words, "refresh", f"Re-create {count:,}")
    if at := found(Need.DOWNLOAD):
        count = sum(row.letters.not_downloaded for row in at)
        action = f"Download {_many(count, 'letter', 'letters')}"
        words = not_downloaded(count, _centres(at))
        yield waits(Need.DOWNLOAD, at, count, words, "download", action)
    if at := found(Need.LETTERS):
        count = sum(row.letters.without for row in at)
        words = without(count, _centres(at))
        yield waits(Need.LETTERS, at, count, words, "letter", f"Create credentials for {count:,}")
    if at := found(Need.CONTACT):
        words = f"The contact is missing{_centres(at)}"
        action = f"See {_many(len(at), 'centre', 'centres')}"
        yield waits(Need.CONTACT, at, _entered(at), words, "phone", action)
    if (at := found(Need.STATUS)) and ahead:
        words = f"{_many(len(at), 'Associate Centre', 'Associate Centres')} {_have(len(at))} not agreed yet"
        yield waits(Need.STATUS, at, _entered(at), words, "people", f"Edit status of {len(at):,}")
    at = found(Need.ACCESS)
    if at and ahead and not decided and not any(row.terms.access for row in rows):
        words = "No Associate Centre has access yet"
        to = reverse("centres:subcentres", args=(series.slug, main))
        action = "Choose who has access"
        yield ToDo(Key.ACCESS, _entered(at), words, "lock", action, to, main)


STILL_WORK = "The logins still work, and the website shows the true time and contact"
UNTIL_THEN = "Until then no credentials can be created there"


def outdated(many: int, at: str = "") -> str:
    return f"{_many(many, 'letter', 'letters')}{at} {'is' if many == 1 else 'are'} outdated"


def not_downloaded(many: int, at: str = "") -> str:
    return f"{_many(many, 'letter', 'letters')}{at} {_have(many)} not been downloaded"


def without(many: int, at: str = "") -> str:
    return f"{_many(many, 'candidate', 'candidates')}{at} {_have(many)} no letter"


def _centres(at: Collection[CentreNeeds]) -> str:
    return f" at {_many(len(at), 'Associate Centre', 'Associate Centres')}"


def _entered(at: Collection[CentreNeeds]) -> int:
    return sum(row.letters.entered for row in at)


def _have(many: int) -> str:
    return "has" if many == 1 else "have"


def _many(many: int, one: str, more: str) -> str:
    return f"{many:,} {one if many == 1 else more}"
