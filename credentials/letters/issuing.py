"""Issuing: what creating or re-creating credentials would do, and the request for it (rules 3, 11, 12 and 15).

Asking writes a letter file that says for whom; `credentials.letters.tasks` does the work in the background.
Whoever asks holds the centre's row: letters of one centre are asked for one after another, so that what
the ask page counted (`core.ask_pages`) still holds when the file is written.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import User
from centres import audit
from centres.models import Candidate, Centre, Entry, Series
from centres.status import with_access
from centres.unprintable import Unprintable, sentence
from centres.unprintable import unprintable as unprintable_name
from core.ask_pages import fingerprint, still_holds
from core.jobs import start_when_committed
from credentials.letters import storage
from credentials.letters.eligibility import NO_ACCESS, NO_ENTRY, CannotCreate, blocker
from credentials.letters.outdated import outdated_in
from credentials.models import Credentials, LetterBatch, LetterFile


@dataclass(frozen=True)
class Plan:
    """What creating credentials would do. `outdated`: how many of the replaced letters are so."""

    new: list[Candidate]
    replaced: list[Candidate]
    outdated: int
    impossible: dict[str, list[Candidate]]
    unprintable: dict[Candidate, Unprintable]
    blocker: str | None

    @property
    def count(self) -> int:
        return len(self.new) + len(self.replaced)

    @property
    def left_out(self) -> int:
        """How many of those asked for can have no letter."""
        return sum(map(len, self.impossible.values())) + len(self.unprintable)

    @property
    def asked(self) -> list[Candidate]:
        """All who were asked for, in order of candidate number."""
        left_out = [candidate for whom in self.impossible.values() for candidate in whom]
        return sorted([*self.wanted, *left_out], key=lambda candidate: candidate.number)

    @property
    def counted(self) -> str:
        """Who would get a letter, and which login would end by it: one that was made since the officer
        was asked is another, and perhaps printed by now."""
        return _counted(self.chosen)

    @property
    def counted_new(self) -> str:
        """The same, if only those without a login were asked for."""
        return _counted(self.new)

    @property
    def chosen(self) -> list[Candidate]:
        """Who gets a letter, in order of candidate number."""
        return sorted(self.new + self.replaced, key=lambda candidate: candidate.number)

    @property
    def wanted(self) -> list[Candidate]:
        """The same, and who would get one but for a name that cannot be printed: the file names them."""
        return sorted([*self.chosen, *self.unprintable], key=lambda candidate: candidate.number)


def _counted(chosen: list[Any]) -> str:
    """`chosen`: candidates with their `login`, as `_with_facts` reads them."""
    return fingerprint([(candidate.pk, candidate.login) for candidate in chosen])


def plan(
    *,
    centre: Centre,
    series: Series,
    candidates: QuerySet[Candidate],
    at: dt.datetime | None = None,
) -> Plan:
    """What would happen if these candidates' credentials were created now.

    Candidates of another centre or series are left out (a constant number of queries).
    """
    # First: letters that were ready by then are known to those who are read below.
    in_the_way = blocker(centre, series, at=at)
    new, replaced, impossible = [], [], {NO_ACCESS: [], NO_ENTRY: []}  # type: ignore[var-annotated]
    unprintable = {}
    for candidate in _with_facts(candidates.filter(centre=centre, series=series)):
        if not candidate.has_access:
            impossible[NO_ACCESS].append(candidate)
        elif not candidate.has_entry:
            impossible[NO_ENTRY].append(candidate)
        elif name := unprintable_name(candidate):
            unprintable[candidate] = name
        elif candidate.login:
            replaced.append(candidate)
        else:
            new.append(candidate)
    outdated = outdated_in(centre, series)
    return Plan(
        new=new,
        replaced=replaced,
        outdated=sum(candidate.pk in outdated for candidate in replaced),
        impossible={reason: whom for reason, whom in impossible.items() if whom},
        unprintable=unprintable,
        blocker=in_the_way,
    )


def request_letters(
    *,
    centre: Centre,
    series: Series,
    by: User,
    candidates: QuerySet[Candidate],
    counted: str | None = None,
    at: dt.datetime | None = None,
) -> LetterFile:
    """Ask for letters for those of these candidates who can have one, as was `counted`. Raises
    CannotCreate, and AskAgain with the plan of now."""
    with transaction.atomic():
        lock(Centre.objects.filter(pk=centre.pk))
        planned = plan(centre=centre, series=series, candidates=candidates, at=at)
        if planned.blocker:
            raise CannotCreate(planned.blocker)
        still_holds(planned, counted)
        if not planned.count and planned.unprintable:
            raise CannotCreate(sentence(planned.unprintable.values()))
        if not planned.count:
            raise CannotCreate("None of these candidates can have credentials now.")
        letter_file = new_letter_file(
            centre=centre,
            series=series,
            by=by,
            chosen=[candidate.pk for candidate in planned.wanted],
        )
        letter_file.save(force_insert=True)
        audit.record(
            "credentials_requested",
            by=by,
            centre=centre,
            series=series,
            subject=letter_file.audit_subject,
            new={"new": len(planned.new), "replaced": len(planned.replaced)},
        )
        start_when_committed(letter_file)
    return letter_file


def lock(centres: QuerySet[Centre]) -> None:
    """Until the end of the transaction nobody else asks for letters of these centres."""
    list(centres.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))


def new_letter_file(
    *,
    centre: Centre,
    series: Series,
    by: User,
    chosen: Iterable[int],
    batch: LetterBatch | None = None,
) -> LetterFile:
    """A letter file with a key of its own, not yet saved. `chosen`: candidates' primary keys, in the
    order of the letters."""
    file_id = uuid4()
    _, master_key_id, wrapped_key = storage.new_key(file_id)
    return LetterFile(
        id=file_id,
        batch=batch,
        centre=centre,
        series=series,
        asked_by=by.username,
        chosen=[*chosen],
        total=len([*chosen]),
        master_key_id=master_key_id,
        wrapped_key=wrapped_key,
    )


def _with_facts(candidates: QuerySet[Candidate]) -> QuerySet:
    live = Credentials.objects.live().filter(candidate=OuterRef("pk"))
    valid = Entry.objects.valid().filter(candidate=OuterRef("pk"))
    return (
        with_access(candidates)
        .annotate(login=Subquery(live.values("pk")[:1]), has_entry=Exists(valid))
        .order_by("number")
    )
