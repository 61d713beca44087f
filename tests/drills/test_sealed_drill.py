"""The drill for sealed results in short, and that its scanner sees an outcome however it is written."""

import base64
import gzip
import io
import json
import random
import zipfile
from urllib.parse import quote_plus

import pytest
from django.db import connection

from centres.models import Series
from tests.drills.outcomes import Cohort, Scale
from tests.drills.scanner import Scanner
from tests.drills.test_drills import drill

ROW = 4_711
NOISE = random.Random(1).randbytes(1_000_000)


@pytest.fixture
def cohort() -> Cohort:
    """Of no database."""
    centres = [str(number) for number in range(10_001, 10_061)]
    scale = Scale(random.Random(7))
    return Cohort(
        Series(year=2026, month=6), scale, centres, 8_000, 5_000_001 << 24, 6_000_001 << 24
    )


@pytest.fixture
def scanner(cohort) -> Scanner:
    return Scanner(cohort)


def found(scanner: Scanner, *pieces: bytes) -> set[int]:
    scanner.look("here", pieces)
    return scanner.rows


def test_every_row_of_a_file_has_a_grade_of_its_own(cohort):
    written = {cohort.scale.written(row) for row in range(cohort.rows)}

    assert len(written) == cohort.rows == 20_000
    assert {len(one) <= 40 for one in written} == {True}


def test_rows_and_candidates_belong_together_in_either_direction(cohort):
    rows = [row for candidate in range(cohort.candidates) for row in cohort.rows_of(candidate)]

    assert rows == list(range(cohort.rows))
    for row in (0, ROW, cohort.rows - 1):
        candidate = cohort.candidate_of(row)
        centre, number = cohort.who(candidate).split()
        assert row in cohort.rows_of(candidate)
        assert cohort.numbered(cohort.centres.index(centre), int(number)) == candidate


def packed(content: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", content)
    return whole.getvalue()


WRITERS = {
    "as it stands": str.encode,
    "in small letters": lambda text: text.lower().encode(),
    "in UTF-16": lambda text: text.encode("utf-16"),
    "in UTF-16, the other way": lambda text: text.encode("utf-16-be"),
    "in UTF-32": lambda text: text.encode("utf-32"),
    "in hexadecimal": lambda text: text.encode().hex().encode(),
    "in large hexadecimal": lambda text: text.encode().hex().upper().encode(),
    "in base64": lambda text: base64.b64encode(text.encode()),
    "in base64, one further": lambda text: base64.b64encode(b"." + text.encode()),
    "in base64, two further": lambda text: base64.urlsafe_b64encode(b".." + text.encode()),
    "by gzip": lambda text: gzip.compress(text.encode()),
    "in a workbook": lambda text: packed(text.encode()),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_it_sees_a_grade_as_the_file_writes_it_with_nobody_named_beside_it(scanner, write):
    grade = scanner.scale.written(ROW)

    assert found(scanner, NOISE + write(f"{grade} and more of it") + NOISE) == {ROW}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_it_sees_a_grade_as_it_is_stored_beside_the_candidate(scanner, cohort, write):
    who = cohort.who(cohort.candidate_of(ROW))
    said = f"{who}, Mathematics: {cohort.scale.grade(ROW)} and more"

    assert found(scanner, NOISE + write(said) + NOISE) == {ROW}


def test_it_sees_a_grade_beside_a_primary_key(cohort):
    entry, candidate = cohort.first_entry + ROW, cohort.first_candidate + cohort.candidate_of(ROW)
    grade = cohort.scale.grade(ROW)
    for key in (entry, candidate):
        for said in (
            f"({key}, '{grade}', 73)".encode(),
            f'"{grade}", "{key}"'.encode(),
            key.to_bytes(8, "little") + b"\x17" + grade.encode(),
            grade.encode() + b"\0\0" + key.to_bytes(8, "big"),
        ):
            assert found(Scanner(cohort), NOISE, said, NOISE) == {ROW}


def test_it_sees_what_a_form_has_encoded_and_what_lies_across_two_pieces(scanner, cohort):
    said = NOISE + quote_plus(cohort.scale.written(ROW)).encode() + NOISE

    assert found(Scanner(cohort), said) == {ROW}
    for at in (len(NOISE) + 1, len(NOISE) + 9):
        assert found(Scanner(cohort), said[:at], said[at:]) == {ROW}


def test_it_tells_nothing_of_the_scale_of_candidates_and_of_noise(scanner, cohort):
    grades = " ".join(cohort.scale.grades).encode()
    entered = json.dumps([cohort.who(one) for one in range(cohort.candidates)]).encode()
    others = f"{cohort.who(0)}: {cohort.scale.grade(ROW)}".encode()

    assert found(scanner, NOISE, grades, NOISE, entered, NOISE, others, NOISE) == set()


def test_it_takes_no_list_of_the_scale_beside_a_candidate_for_results(scanner, cohort):
    options = "".join(f'<option value="{one}">{one}</option>' for one in cohort.scale.grades)
    page = "".join(f"{cohort.who(candidate)} {options}" for candidate in range(20))

    assert found(scanner, page.encode()) == set()


def test_it_sees_results_as_a_table_has_them_one_behind_the_other(scanner, cohort):
    rows = range(1_000, 2_000)
    table = (f"{cohort.first_entry + row}\t{cohort.scale.grade(row)}\n" for row in rows)

    assert found(scanner, "".join(table).encode()) == set(rows)


def test_it_sees_a_thousand_of_a_thousand(scanner, cohort):
    planted = set(random.Random(3).sample(range(cohort.rows), 1_000))
    lines = (
        f"{cohort.who(cohort.candidate_of(row))},{cohort.scale.written(row)}\n" for row in planted
    )

    assert found(scanner, "".join(lines).encode()) == planted


@pytest.mark.django_db
def test_nobody_reads_a_sealed_result_but_two_keyholders_and_a_killed_worker_loses_nothing(
    postgres_alone,
):
    done = drill("sealed", "--candidates", "400", "--times", "3", "--seed", "1")

    assert done["violations"] == []
    assert done["found"] == done["one_keyholder"] == 0
    assert done["two_keyholders"] == done["outcomes"] == 1_000
    assert done["planted_found"] == done["planted"] > 900
    assert done["kills"] == 3


@pytest.fixture
def postgres_alone() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("what is looked through is PostgreSQL's")
