"""The check letter of a UCI."""

import csv

import pytest

from centres.uci import CHECK_LETTERS, check_letter
from loading.engine.cells import Wrong, uci
from tests.loading.files import SAMPLE


def test_the_letter_is_chosen_by_the_weighted_sum():
    # 6*16 + 3*15 + 3*14 + 8*13 + 2*12 + 0 + 2*10 + 6*9 + 1*8 + 0 + 0 + 5*5 = 418 = 24*17 + 10
    assert check_letter("633820261005") == CHECK_LETTERS[10] == "R"


def test_every_uci_of_the_sample_is_right():
    with (SAMPLE / "entries.csv").open(encoding="utf-8") as file:
        ucis = {row["uci"] for row in csv.DictReader(file)}
    assert len(ucis) > 100
    assert {uci(value) for value in ucis} == ucis


@pytest.mark.parametrize("value", ["", "633820261005R", " 633820261005r "])
def test_a_right_one_or_none_is_taken(value):
    assert uci(value) == value.strip().upper()


def test_one_with_a_letter_in_the_centre_is_taken_with_any_check_letter():
    assert uci("TH6820261005A") == "TH6820261005A"


@pytest.mark.parametrize("value", ["99999B260001X", "TH682B260001Q"])
def test_that_of_another_board_is_taken_as_it_is(value):
    assert uci(value) == value


@pytest.mark.parametrize("letter", sorted(set(CHECK_LETTERS) - {"R"}))
def test_a_wrong_check_letter_is_refused(letter):
    with pytest.raises(Wrong, match="wrong check letter"):
        uci(f"633820261005{letter}")


@pytest.mark.parametrize(
    "value",
    [
        "633820261005",
        "633820261005RR",
        "633820261005I",
        "6338202610O5R",
        "99999B260001",
        "99999BB60001X",
        "٦33820261005R",
    ],
)
def test_what_is_no_uci_is_refused(value):
    with pytest.raises(Wrong, match="is not a UCI"):
        uci(value)
