"""The file for school systems: a line for each entry and component, which a program reads.

Its heads, their order and what stands under each are a promise (docs/school-systems.md): who has written a
program against them is not here to be asked. A new column goes behind the last; to rename or to take away one
breaks those programs, and needs a second kind of file beside this one.
"""

import re
from collections.abc import Iterator
from typing import Any

from centres.models import Series
from centres.names import surname_and_forenames
from results.components import Component
from results.staff_release import NOT_AVAILABLE, Outcome

HEADS = (
    *("Series", "Centre", "Candidate number", "UCI", "Surname", "Forenames"),
    *("Syllabus", "Option", "Component", "Raw mark", "Adjusted mark", "Component grade"),
    *("Grade", "PUM", "Status", "Status until"),
)
NUMBER = re.compile(r"\d{1,4}([.,]\d{1,6})?", re.ASCII)
NO_COMPONENT = Component("", "", "", "")


def rows_of(one: Outcome, series: Series) -> Iterator[list[Any]]:
    """One for each component that was sat; one where there are none, or none may be seen."""
    status, until = _status(one)
    surname, forenames = surname_and_forenames(one.name)
    who = [series.slug, one.centre, one.number, one.uci, surname, forenames]
    for of_it in one.components or [NO_COMPONENT]:
        yield [
            *(*who, one.code, one.option, of_it.number),
            *(_mark(of_it.raw), _mark(of_it.adjusted), of_it.grade),
            *(one.plain_grade, one.pum, status, until and f"{until:%Y-%m-%dT%H:%M:%SZ}"),
        ]


def _status(one: Outcome) -> tuple[str, Any]:
    """In a word, and until which instant (UTC) it holds, where that is known."""
    if one.withdrawn:
        return "Withdrawn", None
    if one.grade is None:
        return (NOT_AVAILABLE if one.not_available else "To be released"), one.awaited_at
    return ("Restricted", one.restricted_until) if one.restricted_until else ("Provisional", None)


def _mark(written: str) -> Any:
    """A number where it is one, and no word such as ABS."""
    if not NUMBER.fullmatch(written):
        return written
    return int(written) if written.isdigit() else float(written.replace(",", "."))
