"""The tables that can be downloaded, row by row, of whatever size: the broadsheet, the listing, and the file
for school systems (`results.exports.schools`).

*Broadsheet*: a line for each candidate, a column for each syllabus, and in it the outcome as Cambridge
prints it. *Listing*: a line for each entry. What cannot be seen yet reads “Results to be released”, or “Not
available yet”. Beside the printed form stands the plain grade, by which a spreadsheet counts and sorts.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from centres.models import Syllabus
from core.dates import local, utc
from results.exports import schools
from results.exports.heading import ABOUT, WITHDRAWN, Heading, heading_of, syllabuses_of
from results.exports.selection import Selection
from results.models import What
from results.staff_release import Outcome, outcomes_of

Cell = str | int | float | None
Row = list[Cell]


@dataclass(frozen=True)
class Table:
    """`rows` are read from the database as they are asked for, once."""

    heading: Heading
    heads: list[str]
    rows: Iterator[Row]


@dataclass(frozen=True)
class Line:
    """A candidate on a broadsheet, and the outcomes by code of the syllabus."""

    centre: str
    number: str
    name: str
    uci: str
    outcomes: dict[str, Outcome]


def result_of(outcome: Outcome) -> str:
    """As it is read on every page and in every file."""
    if outcome.withdrawn:
        return WITHDRAWN
    return outcome.words


def table_of(
    what: str, selection: Selection, *, pum: bool = False, at: dt.datetime | None = None
) -> Table:
    """One of them, with all that this person may see at this instant."""
    if what == What.BROADSHEET:
        return broadsheet(selection, pum=pum, at=at)
    return listing(selection, at=at) if what == What.LISTING else for_schools(selection, at=at)


def broadsheet(selection: Selection, *, pum: bool = False, at: dt.datetime | None = None) -> Table:
    """`pum`: with a column for the percentage uniform mark after each syllabus."""
    heading = heading_of(What.BROADSHEET.label, selection, at=at)
    syllabuses = syllabuses_of(selection)
    heads = ["Centre", "Candidate number", "Name", "UCI"]
    for syllabus in syllabuses:
        heads += [_head(syllabus), f"{syllabus.code} Grade"]
        heads += [f"{syllabus.code} PUM"] if pum else []
    codes = [syllabus.code for syllabus in syllabuses]
    lines, about = lines_of(selection, at=heading.made_at), heading.about
    rows = ([*_broadsheet_row(line, codes, pum=pum), *about] for line in lines)
    return Table(heading, [*heads, *ABOUT], rows)


def lines_of(selection: Selection, *, at: dt.datetime) -> Iterator[Line]:
    """The lines of a broadsheet, in order of centre and candidate number (one query)."""
    outcomes = outcomes_of(selection.entries, user=selection.user, at=at)
    for _, group in groupby(outcomes, key=lambda one: one.candidate):
        of_one = list(group)
        first = of_one[0]
        yield Line(
            first.centre, first.number, first.name, first.uci, {one.code: one for one in of_one}
        )


def listing(selection: Selection, *, at: dt.datetime | None = None) -> Table:
    heading = heading_of(What.LISTING.label, selection, at=at)
    heads = [
        *("Centre", "Candidate number", "Name", "UCI", "Syllabus", "Title", "Qualification"),
        *("Option", "Result", "Grade", "PUM", "To be released (local)", "To be released (UTC)"),
        *ABOUT,
    ]
    return Table(heading, heads, _listing_rows(selection, heading))


def for_schools(selection: Selection, *, at: dt.datetime | None = None) -> Table:
    """A line for each entry and component."""
    heading = heading_of(What.SCHOOLS.label, selection, at=at)
    outcomes = outcomes_of(selection.entries, user=selection.user, at=heading.made_at)
    rows = (row for one in outcomes for row in schools.rows_of(one, selection.series))
    return Table(heading, list(schools.HEADS), rows)


def _listing_rows(selection: Selection, heading: Heading) -> Iterator[Row]:
    about = heading.about
    for one in outcomes_of(selection.entries, user=selection.user, at=heading.made_at):
        released = one.awaited_at if not one.withdrawn else None
        yield [
            *(one.centre, one.number, one.name, one.uci, one.code, one.title, one.qualification),
            *(one.option, result_of(one), one.plain_grade, one.pum),
            local(released, selection.centre) if released else None,
            utc(released) if released else None,
            *about,
        ]


def _broadsheet_row(line: Line, codes: list[str], *, pum: bool) -> Row:
    row: Row = [line.centre, line.number, line.name, line.uci]
    for code in codes:
        one = line.outcomes.get(code)
        row += [result_of(one), one.plain_grade] if one else [None, None]
        if pum:
            row.append(one.pum if one else None)
    return row


def _head(syllabus: Syllabus) -> str:
    return f"{syllabus.code} {syllabus.title}"
