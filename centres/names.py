"""Names of candidates, compared (rules 22, 23 and 24): whether two share a part, agree in their given names,
or differ in spelling alone.

One name is written in many ways: it is folded first (`core.folding`). What is left are words. An initial, and
a particle such as “de”, “bin” or “al”, stand in many people's names, so alone they are no part of one.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import combinations

from core.folding import folded

LONGEST = 12  # words of a name that are looked at
PARTICLES = frozenset(
    "A AL ABD ABDEL ABDUL ABU AP BEN BIN BINT BINTE BINTI DA DAS DE DEL DELA DELLA DEN DER DES DI DO DOS "
    "DU E EL ET IBN IBNU JR LA LAS LE LOS MAC MC O SAN SR ST TE TEN TER UL UM VAN VAN VON Y ZU ابن ابو ال "
    "بن بنت عبد".split()
)
# What is typed for a letter, in names alone.
LIKE_LETTERS = str.maketrans("01З", "OI3")
VOWELS_AND_DOUBLES = re.compile(r"[AEIOUY]|(.)(?=\1)")


def share_a_part(one: str, other: str) -> bool:
    """Whether a word of the one, or some that stand together, is in the other too (rule 22)."""
    return not parts(one).isdisjoint(parts(other))


def agree_in_given_names(one: str, other: str) -> bool:
    """Whether the given names of the one are all among those of the other (rule 23).

    One given name in common is not enough where others differ: twins are called Muhammad Ali and
    Muhammad Hassan. Of a name without its colon, the words of the other's surname are no given names.
    """
    (surname, given), (other_surname, other_given) = _divided(one), _divided(other)
    if not surname and not other_surname:
        return sorted(given) == sorted(other_given) and any(map(_counts, given))
    if not surname:
        given = [word for word in given if word not in other_surname]
    if not other_surname:
        other_given = [word for word in other_given if word not in surname]
    return _are_among(given, other_given) or _are_among(other_given, given)


def _are_among(few: list[str], many: list[str]) -> bool:
    """Whether each of these words, or what its initial may stand for, is among those; not initials alone."""
    runs = _runs(many)
    return any(_counts(word) for word in few) and all(
        word in runs or (_is_initial(word) and any(one.startswith(word) for one in many))
        for word in few
    )


def may_be_one_name(one: str, other: str) -> bool:
    """Whether they share a part, or would but for its spelling (rule 24)."""
    return share_a_part(one, other) or any(
        _spelt_alike(a, b) for a in words(one) for b in words(other)
    )


def are_in_other_letters(one: str, other: str) -> bool:
    """Whether they have no script in common, as a name and the same in Latin letters: nothing of them can
    be compared."""
    scripts = [
        {unicodedata.name(a, "").split(" ")[0] for a in n if a.isalpha()} for n in (one, other)
    ]
    return all(scripts) and scripts[0].isdisjoint(scripts[1])


def have_no_given_name_in_common(one: str, other: str) -> bool:
    """But for its spelling; whoever has none has nothing in common with nobody."""
    given = [name.replace("：", ":").rpartition(":")[2] for name in (one, other)]
    return all(map(words, given)) and not may_be_one_name(*given)


@lru_cache(maxsize=8_192)
def parts(name: str) -> frozenset[str]:
    """What another name may share: each word, and words that stand together, written as one."""
    there = words(name)
    return _runs(there, _counts) or frozenset(
        {"".join(sorted(there))}
    )  # of initials alone: all of them


def words(name: str) -> list[str]:
    """The words of a name, folded."""
    return folded(name).translate(LIKE_LETTERS).split()[:LONGEST]


def _runs(there: list[str], counts: Callable[[str], bool] = bool) -> frozenset[str]:
    """Each word, and words that stand together, written as one, if one of them counts."""
    pairs = combinations(range(len(there) + 1), 2)
    runs = (there[start:end] for start, end in pairs)
    return frozenset("".join(run) for run in runs if any(map(counts, run)))


def _counts(word: str) -> bool:
    return not _is_initial(word) and word not in PARTICLES


def _is_initial(word: str) -> bool:
    """One letter of a script that has capitals."""
    return len(word) == 1 and word.lower() != word


def surname_and_forenames(name: str) -> tuple[str, str]:
    """As they are written, without the colon between them. Without a colon, all of it is the surname."""
    surname, _, forenames = name.replace("：", ":").partition(":")
    return surname.strip(), forenames.strip()


def _divided(name: str) -> tuple[list[str], list[str]]:
    """Surname and given names; without a colon all are taken for given names."""
    surname, colon, given = name.replace("：", ":").partition(":")
    return (words(surname), words(given)) if colon else ([], words(name))


def _spelt_alike(one: str, other: str) -> bool:
    """SMITH and SMYTH, MOHAMED and MUHAMMAD: one letter more, less, changed or in another place, or the
    same consonants."""
    if not (_counts(one) and _counts(other)):
        return False
    return (min(len(one), len(other)) >= 3 and _one_slip(one, other)) or (
        len(bones := _consonants(one)) >= 3 and bones == _consonants(other)
    )


def _consonants(word: str) -> str:
    return VOWELS_AND_DOUBLES.sub("", word)


def _one_slip(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((i for i, letter in enumerate(one) if letter != other[i]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or (
        one[at + 2 :] == other[at + 2 :] and sorted(one[at : at + 2]) == sorted(other[at : at + 2])
    )
