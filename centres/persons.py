"""Persons behind candidates: has a number been given to somebody else (rule 22), and are candidates of two
series one person (rule 23)?

A login, a visit, results, marks and history belong to a person, not to a number.
"""

import datetime as dt
from typing import Protocol

from centres.names import (
    agree_in_given_names,
    are_in_other_letters,
    have_no_given_name_in_common,
    may_be_one_name,
    share_a_part,
    words,
)


class Person(Protocol):
    """What the board tells of somebody. Without a date of birth None, without a UCI an empty text."""

    @property
    def name(self) -> str: ...
    @property
    def date_of_birth(self) -> dt.date | None: ...
    @property
    def uci(self) -> str: ...


def is_another(old: Person, new: Person) -> bool:
    """Whether a number that had the old now has somebody else (rule 22): a name that shares no part
    with the old one, or another date of birth together with another UCI. A date of birth or a UCI that
    comes or goes is no other, nor is, with the same UCI, a name of which only the spelling differs."""
    if not share_a_part(old.name, new.name):
        return not _is_spelt_otherwise(old, new)
    return _born_otherwise(old, new) and _other_uci(old, new)


def may_be_another(old: Person, new: Person) -> bool:
    """Whether somebody should look, though rule 22 takes the two for one person: another date of birth,
    another UCI, no given name in common, or a name of which no part is spelt as it was."""
    return (
        _born_otherwise(old, new)
        or _other_uci(old, new)
        or have_no_given_name_in_common(old.name, new.name)
        or not share_a_part(old.name, new.name)
    )


def is_surely(old: Person, new: Person) -> bool:
    """Whether the two are one beyond doubt: the same name, date of birth and UCI, all of them given."""
    return bool(
        old.date_of_birth
        and old.uci
        and (old.date_of_birth, old.uci) == (new.date_of_birth, new.uci)
        and sorted(words(old.name)) == sorted(words(new.name))
    )


def are_one(one: Person, other: Person) -> bool:
    """Whether candidates of two series are one person (rule 23)."""
    return bool(
        one.uci
        and one.date_of_birth
        and (one.uci, one.date_of_birth) == (other.uci, other.date_of_birth)
        and agree_in_given_names(one.name, other.name)
    )


def cannot_be_one(one: Person, other: Person) -> bool:
    """Whether what is told of two candidates says that they are two people, whoever says otherwise."""
    return (
        _born_otherwise(one, other)
        or _other_uci(one, other)
        or not agree_in_given_names(one.name, other.name)
    )


def _is_spelt_otherwise(old: Person, new: Person) -> bool:
    """Whether only the spelling of the name was corrected. The same UCI says so; where the name is now in
    other letters, so that it can be printed, the date of birth must agree too. A date of birth alone does
    not say so: twins are called Ramesh and Rakesh."""
    if not old.uci or old.uci != new.uci or _born_otherwise(old, new):
        return False
    born_alike = bool(old.date_of_birth and new.date_of_birth)
    return may_be_one_name(old.name, new.name) or (
        born_alike and are_in_other_letters(old.name, new.name)
    )


def _born_otherwise(old: Person, new: Person) -> bool:
    return bool(old.date_of_birth and new.date_of_birth and old.date_of_birth != new.date_of_birth)


def _other_uci(old: Person, new: Person) -> bool:
    return bool(old.uci and new.uci and old.uci != new.uci)
