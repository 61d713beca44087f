"""Outcomes that can be told from chance: candidates, entries, and for each of these a grade written as no other.

A grade of this scale is a word of ten letters that begins as nothing else does. A file may write it as Cambridge prints
it, `QZXJBCDFGH(qzxjbcdfgh)`, with spaces wherever it likes: which of the gaps have one is the number of the row, so
that a grade as it stands in the file tells whose it is, wherever it turns up. As it is stored, without them, sixteen
grades serve all: then it takes the entry or the candidate beside it. Their primary keys begin so high that no
eight bytes and no digits are taken for one by chance. All of it is arithmetic: 1.75 million need no memory.
"""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from centres.models import Candidate, Centre, Entry, Qualification, Series, Syllabus
from demo.cohort import bulk_insert
from demo.cohort.make import share
from demo.people import people_at
from loading.engine.loader import batches
from loading.kinds.results import ResultsFile

SENTINEL = "QZXJ"
LETTERS = "BCDFGHKLMNPRSTVW"
GRADES = 16
GAPS = 17  # bits of a row's number that spaces write; one more is always there
NUMBERS = GRADES << GAPS  # rows that can be told apart
AT_ONCE = 5_000
KEYS_FROM = 24  # bits of a primary key that count; those above are the same for all of a kind
SYLLABUSES = [f"{code:04}" for code in range(9101, 9107)]


class Scale:
    """Sixteen grades, and the spelling of each row's."""

    def __init__(self, dice: random.Random) -> None:
        ends: set[str] = set()
        while len(ends) < GRADES:
            ends.add("".join(dice.choices(LETTERS, k=6)))
        self.grades = [SENTINEL + end for end in sorted(ends)]
        self.number_of = {grade: number for number, grade in enumerate(self.grades)}
        # Odd, and so that no row's grade stands beside the one of the row before in the scale.
        self._times = dice.randrange(NUMBERS // GRADES) * GRADES + dice.choice(
            range(3, GRADES - 1, 2)
        )
        self._plus = dice.randrange(NUMBERS)
        self._back = pow(self._times, -1, NUMBERS)

    def grade(self, row: int) -> str:
        """As it is stored."""
        return self.grades[self._code(row) % GRADES]

    def written(self, row: int) -> str:
        """As it stands in the file."""
        code = self._code(row)
        grade, gaps = self.grades[code % GRADES], code // GRADES | 1 << GAPS
        printed = f"{grade[len(SENTINEL) :]}({grade.lower()})"
        spaced = (" " * (gaps >> at & 1) + letter for at, letter in enumerate(printed))
        return SENTINEL + "".join(spaced)

    def row(self, grade: str, gaps: int) -> int:
        """Whose this grade is, by the gaps that have a space."""
        code = (gaps & (1 << GAPS) - 1) * GRADES + self.number_of[grade]
        return (code - self._plus) * self._back % NUMBERS

    def pum(self, row: int) -> int:
        return self._code(row) * 37 % 101

    def _code(self, row: int) -> int:
        return (row * self._times + self._plus) % NUMBERS


@dataclass
class Cohort:
    """Candidates of a series with two or three entries each, at these centres; row 0 is the first entry."""

    series: Series
    scale: Scale
    centres: list[str]
    candidates: int
    first_candidate: int  # primary keys
    first_entry: int

    @property
    def rows(self) -> int:
        return self.candidates * 5 // 2

    def candidate_of(self, row: int) -> int:
        """Its place, from 0."""
        return -(-(row + 1) * self.candidates // self.rows) - 1

    def rows_of(self, candidate: int) -> range:
        first = candidate * self.rows // self.candidates
        return range(first, first + share(self.rows, self.candidates, candidate))

    def numbered(self, centre: int, number: int) -> int | None:
        """The place of the candidate of this number at the centre of that place."""
        first = centre * self.candidates // len(self.centres)
        here = share(self.candidates, len(self.centres), centre)
        return first + number - 1 if 1 <= number <= here else None

    def who(self, candidate: int) -> str:
        """Centre and candidate number."""
        centre = -(-(candidate + 1) * len(self.centres) // self.candidates) - 1
        first = centre * self.candidates // len(self.centres)
        return f"{self.centres[centre]} {candidate - first + 1:04}"

    def sizes(self) -> Iterator[tuple[str, int]]:
        for at, centre in enumerate(self.centres):
            yield centre, share(self.candidates, len(self.centres), at)

    def lines(self) -> Iterator[list[str | int]]:
        """Those of the file, in the order of the rows."""
        for at, person in enumerate(people_at(self.sizes())):
            for place, row in enumerate(self.rows_of(at)):
                who = [str(self.series), person.centre, person.number, _syllabus(at, place)]
                yield [*who, self.scale.written(row), self.scale.pum(row)]

    def file(self) -> bytes:
        """The results file, in memory alone."""
        text = io.StringIO()
        write = csv.writer(text, lineterminator="\n").writerow
        write(ResultsFile.columns)
        for line in self.lines():
            write(line)
        return text.getvalue().encode()


def make_cohort(
    series: Series, scale: Scale, centres: list[Centre], *, candidates: int, dice: random.Random
) -> Cohort:
    """Candidates and entries, without a result."""
    if candidates * 5 // 2 > NUMBERS:
        raise ValueError(f"at most {NUMBERS:,} rows can be told apart")
    first_candidate, first_entry = (_high(model, dice) for model in (Candidate, Entry))
    numbers = [centre.number for centre in centres]
    cohort = Cohort(series, scale, numbers, candidates, first_candidate, first_entry)
    keys = {centre.number: centre.pk for centre in centres}
    syllabuses = [syllabus.pk for syllabus in make_syllabuses(scale)]
    for batch in batches(enumerate(people_at(cohort.sizes())), AT_ONCE):
        bulk_insert.store(
            Candidate,
            ("id", "series_id", "centre_id", "number", "name", "date_of_birth", "uci"),
            [
                (
                    first_candidate + at,
                    series.pk,
                    keys[one.centre],
                    one.number,
                    one.name,
                    one.born,
                    "",
                )
                for at, one in batch
            ],
        )
        bulk_insert.store(
            Entry,
            ("id", "candidate_id", "syllabus_id", "option_code"),
            [
                (
                    first_entry + row,
                    first_candidate + at,
                    syllabuses[(at + place) % len(syllabuses)],
                    "AX",
                )
                for at, _ in batch
                for place, row in enumerate(cohort.rows_of(at))
            ],
        )
    bulk_insert.fsync(Candidate, Entry)
    return cohort


def make_syllabuses(scale: Scale) -> list[Syllabus]:
    """Of a qualification that ends in grades of this scale. Those that are there already are taken."""
    qualification, _ = Qualification.objects.get_or_create(
        name="Made-up Certificate", defaults={"grades": " ".join(scale.grades)}
    )
    return [
        Syllabus.objects.get_or_create(
            code=code, defaults={"title": f"Made-up {code}", "qualification": qualification}
        )[0]
        for code in SYLLABUSES
    ]


def _syllabus(candidate: int, place: int) -> str:
    return SYLLABUSES[(candidate + place) % len(SYLLABUSES)]


def _high(model: type[Candidate] | type[Entry], dice: random.Random) -> int:
    """A primary key of no small number, from which on all are free; those after them begin above."""
    first = dice.randrange(2**22, 2**23) << KEYS_FROM
    with connection.cursor() as cursor:
        sequence = "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)"
        cursor.execute(sequence, [model._meta.db_table, first + 2**KEYS_FROM])
    return first
