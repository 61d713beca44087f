"""The heading of every file: what it is, of whom, when and by whom it was made, that results are
provisional, until when it must not be passed on, and from when the rest can be seen.

A PDF has it at its head, a workbook on a sheet of its own. A table begins with its heads, so that a
spreadsheet and a program read it alike: there each line says it, in the last columns."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Min
from django.utils import timezone

from centres.models import Entry, Syllabus
from centres.release_moments import Moment, moments
from core.dates import in_file_name, local, utc
from results.exports.selection import Selection
from results.staff_release import AWAITED, seen_by

PROVISIONAL = "Provisional results. For the centre's own information; not for universities."
WITHDRAWN = "Withdrawn"
ABOUT = ("Series", "Made", "Made by", "Status")  # the heads of what each line says of the file


@dataclass(frozen=True)
class Heading:
    """`restricted` and `awaited`: per instant (UTC), the qualifications that it is about. `shown`: those
    whose results it shows, where there are any."""

    title: str
    selection: Selection
    made_at: dt.datetime
    restricted: list[Moment]
    awaited: list[Moment]
    shown: list[str]

    @property
    def centre(self) -> str:
        also = " and its Associate Centres" if self.selection.together else ""
        return f"{self.selection.centre}{also}"

    @property
    def series(self) -> str:
        return str(self.selection.series)

    @property
    def made(self) -> str:
        return local(self.made_at, self.selection.centre)

    @property
    def by(self) -> str:
        return str(self.selection.user)

    @property
    def restricted_until(self) -> dt.datetime | None:
        return self.restricted[-1].instant if self.restricted else None

    @property
    def lines(self) -> list[tuple[str, str]]:
        """As a spreadsheet has it: what, and its value."""
        return [
            (self.title, PROVISIONAL),
            *(
                (f"RESTRICTED until {one.local}", f"Do not pass on: {_names(one)} ({one.utc})")
                for one in self.restricted
            ),
            ("Centre", self.centre),
            ("Series", self.series),
            ("Made", self.made),
            ("Made by", self.by),
            *((f"{AWAITED} {one.local}", f"{_names(one)} ({one.utc})") for one in self.awaited),
        ]

    @property
    def about(self) -> list[str]:
        """Under the heads ABOUT."""
        return [self.series, self.made, self.by, self.status]

    @property
    def status(self) -> str:
        """In a few words."""
        said = [f"RESTRICTED until {utc(one.instant)}: do not pass on" for one in self.restricted]
        said.append("Provisional, not for universities")
        said += [f"{AWAITED} {utc(one.instant)}: {_names(one)}" for one in self.awaited]
        return "; ".join(said)

    def file_name(self, extension: str) -> str:
        """No name of a file tells a grade; that it is restricted may be known."""
        parts = [
            self.title.lower().replace(" ", "-"),
            self.selection.series.slug,
            self.selection.centre.number,
            *(["all-centres"] if self.selection.together else []),
            in_file_name(self.made_at, self.selection.centre),
            *(["restricted"] if self.restricted else []),
        ]
        return f"{'-'.join(parts)}.{extension}"


def heading_of(title: str, selection: Selection, *, at: dt.datetime | None = None) -> Heading:
    """The head of a file made at this instant, by the earlier of two clocks (one query). What is
    restricted, or still to come, goes by the releases of what they are entered for, whether there is a
    result yet or not."""
    made_at = at or timezone.now()
    # What is entered at one centre for one qualification can be seen from one instant: one of each tells.
    one_of_each = (
        selection.entries.valid()
        .values("candidate__centre", "syllabus__qualification")
        .annotate(one=Min("pk"))
    )
    rows = (
        seen_by(selection.user, Entry.objects.filter(pk__in=one_of_each.values("one")), at=made_at)
        .order_by()
        .values_list("syllabus__qualification__name", "seen_from", "candidates_at", "gate_time")
        .distinct()
    )
    restricted: dict[str, dt.datetime] = {}
    awaited: dict[str, dt.datetime] = {}
    shown: set[str] = set()
    for qualification, seen_from, candidates_at, now in rows:
        made_at = min(made_at, now)
        if seen_from and seen_from > now:
            awaited[qualification] = max(seen_from, awaited.get(qualification, seen_from))
        elif seen_from:
            shown.add(qualification)
            if candidates_at > now:
                restricted[qualification] = candidates_at
    centre = selection.centre
    return Heading(
        title,
        selection,
        made_at,
        moments(restricted, centre),
        moments(awaited, centre),
        sorted(shown),
    )


def syllabuses_of(selection: Selection) -> list[Syllabus]:
    """All that they are entered for, in order of their codes (one query)."""
    entered = selection.entries.values(pk=F("syllabus"))
    return list(
        Syllabus.objects.filter(pk__in=entered).select_related("qualification").order_by("code")
    )


def _names(moment: Moment) -> str:
    return ", ".join(moment.qualifications)
