"""The figures of *By qualification*: shares at the top, and a row for each syllabus, each compared where there is
enough of both."""

import pytest

from centres.grades import SCALES
from results.staff_site import figures
from results.staff_site.comparison import Choice, Comparison
from results.staff_site.filters import scope_of
from results.staff_site.tallies import Counts, Tally
from tests.builders import A_LEVEL, IGCSE


def tally(code: str, grade: str | None, many: int, of: str = IGCSE, option: str = "AX") -> Tally:
    scale = tuple(SCALES[of].split())
    named = ("MAIN1", of, scale, code, f"Syllabus {code}", option)
    return Tally(*named, False, grade, None, None, grade is None, many)


def counts(*tallies: Tally) -> Counts:
    return Counts(tallies)


def compared(*theirs: Tally, ours: tuple[Tally, ...]) -> Comparison:
    choice = Choice("main", "Main centre MAIN1", "MAIN1", None, None)
    return Comparison(choice, counts(*ours), counts(*theirs), shared=1, all_codes=1)


def test_a_single_qualification_has_its_best_band_and_its_best_two():
    ours = counts(tally("0580", "A*", 2), tally("0580", "B", 2), tally("0580", "E", 4))

    assert figures.headline(ours, None) == [
        figures.Share("A* and A", "25.0", ""),
        figures.Share("A* to C", "50.0", ""),
    ]


def test_a_change_is_in_points_and_what_is_compared_has_a_figure_of_its_own():
    ours = counts(tally("0580", "A", 8), tally("0580", "E", 2))
    theirs = counts(tally("0580", "A", 5), tally("0580", "E", 5), tally("0580", None, 3))

    assert [one.change for one in figures.headline(ours, theirs)] == ["+30.0", "+30.0"]
    assert figures.beside_it(theirs) == figures.Share("A* to C", "50.0", "")


@pytest.mark.parametrize(("ours", "theirs"), [(9, 10), (10, 9)])
def test_a_few_are_not_compared(ours, theirs):
    found = figures.headline(counts(tally("0580", "A", ours)), counts(tally("0580", "A", theirs)))

    assert {one.change for one in found} == {""}


def test_a_level_and_as_level_and_two_qualifications_are_told_apart():
    ours = counts(
        tally("0580", "C", 1), tally("9702", "A", 1, A_LEVEL), tally("9702", "b", 1, A_LEVEL)
    )

    assert [one.of for one in figures.headline(ours, None)] == [
        f"{IGCSE}, A* to C",
        "A Level, A* to C",
        "AS Level, a to c",
    ]


def test_each_syllabus_is_compared_by_itself_where_ten_are_on_both_sides():
    ours = (tally("0580", "A", 10), tally("0610", "A", 9))
    theirs = (tally("0580", "E", 10), tally("0610", "A", 30))

    rows = figures.rows_of(scope_of(ours, {}), compared(*theirs, ours=ours))

    assert [(row.part.name, [one.change for one in row.lines]) for row in rows] == [
        ("0580", ["+100.0"]),
        ("0610", [""]),
    ]


def test_a_syllabus_with_both_levels_has_a_line_and_a_bar_for_each():
    ours = (tally("9702", "A", 1, A_LEVEL), tally("9702", "d", 1, A_LEVEL))

    [row] = figures.rows_of(scope_of(ours, {}), None)

    assert [(one.level, one.best, one.two, len(one.pieces)) for one in row.lines] == [
        ("A Level", "100.0", "100.0", 1),
        ("AS Level", "0.0", "0.0", 1),
    ]
    assert figures.heads_of(counts(*ours)) == ("A*–A", "A*–C")


def test_of_a_syllabus_the_options_stand_each_in_a_row():
    ours = (tally("0580", "A", 1, option="AX"), tally("0580", "C", 3, option="BY"))

    rows = figures.rows_of(scope_of(ours, {"syllabus": "0580"}), None)

    assert [(row.part.name, row.lines[0].best) for row in rows] == [
        ("Option AX", "100.0"),
        ("Option BY", "0.0"),
    ]


def test_nothing_that_may_not_be_seen_is_in_a_share():
    ours = (tally("0580", None, 5),)

    assert figures.headline(counts(*ours), None) == []
    assert [row.lines for row in figures.rows_of(scope_of(ours, {}), None)] == [[]]
