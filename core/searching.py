"""Search as people type: every word is found, in whatever order, folded as `core.folding` says.

A word is found within a word, and across words from the start of one: “obrien” finds O’BRIEN, and
“abdulrahman” ABDUL RAHMAN. Lists and the database ask the very same regular expression, made from what is
typed, so that no folded column is kept beside a name.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from django.db.models import Q

from core.folding import folded

LONGEST = 200  # characters
LONGEST_WORD, MOST_WORDS = 40, 12  # that are looked for


def searched_for(asked: Mapping[str, str], name: str = "search") -> str:
    """The search term, as every page with a search reads it: no longer than anybody types, and without
    a NUL, which PostgreSQL refuses."""
    return asked.get(name, "").replace("\0", "").strip()[:LONGEST]


def found(search: str, text: str) -> bool:
    """Whether every word of the search is in the text."""
    return all(pattern.search(text) for pattern in _compiled(search))


def finding(search: str, *fields: str) -> Q:
    """The same, asked of the database: every word is in one of these fields."""
    every = Q()
    for pattern in patterns(search):
        every &= Q(*((f"{field}__regex", pattern) for field in fields), _connector=Q.OR)
    return every


@lru_cache(maxsize=1)
def _compiled(search: str) -> list[re.Pattern[str]]:
    """Made once for all lines of a list."""
    return [re.compile(pattern) for pattern in patterns(search)]


def patterns(search: str) -> list[str]:
    """A regular expression for each word, which Python and PostgreSQL read alike."""
    words = dict.fromkeys(word[:LONGEST_WORD] for word in _composed(search).split())
    return [_pattern(word) for word in list(words)[:MOST_WORDS]]


def _pattern(word: str) -> str:
    signs = [_signs()[letter] | {letter} for letter in word]
    blocks = {ord(sign) >> 8 for some in signs for sign in some} | ANYWHERE
    silent, gaps = ({sign for sign in _signs()[of] if ord(sign) >> 8 in blocks} for of in ("", " "))
    signs[0] = signs[0].union(*(some for text, some in _signs().items() if text[-1:] == word[0]))
    signs[-1] = signs[-1].union(*(some for text, some in _signs().items() if text[:1] == word[-1]))
    within = _run(word, signs, f"{_class(silent)}*")
    if len(word) == 1:
        return within
    across = _run(word, signs, f"{_class(silent | gaps)}*")
    return f"{within}|(^|{_class(gaps)}){_class(silent)}*{across}"


def _run(word: str, signs: list[frozenset[str]], joint: str) -> str:
    """The letters of a word after each other, as the signs that stand for one or, like ß, for two."""
    letters, at = [], 0
    while at < len(word):
        one, pair = _class(signs[at]), _signs()[word[at : at + 2]] if word[at + 1 :] else ()
        if pair:
            one = f"({one}{joint}{_class(signs[at + 1])}|{_class(pair)})"
        letters.append(one)
        at += 2 if pair else 1
    return joint.join(letters)


def _class(signs: Iterable[str]) -> str:
    """A class of signs, those that follow each other as ranges."""
    ranges: list[list[str]] = []
    for sign in sorted(signs):
        if ranges and ord(ranges[-1][-1]) == ord(sign) - 1:
            ranges[-1][1:] = [sign]
        else:
            ranges.append([sign])
    return f"[{''.join('-'.join(map(_plain, one)) for one in ranges)}]"


def _plain(sign: str) -> str:
    return sign if sign.isalnum() or not sign.isascii() else f"\\{sign}"


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", folded(text))


# Blocks of 256 signs with the marks and the punctuation that stand in any script.
ANYWHERE = {0x00, 0x03, 0x20, 0x30, 0xFF}
CATEGORIES = {
    "Lu",
    "Ll",
    "Lt",
    "Lm",
    "Lo",
    "Mn",
    "Mc",
    "Nd",
    "Nl",
    "No",
    "Zs",
    "Cf",
    *"Pc Pd Ps Pe Pi Pf Po".split(),
}
WRITTEN = (range(0x20, 0x3200), range(0xA640, 0xAC00), range(0xF900, 0x10000))


@cache
def _signs() -> Mapping[str, frozenset[str]]:
    """The signs that fold to a letter, to some, to a space and to nothing. What is written in Han or
    Hangul stands for itself."""
    signs: dict[str, set[str]] = defaultdict(set)
    for sign in (chr(point) for some in WRITTEN for point in some):
        if sign.isascii() or unicodedata.category(sign) in CATEGORIES:
            signs[_composed(sign)].add(sign)
    return defaultdict(frozenset, {text: frozenset(some) for text, some in signs.items()})
