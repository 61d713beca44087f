"""The file for school systems: its columns are a promise to programs of others (docs/school-systems.md)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from centres.models import Entry, Release
from results.components import Component
from results.exports.schools import HEADS
from results.exports.selection import Selection
from results.exports.spreadsheets import csv_of, xlsx_bytes
from results.exports.tables import table_of
from results.models import Result
from tests.builders import AFTER, IGCSE, STAFF_AT, hold, make_candidate, trust
from tests.results.downloaded import rows_of_csv, rows_of_xlsx

pytestmark = pytest.mark.one_database

MARKS = ("Raw mark", "Adjusted mark", "Component grade")


def sat(candidate, code: str, *components: tuple[str, str, str, str]) -> None:
    """The marks of these components, as the board's workbook gave them."""
    result = Result.objects.filter(entry__candidate=candidate, entry__syllabus__code=code)
    result.update(components=[Component(*one) for one in components])


def rows(world, *, user=None, at=AFTER, together=False) -> list[dict[str, str]]:
    of = Selection(user or world.officer, world.main, world.series, together=together)
    return rows_of_csv(b"".join(csv_of(table_of("schools", of, at=at))))


def test_its_heads_stay_as_they_are():
    """Red? Programs of schools read these heads. A new one goes behind the last, here, in docs/school-systems.md
    and in guidance. To rename or take away one is a second kind of file beside this one."""
    assert HEADS == (
        "Series",
        "Centre",
        "Candidate number",
        "UCI",
        "Surname",
        "Forenames",
        "Syllabus",
        "Option",
        "Component",
        "Raw mark",
        "Adjusted mark",
        "Component grade",
        "Grade",
        "PUM",
        "Status",
        "Status until",
    )


def test_every_head_is_documented_in_its_order():
    documents = Path(settings.BASE_DIR, "docs/school-systems.md").read_text()
    topic = Path(
        settings.BASE_DIR, "templates/guidance/topics/taking-results-away.html"
    ).read_text()

    assert re.findall(r"^\| `([^`]+)` \|", documents, re.M) == list(HEADS)
    told = topic.partition("<h2>The file for school systems</h2>")[2].partition("</dl>")[0]
    assert re.split(", ", ", ".join(re.findall("<dt>(.+?)</dt>", told))) == list(HEADS)


def test_an_entry_has_a_line_for_each_component_and_one_where_there_is_none(world):
    world.candidate.uci = "GB12345678901"
    world.candidate.save()
    Result.objects.filter(entry__candidate=world.candidate).update(pum=91)
    sat(world.candidate, "0580", ("02", "61", "60,5", "A"), ("12", "ABS", "", ""))

    found = [row for row in rows(world) if row["Syllabus"] in ("0580", "0610")]

    assert [tuple(row.values()) for row in found] == [
        (
            *("2026-06", "MAIN1", "0001", "GB12345678901", "BLOGGS", "Fred", "0580", "AX"),
            *("02", "61", "60.5", "A", "A", "91", "Provisional", ""),
        ),
        (
            *("2026-06", "MAIN1", "0001", "GB12345678901", "BLOGGS", "Fred", "0580", "AX"),
            *("12", "ABS", "", "", "A", "91", "Provisional", ""),
        ),
        (
            *("2026-06", "MAIN1", "0001", "GB12345678901", "BLOGGS", "Fred", "0610", "AX"),
            *("", "", "", "", "Q", "91", "Provisional", ""),
        ),
    ]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("O’NEILL-BLOGGS: Anna-Maria J.", ("O’NEILL-BLOGGS", "Anna-Maria J.")),
        ("王：小明", ("王", "小明")),
        ("محمد: عبد الرحمن", ("محمد", "عبد الرحمن")),
        ("Sukarno", ("Sukarno", "")),
        ("=1+1: @SUM(A1)", ("'=1+1", "'@SUM(A1)")),
    ],
)
def test_a_name_comes_in_its_parts_and_runs_nowhere(world, name, parts):
    world.candidate.name = name
    world.candidate.save()

    assert {(row["Surname"], row["Forenames"]) for row in rows(world)} == {parts}


def test_what_may_not_be_seen_has_no_grade_no_mark_and_says_until_when(world):
    sat(world.candidate, "0580", ("12", "61", "60", "A"))

    [first, *_] = rows(world, at=STAFF_AT)
    assert [first[head] for head in ("Component", *MARKS, "Grade", "PUM")] == [""] * 6
    assert (first["Status"], first["Status until"]) == ("To be released", "2026-08-13T05:00:00Z")

    hold(candidate=world.candidate)
    [first, *_] = rows(world)
    assert [first[head] for head in ("Component", *MARKS, "Grade")] == [""] * 5
    assert (first["Status"], first["Status until"]) == ("Not available yet", "")


def test_what_is_restricted_and_what_is_withdrawn_is_said(world):
    trust(world.officer)
    Release.objects.filter(qualification__name=IGCSE).update(staff_at=STAFF_AT)
    Entry.objects.filter(candidate=world.candidate, syllabus__code="0610").update(withdrawn=True)

    found = {row["Syllabus"]: row for row in rows(world, at=STAFF_AT)}

    restricted = found["0580"]
    assert (restricted["Grade"], restricted["Status"]) == ("A", "Restricted")
    assert restricted["Status until"] == "2026-08-13T05:00:00Z"
    assert (found["0610"]["Grade"], found["0610"]["Status"]) == ("", "Withdrawn")


@pytest.mark.parametrize("user", ["stranger", "associate_officer", "board"])
def test_nobody_else_is_given_a_grade_or_a_mark(world, user):
    sat(world.candidate, "0580", ("12", "61", "60", "A"))

    for row in rows(world, user=getattr(world, user)):
        assert [row[head] for head in ("Component", *MARKS, "Grade", "PUM")] == [""] * 6


def test_a_main_centre_has_every_centre_in_it_and_a_workbook_says_the_same(world):
    make_candidate(world.main, world.series, "0002", grades={"0620": "9"})
    of = Selection(world.officer, world.main, world.series, together=True)

    in_csv = rows(world, together=True)
    in_xlsx = rows_of_xlsx(xlsx_bytes(table_of("schools", of, at=AFTER)))

    assert {row["Centre"] for row in in_csv} == {"MAIN1", "ASC01", "ASC02"}
    assert [[str(cell) for cell in row.values()] for row in in_xlsx] == [
        list(row.values()) for row in in_csv
    ]
