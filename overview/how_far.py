"""How far a main centre's Associate Centres are: each is counted once, by the first thing that it lacks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from credentials.associates.needs import EVERYTHING, CentreNeeds, Need

# What a centre is counted as: how a style sheet calls it, how people read it, which list shows it.
KINDS = {
    "ready": ("Ready", EVERYTHING),
    "download": ("To download", Need.DOWNLOAD.slug),
    "outdated": ("Outdated", Need.OUTDATED.slug),
    "making": ("Being made", EVERYTHING),
    "letters": ("Letters to make", Need.LETTERS.slug),
    "later": ("Letters later", EVERYTHING),
    "contact": ("No contact", Need.CONTACT.slug),
    "status": ("Not agreed", Need.STATUS.slug),
    "access": ("No access", Need.ACCESS.slug),
    "entries": ("No entries", EVERYTHING),
}
OF_NEED = {
    Need.DOWNLOAD: "download",
    Need.OUTDATED: "outdated",
    Need.LETTERS: "letters",
    Need.CONTACT: "contact",
    Need.STATUS: "status",
    Need.ACCESS: "access",
}
ROOM = 5  # hundredths of the drawing that a number needs


@dataclass(frozen=True)
class Part:
    """Of the drawing: where it begins and how wide it is, in hundredths."""

    slug: str
    words: str
    show: str
    count: int
    x: float
    width: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)

    @property
    def has_room(self) -> bool:
        return self.width >= ROOM


def how_far(rows: Iterable[CentreNeeds]) -> list[Part]:
    """The parts that there are, in the order of KINDS."""
    counts = Counter(kind_of(row) for row in rows)
    total, before, parts = counts.total(), 0, []
    for slug, (words, show) in KINDS.items():
        if count := counts[slug]:
            x, width = round(100 * before / total, 2), round(100 * count / total, 2)
            parts.append(Part(slug, words, show, count, x, width))
            before += count
    return parts


def kind_of(row: CentreNeeds) -> str:
    if not row.letters.entered:
        return "entries"
    if need := row.first_of(None):
        return OF_NEED[need]
    if row.under_way:
        return "making"
    return "later" if row.letters.without else "ready"
