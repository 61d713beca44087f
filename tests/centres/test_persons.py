"""Who is whom: a number given to somebody else, and one person in two series (rules 22 and 23)."""

import datetime as dt
from itertools import product
from typing import NamedTuple

import pytest

from centres.persons import are_one, is_another, is_surely, may_be_another


class Person(NamedTuple):
    name: str = "SMITH: Anna"
    date_of_birth: dt.date | None = dt.date(2009, 3, 4)
    uci: str = "633820261005R"


OTHER_NAME, OTHER_DAY, OTHER_UCI = "OKAFOR: Chidi", dt.date(2010, 5, 6), "633820261006Y"


@pytest.mark.parametrize(
    ("now", "another"),
    [
        ({}, False),
        ({"name": OTHER_NAME}, True),
        ({"date_of_birth": OTHER_DAY}, False),
        ({"uci": OTHER_UCI}, False),
        ({"date_of_birth": OTHER_DAY, "uci": OTHER_UCI}, True),
        ({"name": "Smith: Beth", "date_of_birth": OTHER_DAY, "uci": OTHER_UCI}, True),
        ({"name": "SMYTHE: Anna"}, False),
        ({"name": "Anna Smith", "date_of_birth": None, "uci": ""}, False),
        ({"date_of_birth": OTHER_DAY, "uci": ""}, False),
    ],
)
def test_a_number_has_somebody_else_when_the_name_shares_nothing_or_birthday_and_uci_differ(
    now, another
):
    assert is_another(Person(), Person()._replace(**now)) is another
    assert is_another(Person()._replace(**now), Person()) is another


@pytest.mark.parametrize(
    ("old", "new"),
    [("NANDHINI", "NANDINI"), ("MÜLLER: Jürgen", "MUELLER: Juergen"), ("KHAN: Ali", "CAHN: Alia")],
)
def test_a_corrected_spelling_of_every_part_is_the_same_person_where_the_uci_says_so(old, new):
    """It is to be looked at, though."""
    assert not is_another(Person(old), Person(new))
    assert may_be_another(Person(old), Person(new))
    assert not is_another(Person(old, None), Person(new))
    assert is_another(Person(old), Person(new, OTHER_DAY))
    assert is_another(Person(old), Person(new, uci=OTHER_UCI))
    assert is_another(Person(old, uci=""), Person(new, uci=""))


@pytest.mark.parametrize(
    ("old", "new"), [("ИВАНОВ: Анна", "IVANOV: Anna"), ("王: 小明", "WANG: Xiaoming")]
)
def test_a_name_now_written_in_latin_letters_is_the_same_persons_by_uci_and_birthday(old, new):
    assert not is_another(Person(old), Person(new))
    assert may_be_another(Person(old), Person(new))
    for other in (
        {"date_of_birth": OTHER_DAY},
        {"date_of_birth": None},
        {"uci": OTHER_UCI},
        {"uci": ""},
    ):
        assert is_another(Person(old), Person(new)._replace(**other))
    assert is_another(Person(OTHER_NAME), Person(new))


def test_where_a_birthday_or_uci_was_not_known_it_is_no_other():
    for born, uci in product((None, OTHER_DAY), ("", OTHER_UCI)):
        assert not is_another(Person(date_of_birth=None, uci=""), Person("SMITH: A", born, uci))


@pytest.mark.parametrize(
    ("now", "doubtful"),
    [
        ({}, False),
        ({"name": "SMITH: Ana"}, False),
        ({"name": "SMITH-JONES: Anna Maria"}, False),
        ({"name": "SMITH: Beth"}, True),
        ({"date_of_birth": OTHER_DAY}, True),
        ({"uci": OTHER_UCI}, True),
    ],
)
def test_who_may_be_somebody_else_is_to_be_looked_at(now, doubtful):
    assert may_be_another(Person(), Person()._replace(**now)) is doubtful


def test_only_the_very_same_gets_a_number_back():
    assert is_surely(Person(), Person("smith: ANNA"))
    for now in ({"name": "SMITH: Ann"}, {"date_of_birth": OTHER_DAY}, {"uci": OTHER_UCI}):
        assert not is_surely(Person(), Person()._replace(**now))
    assert not is_surely(Person(uci=""), Person(uci=""))


def test_one_person_in_two_series_has_uci_birthday_and_a_given_name_in_common():
    assert are_one(Person(), Person("SMITH-JONES: Anna"))
    for now in ({"name": "SMITH: Beth"}, {"date_of_birth": OTHER_DAY}, {"uci": OTHER_UCI}):
        assert not are_one(Person(), Person()._replace(**now))
    for unknown in ({"uci": ""}, {"date_of_birth": None}):
        assert not are_one(Person()._replace(**unknown), Person()._replace(**unknown))
