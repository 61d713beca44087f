"""Search for candidates by number, name or UCI, and for centres by number or name, as people type them."""

import unicodedata
from functools import lru_cache

# What people type for letters that no accent explains.
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"})
APOSTROPHES = "'’‘ʼ`´"
NO_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, " "))


def found(search: str, text: str) -> bool:
    """Every word of the search is in the text, in whatever order, any script, whatever the accents;
    what stands before an apostrophe is a word of its own, so that “o'briain” finds Ó BRIAIN too."""
    words = _words(search)
    plain = _plain(text) if words else ""
    return all(word in plain for word in words)


@lru_cache(maxsize=1)
def _words(search: str) -> list[str]:
    """Folded once for all lines of a list."""
    return _plain(search.translate(NO_APOSTROPHES)).split()


def _plain(text: str) -> str:
    """Without case, accents and punctuation, so that “nunez d'arcy” finds NÚÑEZ: D’Arcy."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    kept = (one for one in letters if unicodedata.category(one) != "Mn" and one not in APOSTROPHES)
    return "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in kept)
