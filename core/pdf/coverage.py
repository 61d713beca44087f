"""Coverage of our fonts: which characters they can print, told before anything is laid out.

Pango agrees, as a test sees; what has no ink of its own is never missing. Regular and bold print alike.
"""

import re
from collections.abc import Iterable
from functools import cache

import uharfbuzz

from core.pdf.fonts import FONTS

INVISIBLE = {
    *range(0x09, 0x0E),
    *(0x1680, 0x180E, 0xFE0F),
    *range(0x180B, 0x180E),  # variation selectors, as those that follow
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
    *range(0xE0000, 0xE0080),  # tags
    *range(0x1D173, 0x1D17B),
}
STAND_IN = "[?]"  # on paper that nobody signs in with, for a run of what cannot be printed


def missing_in(text: str) -> str:
    """The characters of it that no font of ours has, each once, in their order."""
    if text.isascii():
        return ""
    return "".join(one for one in dict.fromkeys(text) if ord(one) not in _covered())


def named(characters: Iterable[str]) -> str:
    """For people: each as it is, if their own machine can show it, and by its number."""
    return ", ".join(
        f"\N{FIRST STRONG ISOLATE}{one}\N{POP DIRECTIONAL ISOLATE} ({code(one)})"
        for one in characters
    )


def code(character: str) -> str:
    return f"U+{ord(character):04X}"


def with_stand_ins(text: str) -> str:
    """The text with a sign that can be printed in the place of what cannot."""
    missing = missing_in(text)
    return re.sub(f"[{re.escape(missing)}]+", STAND_IN, text) if missing else text


@cache
def _covered() -> frozenset[int]:
    covered = set(INVISIBLE)
    for path in sorted(FONTS.glob("*-Regular.ttf")):
        covered.update(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))).unicodes)
    return frozenset(covered)
