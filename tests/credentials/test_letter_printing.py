"""Rule 14: letters in large print, as a sample, in groups with a cover sheet to sign."""

import re

import pytest

from credentials.letters.letter import Printing
from credentials.letters.pdf import make_grouped_pdf, make_pdf
from tests.credentials.test_letters import LONG, at, drawn, letter, scanned
from tests.letters import texts

LARGE = Printing(large=True)
SIX = tuple(at(f"Made-up Qualification {number}", 10 + number) for number in range(6))


def heights(pdf: bytes) -> set[int]:
    """The sizes of type on a page, in points, as far as rows of ink tell: bands without white."""
    page = drawn(pdf, scale=2).point(lambda shade: 0 if shade > 140 else 255)
    rows = [page.crop((0, y, page.width, y + 1)).getbbox() is not None for y in range(page.height)]
    bands = "".join("x" if row else " " for row in rows).split()
    return {len(band) for band in bands if len(band) > 5}  # rules are thinner


def test_large_print_is_larger_and_says_the_same():
    ordinary, large = make_pdf([letter()]), make_pdf([letter()], LARGE)

    assert words(large) == words(ordinary)
    assert min(heights(large)) > 1.3 * min(heights(ordinary))


@pytest.mark.parametrize(
    "facts",
    [
        {"visible_from": SIX},
        {"visible_from": SIX, "candidate_name": LONG[0], "centre_name": LONG[0]},
        {"candidate_name": "W" * 200, "contact_name": "W" * 100},
    ],
)
def test_large_print_stays_on_one_page_whatever_it_takes(facts):
    [page] = texts(make_pdf([letter(**facts)], LARGE))

    assert "Keep this letter safe" in page


def words(pdf: bytes) -> list[str]:
    """In the order of the alphabet: a larger page breaks and is drawn in another order."""
    [page] = texts(pdf)
    return sorted(page.split())


def test_a_sample_is_the_very_letter_without_a_login():
    sample = make_pdf([letter()], Printing(sample=True))
    [page] = texts(sample)

    assert "SAMPLE" in page
    for fact in (
        "0001",
        "BLOGGS: Fred",
        "13 August 2026, 10:00 Karachi time (UTC+5)",
        "Exams Office",
    ):
        assert fact in page
    for part in ("ABCD", "EFGH", "0123", "4567", "89AB", "CDEF"):
        assert part not in page
    assert scanned(sample) == "https://direct.example.org/results/"


def test_a_sample_does_not_change_the_letters_that_follow():
    before = make_pdf([letter()])
    make_pdf([letter()], Printing(sample=True))

    assert make_pdf([letter()]) == before


def test_a_cover_sheet_lists_each_group_in_order_before_its_letters():
    first = [letter(candidate_number=f"{n:04}", candidate_name=f"FIRST: {n}") for n in range(1, 31)]
    second = [letter(candidate_number="0100", candidate_name="محمد: عبد الرحمن")]
    pages = texts(make_grouped_pdf([("11A", first), ("11B", second)], Printing(cover_sheet=True)))

    covers = [page for page in pages if "Letters to be collected" in page]
    assert [pages.index(cover) for cover in covers] == [0, 1, 32]
    assert [re.search(r"Page\s+(\d / \d)", cover)[1] for cover in covers] == [
        "1 / 2",
        "2 / 2",
        "1 / 1",
    ]
    assert "11A" in covers[0] and "11B" in covers[2]
    listed = re.findall(r"\b(00\d\d|0100)\b", "".join(covers))
    assert listed == [one.candidate_number for one in first + second]
    for page in covers:
        assert "ABCD" not in page


def test_a_name_too_long_for_its_row_is_set_smaller_and_not_cut():
    long = make_grouped_pdf([("", [letter(candidate_name="W" * 120)])], Printing(cover_sheet=True))
    cover = texts(long)[0]

    assert "W" * 120 in "".join(cover.split())
    right_of_the_name = drawn(long, scale=2).crop((700, 460, 1050, 520))
    assert right_of_the_name.getextrema()[0] > 100, "the name runs into the signature"


def test_without_a_cover_sheet_there_is_none():
    assert len(texts(make_grouped_pdf([("11A", [letter()])], Printing()))) == 1
