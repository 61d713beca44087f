"""Filters of the entries on a page: a qualification, a syllabus of it, an option of that.

It stands in the address: `?qualification=cambridge-igcse&syllabus=0580&option=AX`. What the entries at hand
do not have counts for nothing, and neither does an option without its syllabus.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.text import slugify

from results.staff_site.tallies import Counts, Tally, counted

NO_OPTION = "none"  # as an option's name in the address, where the board gave none


@dataclass(frozen=True)
class Part:
    """One choice: its address, how it reads, and what it comes to."""

    address: str
    name: str
    title: str
    counts: Counts


@dataclass(frozen=True)
class Scope:
    """Each is empty for all of them. `tallies`: of what the page is about."""

    qualification: str
    code: str
    option: str | None
    tallies: tuple[Tally, ...]

    @property
    def address(self) -> dict[str, str]:
        """What of the address says it."""
        said = {"qualification": slugify(self.qualification), "syllabus": self.code}
        if self.option is not None:
            said["option"] = self.option or NO_OPTION
        return {name: value for name, value in said.items() if value}

    @property
    def counts(self) -> Counts:
        return Counts(self.tallies)

    @property
    def title(self) -> str:
        return self.tallies[0].title if self.code else ""

    @property
    def condition(self) -> Q:
        """On entries: that they belong to it."""
        if self.option is not None:
            return Q(syllabus__code=self.code, option_code=self.option)
        if self.code:
            return Q(syllabus__code=self.code)
        if self.qualification:
            return Q(syllabus__qualification__name=self.qualification)
        return Q()

    @property
    def way_up(self) -> list[tuple[str, str]]:
        """What this is a part of, the largest first: how each reads, and its address."""
        if not self.qualification:
            return []
        slug = slugify(self.qualification)
        steps = [(self.qualification, urlencode({"qualification": slug}))]
        if self.code:
            of_it = urlencode({"qualification": slug, "syllabus": self.code})
            steps.append((f"{self.code} {self.title}", of_it))
        if self.option is not None:
            steps.append((f"Option {self.option or 'not given'}", urlencode(self.address)))
        return steps

    @property
    def parts(self) -> list[Part]:
        """Of what it consists: qualifications, or the syllabuses of one, or the options of one."""
        if self.option is not None:
            return []
        return [
            self._part(*key, counted(one for one in self.tallies if self._key(one) == key))
            for key in sorted({self._key(one) for one in self.tallies})
        ]

    def _key(self, one: Tally) -> tuple[str, str]:
        if self.code:
            return one.option, ""
        return (one.code, one.title) if self.qualification else (one.qualification, "")

    def _part(self, name: str, title: str, counts: Counts) -> Part:
        if self.code:
            said = {"option": name or NO_OPTION}
            name = f"Option {name}" if name else "No option given"
        else:
            said = {"syllabus": name} if self.qualification else {"qualification": slugify(name)}
        return Part(urlencode({**self.address, **said}), name, title, counts)


def scope_of(tallies: Iterable[Tally], asked: Mapping[str, Any]) -> Scope:
    """What is asked for of what is there."""
    found = tuple(tallies)
    qualification = code = ""
    option: str | None = None
    wanted = asked.get("qualification", "")
    if of_it := tuple(one for one in found if slugify(one.qualification) == wanted):
        found, qualification = of_it, of_it[0].qualification
    if of_it := tuple(one for one in found if one.code == asked.get("syllabus", "")):
        found, qualification, code = of_it, of_it[0].qualification, of_it[0].code
    wanted = asked.get("option", "")
    wanted = "" if wanted == NO_OPTION else wanted or None
    if code and (of_it := tuple(one for one in found if one.option == wanted)):
        found, option = of_it, wanted
    return Scope(qualification, code, option, found)
