"""Groups of a centre's candidates, of the officer's choosing: letters can be printed in their order (rule 14).

Written one group to a line, `11A: 0001-0030, 0045`. A candidate is in one group or in none.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby

from django.contrib.auth.models import AbstractUser
from django.db import transaction

from centres import audit
from centres.edit_conflict import EditConflict
from centres.models import Candidate, Centre, Series

LONGEST = 50  # characters of a group's name
LONGEST_TEXT = 100_000  # characters: 9,999 numbers, one by one
SAID = 20  # lines that are said to be wrong
OFTEN = 10  # times that everybody may be named, of which one is meant
NUMBERS = re.compile(r"([0-9]{4})(?:\s*[-–]\s*([0-9]{4}))?")
COLON, COMMA = (
    re.compile("[:：]"),
    re.compile("[,،，;]"),
)  # as keyboards of many languages have them


class BadLines(Exception):
    """Lines that cannot be understood. `said`: of each of them, which it is and what is wrong."""

    def __init__(self, said: list[str]) -> None:
        super().__init__("\n".join(said))
        self.said = said


class BadLine(Exception):
    """What is wrong with one line."""


def read(text: str, numbers: list[str]) -> dict[str, str]:
    """Candidate number -> group. `numbers` are those of the centre, in order. Raises BadLines."""
    groups: dict[str, str] = {}
    wrong = []
    named = 0
    for at, line in enumerate(text.splitlines(), 1):
        try:
            for number, name in _line(line, numbers):
                named += 1
                if groups.setdefault(number, name) != name:
                    raise BadLine(f"candidate {number} is in {groups[number]} already.")
                if named > OFTEN * len(numbers):
                    raise BadLines(["These lines name candidates more than once. Name each once."])
        except BadLine as error:
            wrong.append(f"Line {at}: {error}")
    if wrong:
        more = len(wrong) - SAID
        raise BadLines([*wrong[:SAID], *([f"And {more} more lines."] if more > 0 else [])])
    return groups


def written(groups: Mapping[str, str]) -> str:
    """The lines for these groups, as `read` reads them; `groups` in order of candidate number."""
    ranges = _ranges(groups)
    names = sorted(filter(None, ranges), key=place)
    return "\n".join(f"{name}: {', '.join(ranges[name])}" for name in names)


def place(name: str) -> list[str | int]:
    """Where a group stands among others: 9B before 10A."""
    parts = re.split("([0-9]+)", name.casefold())  # every second one is digits
    return [int(part) if at % 2 else part for at, part in enumerate(parts)]


def groups_of(centre: Centre, series: Series) -> dict[str, str]:
    """Candidate number -> group, "" for none, in order of number."""
    rows = Candidate.objects.filter(centre=centre, series=series).order_by("number")
    return dict(rows.values_list("number", "group"))


def save(
    *,
    centre: Centre,
    series: Series,
    by: AbstractUser,
    groups: Mapping[str, str],
    was: str | None = None,
) -> None:
    """Put the centre's candidates into these groups (number -> group), all others into none.

    `was` is what the officer saw `written`: raises EditConflict when it is no longer so.
    """
    with transaction.atomic():
        # Its row serves as the lock: letters and loads need those of the candidates.
        Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
        rows = Candidate.objects.filter(centre=centre, series=series)
        everybody = list(rows.order_by("number"))
        before = written({one.number: one.group for one in everybody})
        if was is not None and was.splitlines() != before.splitlines():
            raise EditConflict
        changed = [one for one in everybody if one.group != groups.get(one.number, "")]
        if not changed:
            return
        for one in changed:
            one.group = groups.get(one.number, "")
        Candidate.objects.bulk_update(changed, ["group"], batch_size=500)
        audit.record(
            "groups_saved",
            by=by,
            centre=centre,
            series=series,
            old={"groups": before},
            new={"groups": written({one.number: one.group for one in everybody})},
        )


def put_in_group(
    *, centre: Centre, series: Series, by: AbstractUser, numbers: Collection[str], group: str
) -> int:
    """Put these candidates into a group, or with "" into none, and leave all others where they are. Says how
    many of them the centre has."""
    with transaction.atomic():
        Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
        now = groups_of(centre, series)
        mine = now.keys() & set(numbers)
        save(centre=centre, series=series, by=by, groups=now | dict.fromkeys(mine, group))
    return len(mine)


def _line(line: str, numbers: list[str]) -> Iterator[tuple[str, str]]:
    """Candidate number and group, for each who stands in a line. Raises BadLine."""
    if not line.strip():
        return
    name, *members = COLON.split(line, maxsplit=1)
    name = " ".join(name.split())
    if not name or not members or not members[0].strip():
        raise BadLine("write the group, a colon, and numbers: 11A: 0001-0030, 0045.")
    if len(name) > LONGEST:
        raise BadLine(f"a group's name has {LONGEST} characters at most.")
    for number in _members(members[0], numbers):
        yield number, name


def _members(text: str, numbers: list[str]) -> Iterator[str]:
    """`numbers` are in order."""
    for part in filter(None, map(str.strip, COMMA.split(text))):
        match = NUMBERS.fullmatch(part)
        if not match:
            raise BadLine(
                f"“{part[:LONGEST]}” is not a candidate number or a range like 0001-0030."
            )
        first, last = match[1], match[2] or match[1]
        if last < first:
            raise BadLine(f"the range {part} runs backwards.")
        found = numbers[bisect_left(numbers, first) : bisect_right(numbers, last)]
        if not found:
            raise BadLine(f"this centre has no candidate {part} in this series.")
        yield from found


def _ranges(groups: Mapping[str, str]) -> dict[str, list[str]]:
    """Group -> its candidates; those that follow one another in the list stand as a range."""
    ranges = defaultdict(list)
    for name, run in groupby(groups, groups.__getitem__):
        first, *others = run
        ranges[name].append(f"{first}-{others[-1]}" if others else first)
    return ranges
