"""Create and re-create credentials: what would happen, and asking for it (rules 3, 11, 12 and 15).

Asking writes a letter file that says for whom; `credentials.making` does the work in the background.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from centres import audit
from centres.errors import log_error
from centres.models import Candidate, Centre, Entry, Series, User
from centres.status import with_access
from centres.work import start_when_committed
from credentials import vault
from credentials.models import Credentials, LetterBatch, LetterFile
from credentials.obstacles import NO_ACCESS, NO_ENTRY, UNDER_WAY, CannotCreate, obstacle
from credentials.outdated import outdated_in

__all__ = ["CannotCreate", "Plan", "obstacle", "plan", "request_letters"]


@dataclass(frozen=True)
class Plan:
    """What creating credentials would do. `outdated`: how many of the replaced letters are so;
    `newest`: the letter file that was asked for last, by whomever."""

    new: list[Candidate]
    replaced: list[Candidate]
    outdated: int
    impossible: dict[str, list[Candidate]]
    obstacle: str | None
    newest: UUID | None

    @property
    def count(self) -> int:
        return len(self.new) + len(self.replaced)

    @property
    def left_out(self) -> int:
        """How many of those asked for can have no letter."""
        return sum(map(len, self.impossible.values()))

    @property
    def asked(self) -> list[Candidate]:
        """All who were asked for, in order of candidate number."""
        left_out = [candidate for whom in self.impossible.values() for candidate in whom]
        return sorted([*self.chosen, *left_out], key=lambda candidate: candidate.number)

    @property
    def counted(self) -> str:
        """What the officer is asked, in short: a plan that counts otherwise must be asked anew.

        So must one that replaces logins made since, though they be as many: another officer has
        perhaps printed their letters by now.
        """
        return self._counted(len(self.replaced))

    @property
    def counted_new(self) -> str:
        """The same, if only those without a login were asked for."""
        return self._counted(0)

    def _counted(self, replaced: int) -> str:
        counts = f"{len(self.new)} new, {replaced} replaced"
        return f"{counts}, after {self.newest}" if self.newest else counts

    @property
    def chosen(self) -> list[Candidate]:
        """Who gets a letter, in order of candidate number."""
        return sorted(self.new + self.replaced, key=lambda candidate: candidate.number)


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
    new, replaced, impossible = [], [], {NO_ACCESS: [], NO_ENTRY: []}  # type: ignore[var-annotated]
    for candidate in _with_facts(candidates.filter(centre=centre, series=series)):
        if not candidate.has_access:
            impossible[NO_ACCESS].append(candidate)
        elif not candidate.has_entry:
            impossible[NO_ENTRY].append(candidate)
        elif candidate.has_login:
            replaced.append(candidate)
        else:
            new.append(candidate)
    outdated = outdated_in(centre, series)
    files = LetterFile.objects.filter(centre=centre, series=series)
    return Plan(
        new=new,
        replaced=replaced,
        outdated=sum(candidate.pk in outdated for candidate in replaced),
        impossible={reason: whom for reason, whom in impossible.items() if whom},
        # In this order: a file that comes between the two is then an obstacle, never only a new count.
        newest=files.order_by("asked_at").values_list("pk", flat=True).last(),
        obstacle=obstacle(centre, series, at=at),
    )


def request_letters(
    *,
    centre: Centre,
    series: Series,
    by: User,
    candidates: QuerySet[Candidate],
    at: dt.datetime | None = None,
) -> LetterFile:
    """Ask for letters for those of these candidates who can have one. Raises CannotCreate."""
    planned = plan(centre=centre, series=series, candidates=candidates, at=at)
    if planned.obstacle:
        raise CannotCreate(planned.obstacle)
    if not planned.count:
        raise CannotCreate("None of these candidates can have credentials now.")
    letter_file = new_letter_file(
        centre=centre,
        series=series,
        by=by,
        chosen=[candidate.pk for candidate in planned.chosen],
    )
    try:
        with transaction.atomic():
            letter_file.save(force_insert=True)
            audit.record(
                "credentials_requested",
                by=by,
                centre=centre,
                series=series,
                subject=f"Letter file {letter_file.pk}",
                new={"new": len(planned.new), "replaced": len(planned.replaced)},
            )
            start_when_committed(letter_file)
    except IntegrityError as error:  # of two who ask at once, the second
        log_error(error, f"letters of {centre.number}, {series.slug}")
        raise CannotCreate(UNDER_WAY) from None
    return letter_file


def new_letter_file(
    *,
    centre: Centre,
    series: Series,
    by: User,
    chosen: list[int],
    batch: LetterBatch | None = None,
) -> LetterFile:
    """A letter file with a key of its own, not yet saved. `chosen`: candidates' primary keys, in the
    order of the letters."""
    file_id = uuid4()
    _, master_key_id, wrapped_key = vault.new_key(file_id)
    return LetterFile(
        id=file_id,
        batch=batch,
        centre=centre,
        series=series,
        asked_by=by.username,
        chosen=chosen,
        total=len(chosen),
        master_key_id=master_key_id,
        wrapped_key=wrapped_key,
    )


def _with_facts(candidates: QuerySet[Candidate]) -> QuerySet:
    live = Credentials.objects.live().filter(candidate=OuterRef("pk"))
    valid = Entry.objects.valid().filter(candidate=OuterRef("pk"))
    return (
        with_access(candidates)
        .annotate(has_login=Exists(live), has_entry=Exists(valid))
        .order_by("number")
    )
