"""Made-up centres, candidates and marks. Nobody of them exists; the same sizes give the same people."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from centres.grades import kind_of
from centres.uci import check_letter
from results.components import Component, Components

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

CENTRES = [  # number, name, country, time zone, number of candidates
    ("MC100", "Riverbank International School", "Thailand", "Asia/Bangkok", 24),
    ("AC101", "Harbour View Academy", "Pakistan", "Asia/Karachi", 12),
    ("AC102", "Colegio Monte Claro", "Spain", "Europe/Madrid", 10),
    ("AC103", "Kauri Grove College", "New Zealand", "Pacific/Auckland", 8),
    ("AC104", "Palm Street School", "Mauritius", "Indian/Mauritius", 8),
    ("AC105", "Lotus Garden School", "China", "Asia/Shanghai", 8),
    ("OC200", "Hilltop Model School", "India", "Asia/Kolkata", 12),
]
WORDS = (
    "acorn amber birch brook cedar clover delta dune ember fern fjord garnet grove harbour hazel "
    "iris ivory jade juniper kelp lagoon lilac maple moss opal pine reed sage tide willow"
).split()
DEMO_SURNAMES = (
    "ADEYEMI NÚÑEZ ŁUKASIEWICZ KAEWMANEE SHARMA 李 الشريف สุวรรณ IYER Ó&BRIAIN MÜLLER CHEN".split()
)
DEMO_FORENAMES = (
    "Sita Zoë 婷婷 José&Ángel Mariam Wei रोहन Somchai Siobhán D’Arcy Linh Ayesha".split()
)


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
    dice = random.Random(2026)  # noqa: S311 # nosec B311 # nothing secret: the same people every time
    for centre, size in sizes:
        for number in range(1, size + 1):
            name = f"{dice.choice(SURNAMES)}: {dice.choice(FORENAMES)} {dice.choice(FORENAMES)}"
            born = dt.date(2010, dice.randint(1, 12), dice.randint(1, 28))
            yield Person(centre, f"{number:04}", name, born)


def marks(grade: str, seed: int) -> Components:
    """Of the components of a result, the same for the same seed. Two results in three have some, as with a
    real board: none that is without a grade, and of those that have, some candidates sat one alone."""
    if kind_of(grade) in ("X", "Q", "Y") or seed % 3 == 0:
        return ()
    numbers = ("12", "22", "42")[: 1 + seed % 4]
    given = [(number, 15 + seed * (7 + int(number)) % 60) for number in numbers]
    return tuple(Component(number, str(raw), str(raw + seed % 2), grade) for number, raw in given)
