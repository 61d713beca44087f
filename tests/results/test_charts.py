"""How a distribution is drawn: lengths, shares, levels, bands and words."""

from collections import Counter

import pytest

from centres.grades import SCALES
from results.staff_site.charts import charts_of, points, strips
from results.staff_site.tallies import Distribution
from tests.builders import A_LEVEL, IGCSE


def drawn(of: str = IGCSE, /, **counts: int) -> Distribution:
    return Distribution(of, tuple(SCALES[of].split()), Counter(counts))


def test_the_longest_bar_is_that_of_the_most_frequent_and_the_others_are_in_proportion():
    [chart] = charts_of(drawn(A=4, B=1))
    found = {bar.label: (bar.count, bar.share, bar.or_better, bar.width) for bar in chart.bars}

    assert found["A"] == (4, "80.0", "80.0", "56.00%")
    assert found["B"] == (1, "20.0", "100.0", "14.00%")
    assert found["UNGRADED"] == (0, "0.0", "100.0", "0.00%")
    assert [bar.y for bar in chart.bars] == list(range(0, chart.height, 26))


def test_what_is_compared_has_a_tick_and_the_change_is_that_of_or_better_in_points():
    [chart] = charts_of(drawn(A=4, B=6), drawn(A=2, B=8))
    a, b = chart.bars[1:3]

    assert (a.compared, a.change) == ("20.0", "+20.0")
    assert (b.compared, b.change, b.tick) == ("80.0", "0.0", "70.00%")
    assert (a.ours.height, b.ours.height, b.theirs.height) == (92, 138, 184)
    assert chart.lines == [(0, 208.0), (20, 162.0), (40, 116.0), (60, 70.0), (80, 24.0)]


@pytest.mark.parametrize(("ours", "theirs"), [({"A": 9}, {"A": 10}), ({"A": 10}, {"B": 9})])
def test_a_level_of_which_one_side_has_fewer_than_ten_is_not_compared(ours, theirs):
    [chart] = charts_of(drawn(**ours), drawn(**theirs))

    assert not chart.is_compared
    assert {(bar.tick, bar.theirs, bar.change) for bar in chart.bars} == {(None, None, "")}


@pytest.mark.parametrize(("by", "said"), [(3.14, "+3.1"), (-0.04, "0.0"), (-2.7, "−2.7")])
def test_a_change_has_its_sign(by, said):
    assert points(by) == said


def test_what_is_no_grade_is_named_in_words_and_has_no_share():
    [chart] = charts_of(drawn(A=4, X=1, Q=1, Y=1))

    assert chart.others == [("No result", 1), ("Pending", 1), ("To be issued", 1)]
    assert chart.bars[1].share == "100.0"


def test_as_levels_are_no_worse_a_levels_and_what_tells_no_level_is_in_neither():
    a_level, as_level = charts_of(drawn(A_LEVEL, A=1, B=1, a=3, UNGRADED=2))

    assert [bar.label for bar in as_level.bars] == list("abcde")
    assert (a_level.bars[1].share, as_level.bars[0].share) == ("50.0", "100.0")
    assert as_level.others == [("UNGRADED, of either level", 2)]


def test_a_bar_in_bands_is_filled_from_best_to_worst():
    [(level, pieces)] = strips(drawn(B=1, A=2, Q=1))

    assert level == ""
    assert [(one.label, one.count, one.x, one.width, one.written) for one in pieces] == [
        ("A*–A", 2, "0.00%", "50.00%", "50"),
        ("B–C", 1, "50.00%", "25.00%", "25"),
        ("No grade", 1, "75.00%", "25.00%", "25"),
    ]


def test_what_tells_no_level_is_in_the_bar_of_neither():
    found = {
        name: [one.label for one in pieces]
        for name, pieces in strips(drawn(A_LEVEL, A=1, b=1, Q=1))
    }

    assert found == {"A Level": ["A*–A"], "AS Level": ["b–c"], "Of either level": ["No grade"]}


def test_nothing_is_drawn_of_nothing():
    assert strips(drawn()) == []
    assert {bar.width for bar in charts_of(drawn())[0].bars} == {"0.00%"}
