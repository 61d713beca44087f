"""Names whose letters another program has spoilt: lost, as in “M?LLER”, or encoded twice, as in “MÃœLLER”.

A name with such letters can be told, but not mended: what was lost is nowhere in the file. “São” has none.
"""

import re
import unicodedata

from centres.names import words
from loading.engine.report import Warned

# What a byte of UTF-8 is in Windows-1252: the first of a letter, and those that follow it.
FOLLOWING = "".join(
    bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte))
    for byte in range(0x80, 0xC0)
)
FIRST_OF_TWO, FIRST_OF_THREE, FIRST_OF_FOUR = "\u00c2-\u00df", "\u00e0-\u00ef", "\u00f0-\u00f4"
TWICE = re.compile(
    rf"[{FIRST_OF_TWO}][{re.escape(FOLLOWING)}]|[{FIRST_OF_THREE}][{re.escape(FOLLOWING)}]{{2}}"
    rf"|[{FIRST_OF_FOUR}][{re.escape(FOLLOWING)}]{{3}}"
)
# Behind another letter than Â, Ã, Ä and Å these are what they look like: “KŘÍŽ”, “BEYONCÉ’S”.
THEMSELVES = re.compile("[^\u00c2-\u00c5][ŠšŽžŒœŸƒªº‘’“”–—]")
TWICE_ON_A_MAC = re.compile("[\u221a\u00ac\u2248][^\x00-\x7f]")
BYTES = str.maketrans({char: chr(0x80 + at) for at, char in enumerate(FOLLOWING)})


def spoilt(text: str) -> Warned | None:
    """How, if they are."""
    if are_lost(text):
        return Warned.LETTERS_LOST
    return Warned.ENCODED_TWICE if are_encoded_twice(text) else None


def are_lost(text: str) -> bool:
    """No name holds a question mark."""
    return "?" in text


def are_encoded_twice(text: str) -> bool:
    """Whether what was UTF-8 has been read as Windows-1252 (or as of an old Mac) and written again."""
    if text.isascii():
        return False
    found = (match[0] for match in TWICE.finditer(text))
    return any(map(_was_one_letter, found)) or bool(TWICE_ON_A_MAC.search(text))


def _was_one_letter(found: str) -> bool:
    if THEMSELVES.fullmatch(found):
        return False
    try:
        char = found.translate(BYTES).encode("latin-1").decode()
    except UnicodeError:
        return False
    return bool(words(char)) or unicodedata.category(char)[0] in "MPZ"
