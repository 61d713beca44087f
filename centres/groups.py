"""Groups of a centre's candidates, of the officer's choosing: letters can be printed in their order.

Written one group to a line, `11A: 0001-0030, 0045`. A candidate is in one group or in none.
"""

import re
from collections.abc import Mapping
from itertools import groupby

from django.db import transaction

from centres import audit
from centres.models import Candidate, Centre, Series, User

LONGEST = 50  # characters of a group's name
NUMBERS = re.compile(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?")


class BadLine(Exception):
    """A line that cannot be understood; the text says which, and what to do."""


def read(text: str, numbers: list[str]) -> dict[str, str]:
    """Candidate number -> group. `numbers` are those of the centre. Raises BadLine for the first."""
    groups: dict[str, str] = {}
    for at, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, colon, members = line.partition(":")
        name = " ".join(name.split())
        if not colon or not name or not members.strip():
            raise BadLine(
                f"Line {at}: write the group, a colon, and numbers: 11A: 0001-0030, 0045."
            )
        if len(name) > LONGEST:
            raise BadLine(f"Line {at}: a group's name has {LONGEST} characters at most.")
        for number in _members(members, numbers, at):
            if groups.setdefault(number, name) != name:
                raise BadLine(f"Line {at}: candidate {number} is in {groups[number]} already.")
    return groups


def written(groups: Mapping[str, str]) -> str:
    """The lines for these groups, as `read` reads them; `groups` in order of candidate number."""
    names = sorted({name for name in groups.values() if name})
    return "\n".join(f"{name}: {_ranges(groups, name)}" for name in names)


def groups_of(centre: Centre, series: Series) -> dict[str, str]:
    """Candidate number -> group, "" for none, in order of number."""
    rows = Candidate.objects.filter(centre=centre, series=series).order_by("number")
    return dict(rows.values_list("number", "group"))


def save(*, centre: Centre, series: Series, by: User, groups: Mapping[str, str]) -> None:
    """Put the centre's candidates into these groups (number -> group), all others into none."""
    with transaction.atomic():
        rows = Candidate.objects.filter(centre=centre, series=series).select_for_update()
        everybody = list(rows.order_by("number"))
        before = {one.number: one.group for one in everybody}
        changed = [one for one in everybody if one.group != groups.get(one.number, "")]
        if not changed:
            return
        for one in changed:
            one.group = groups.get(one.number, "")
        Candidate.objects.bulk_update(changed, ["group"], batch_size=500)
        after = {one.number: one.group for one in everybody}
        audit.record(
            "groups_saved",
            by=by,
            centre=centre,
            series=series,
            old={"groups": written(before)},
            new={"groups": written(after)},
        )


def _members(text: str, numbers: list[str], at: int) -> list[str]:
    members: list[str] = []
    for part in filter(None, map(str.strip, text.split(","))):
        match = NUMBERS.fullmatch(part)
        if not match:
            raise BadLine(
                f"Line {at}: “{part}” is no candidate number, nor a range like 0001-0030."
            )
        first, last = match[1], match[2] or match[1]
        found = [number for number in numbers if first <= number <= last]
        if not found:
            raise BadLine(f"Line {at}: this centre has no candidate {part}.")
        members += found
    return members


def _ranges(groups: Mapping[str, str], name: str) -> str:
    """Candidates that follow one another in the list stand as a range."""
    runs = [list(run) for is_in, run in groupby(groups, lambda one: groups[one] == name) if is_in]
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
