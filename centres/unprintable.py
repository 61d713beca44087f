"""Candidates whose name cannot be printed have no letter; all others have theirs (rule 14).

A name must never be printed as boxes, nor may one name stop the letters of everybody else. All such
candidates are named at once: before letters are made, by the characters of their names, and with the
letters that were made without them. Nobody loses a login for a letter that could not be made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from centres.models import Candidate
from core.pdf.coverage import code, missing_in, named

WAY_ON = (
    "Ask the awarding body to have the name spelt in letters that can be printed, such as Latin letters; "
    "when it is corrected, create credentials for the candidate."
)
SHOWN = 8  # in a sentence


@dataclass(frozen=True)
class Unprintable:
    """One such candidate. Without `characters` the name, as long as it is, does not fit on a letter."""

    number: str
    name: str
    characters: str

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Each character, and its number as in U+0041."""
        return [(one, code(one)) for one in self.characters]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


def unprintable(candidate: Candidate) -> Unprintable | None:
    """What of the name cannot be printed; None for nearly everybody."""
    missing = missing_in(candidate.name)
    return Unprintable(candidate.number, candidate.name, missing) if missing else None


def recorded(found: Mapping[str, str]) -> list[Unprintable]:
    """What a letter file keeps of them (its `unprintable`), with their numbers and names of today."""
    if not found:
        return []
    rows = Candidate.objects.filter(pk__in=found).order_by("number")
    return [
        Unprintable(number, name, found[str(pk)])
        for pk, number, name in rows.values_list("pk", "number", "name")
    ]


def sentence(of: Iterable[Unprintable]) -> str:
    """All of them, by number, for where nobody else is left."""
    every = list(of)
    told = "; ".join(
        f"candidate {one.number}" + (f": {named(one.characters)}" if one.characters else "")
        for one in every[:SHOWN]
    )
    more = f"; and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return f"No letter could be made, as these names cannot be printed: {told}{more}. {WAY_ON}"
