"""Ticks: whom an officer has ticked in a list of candidates, from page to page, through a search and a filter; and
which centres, in a list of Associate Centres.

They are posted along and never kept in a session: `candidate` for each row that is ticked on the page, and in one
field, `also`, the numbers of all who are ticked and not on it.
"""

from collections.abc import Iterable

from django.http import QueryDict

EVERYBODY, NOBODY = "all", "none"  # of the field `tick`


def ticked_numbers(asked: QueryDict) -> set[str]:
    """Candidate numbers, of whatever centre: who reads them asks for its own alone."""
    also = asked.get("also", "").split()
    return set(filter(str.isdecimal, (*asked.getlist("candidate"), *also)))


def ticks_after(asked: QueryDict, found: Iterable[str]) -> set[str]:
    """Who is ticked when *Tick all* or *Untick* was pressed, if one was; `found` are those whom *all* means."""
    if asked.get("tick") == NOBODY:
        return set()
    return ticked_numbers(asked).union(found if asked.get("tick") == EVERYBODY else ())


def ticked_centres(asked: QueryDict) -> list[str]:
    """Numbers of the centres that are ticked or, with none ticked, of all that are shown; of whatever main centre, as
    above. A NUL, which PostgreSQL refuses to look for, is in none."""
    named = asked.getlist("centre") or asked.getlist("shown")
    return [number for number in named if number.isalnum()]
