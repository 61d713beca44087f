"""The selection of an export: the candidates of a centre, or some of them, such as “0001-0030, 0045”; or
those of a main centre and of all its Associate Centres together.

Whoever downloads it is recorded, at each of these centres. The trail says which kind of file it was, and
no grade.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.db.models import Q, QuerySet

from centres import audit
from centres.groups import COMMA, NUMBERS
from centres.models import AuditEvent, Candidate, Centre, Entry, EntryQuerySet, Series

SHOWN = 5  # numbers of those that are not there


class WrongNumbers(ValueError):
    """What cannot be understood, in a sentence."""


@dataclass(frozen=True)
class Selection:
    """For this person to download. `numbers`: of the candidates, when it is not all of them."""

    user: AbstractUser
    centre: Centre
    series: Series
    together: bool = False
    numbers: tuple[str, ...] = ()

    @property
    def centres(self) -> QuerySet[Centre]:
        of_it = Q(pk=self.centre.pk)
        if self.together:
            of_it |= Q(main_link__main=self.centre)
        return Centre.objects.filter(of_it).order_by("number")

    @property
    def entries(self) -> EntryQuerySet:
        """In no order, of the series; `results.staff_release` judges each of them."""
        entries = Entry.objects.filter(candidate__series=self.series)
        if self.together:
            entries = entries.filter(candidate__centre__in=self.centres.order_by().values("pk"))
        else:
            entries = entries.filter(candidate__centre=self.centre)
        if self.numbers:
            entries = entries.filter(candidate__number__in=self.numbers)
        return entries.order_by()

    @property
    def there(self) -> list[str]:
        """The numbers of all candidates at these centres in this series, in order (one query)."""
        of_them = Candidate.objects.filter(centre__in=self.centres, series=self.series)
        return list(of_them.order_by("number").values_list("number", flat=True).distinct())

    @property
    def how_many(self) -> int:
        """Candidates (one query)."""
        return self.entries.values("candidate").distinct().count()


def numbers_in(written: str, selection: Selection) -> tuple[str, ...]:
    """Of the numbers at its centres, in order, those that are written. A range may have gaps; a number
    that stands by itself must be there. Raises WrongNumbers."""
    there = selection.there
    chosen: set[str] = set()
    unknown = []
    for part in filter(None, (one.strip() for one in COMMA.split(written))):
        match = NUMBERS.fullmatch(part)
        if not match:
            raise WrongNumbers(
                f"“{part[:50]}” is not a candidate number or a range. Write four digits each, such as "
                "0001-0030, 0045."
            )
        first, last = match[1], match[2] or match[1]
        of_it = [number for number in there if first <= number <= last]
        chosen.update(of_it)
        if not of_it:
            unknown.append(part)
    if unknown:
        where = "at any of these centres" if selection.together else "at this centre"
        raise WrongNumbers(
            f"There is no candidate {', '.join(unknown[:SHOWN])} {where} in this series."
        )
    return tuple(number for number in there if number in chosen)


def record_download(
    selection: Selection, subject: str, *, action: str = "results_downloaded"
) -> None:
    """Before the first byte goes out. `subject`: what it was, such as “Broadsheet, CSV”."""
    centres = Centre.objects.filter(
        pk__in=selection.entries.values("candidate__centre").distinct()
    ).order_by("number")
    AuditEvent.objects.bulk_create(
        audit.event(
            action, by=selection.user, centre=centre, series=selection.series, subject=subject
        )
        for centre in centres
    )
