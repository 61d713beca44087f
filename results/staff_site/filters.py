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
    """Each is empty for all of them. `tallies`: of what the page is about, of `everything` that is there. One
    qualification alone is chosen by itself."""

    qualification: str
    code: str
    option: str | None
    tallies: tuple[Tally, ...]
    everything: tuple[Tally, ...]

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
    def qualifications(self) -> list[Part]:
        """All that there are."""
        of_each: dict[str, list[Tally]] = {}
        for one in self.everything:
            of_each.setdefault(one.qualification, []).append(one)
        return [
            Part(urlencode({"qualification": slugify(name)}), name, "", counted(found))
            for name, found in sorted(of_each.items())
        ]

    @property
    def syllabuses(self) -> list[tuple[str, str]]:
        """Code and title of those of this qualification, or of all."""
        of_it = (one for one in self.everything if self.qualification in ("", one.qualification))
        return sorted({(one.code, one.title) for one in of_it})

    @property
    def parts(self) -> list[Part]:
        """Of what it consists: syllabuses, or the options of one."""
        if self.option is not None:
            return []
        return [
            self._part(*key, counted(one for one in self.tallies if self.key(one) == key))
            for key in sorted({self.key(one) for one in self.tallies})
        ]

    def key(self, one: Tally) -> tuple[str, str]:
        """To which of the parts it belongs."""
        return (one.option, "") if self.code else (one.code, one.title)

    def _part(self, name: str, title: str, counts: Counts) -> Part:
        said = {"option": name or NO_OPTION} if self.code else {"syllabus": name}
        if self.code:
            name = f"Option {name}" if name else "No option given"
        return Part(urlencode({**self.address, **said}), name, title, counts)


def scope_of(tallies: Iterable[Tally], asked: Mapping[str, Any]) -> Scope:
    """What is asked for of what is there."""
    found = everything = tuple(tallies)
    names = {one.qualification for one in everything}
    qualification, code = names.pop() if len(names) == 1 else "", ""
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
    return Scope(qualification, code, option, found, everything)
