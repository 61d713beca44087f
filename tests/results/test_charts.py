"""How a distribution is drawn: lengths, places and words."""

from collections import Counter

from centres.grades import SCALES
from results.staff_site.charts import bars, height, pieces
from results.staff_site.tallies import Distribution
from tests.builders import IGCSE


def drawn(**counts: int) -> Distribution:
    return Distribution(IGCSE, tuple(SCALES[IGCSE].split()), Counter(counts))


def test_the_longest_bar_is_that_of_the_most_frequent_and_the_others_are_in_proportion():
    found = {bar.label: (bar.count, bar.width, bar.end, bar.share) for bar in bars(drawn(A=4, B=1))}

    assert found["A"] == (4, "56.00%", "86.00%", "80 %")
    assert found["B"] == (1, "14.00%", "44.00%", "20 %")
    assert found["UNGRADED"] == (0, "0.00%", "30.00%", "0 %")


def test_a_bar_stands_below_the_other_and_the_drawing_holds_them_all():
    one = drawn(A=4, Q=1)

    assert [bar.y for bar in bars(one)] == list(range(0, height(one), 26))


def test_what_is_no_grade_is_named_in_words_and_grey():
    last = bars(drawn(A=4, X=1, Q=1, Y=1))[-3:]

    assert [(bar.label, bar.tone) for bar in last] == [
        ("No result", "tone-none"),
        ("Pending", "tone-none"),
        ("To be issued", "tone-none"),
    ]


def test_the_pieces_of_one_bar_fill_it_in_the_same_order():
    found = [(one.label, one.count, one.x, one.width) for one in pieces(drawn(B=1, A=2, Q=1))]

    assert found == [
        ("A", 2, "0.00%", "50.00%"),
        ("B", 1, "50.00%", "25.00%"),
        ("Pending", 1, "75.00%", "25.00%"),
    ]


def test_nothing_is_drawn_of_nothing():
    assert pieces(drawn()) == []
    assert {bar.width for bar in bars(drawn())} == {"0.00%"}
