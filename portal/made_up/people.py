"""Made-up candidates. Nobody of them exists; the same sizes give the same people."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from centres.loading.uci import check_letter

QUALIFICATION = "Cambridge IGCSE"
SUBJECTS = {
    "0580": "Mathematics",
    "0610": "Biology",
    "0620": "Chemistry",
    "0625": "Physics",
    "0450": "Business Studies",
    "0470": "History",
}
GRADES = "A* A B C D E F".split()
SURNAMES = (
    "ADEYEMI NÚÑEZ ŁUKASIEWICZ KAEWMANEE SHARMA IYER Ó-BRIAIN MÜLLER CHEN OKAFOR 李 الشريف".split()
)
FORENAMES = "Sita Zoë Mariam Wei Somchai Siobhán Linh Ayesha José Tomasz 婷婷 रोहन".split()


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up candidate."""

    centre: str
    number: str
    name: str
    born: dt.date

    @property
    def uci(self) -> str:
        digits = f"{self.centre}826{self.number}"
        return digits + check_letter(digits)


def people(numbers: Iterable[str], each: int) -> Iterator[Person]:
    """So many candidates at each of these centres."""
    return people_at((number, each) for number in numbers)


def people_at(sizes: Iterable[tuple[str, int]]) -> Iterator[Person]:
    """As many candidates at each centre as stand beside its number."""
    dice = random.Random(2026)  # noqa: S311  # nothing secret: the same people every time
    for centre, size in sizes:
        for number in range(1, size + 1):
            name = f"{dice.choice(SURNAMES)}: {dice.choice(FORENAMES)} {dice.choice(FORENAMES)}"
            born = dt.date(2010, dice.randint(1, 12), dice.randint(1, 28))
            yield Person(centre, f"{number:04}", name, born)
