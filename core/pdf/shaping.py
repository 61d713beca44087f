"""Shape lines of text as WeasyPrint would, and write them as a PDF draws them.

Pango does the shaping: it is what WeasyPrint asks, so scripts, directions and the choice of fonts
come out alike. What is too long for a line is broken by WeasyPrint itself. The lines are drawn on a page
that WeasyPrint has laid out (`core.pdf.page_template`).
"""

import re
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import groupby
from typing import Any, NamedTuple

from core.pdf.font_subset import FontSubset
from core.pdf.layout import MissingCharacter
from core.pdf.writer import text as text_string

COLLAPSED = re.compile(r"[ \t\n\r\f]+")
EMPTY = 0x0FFFFFFF  # Pango's glyph for what has no ink
TOUCHING = 0.01  # CSS pixels
UNKNOWN = 0x10000000  # Pango's flag beside a code point that no font has
GLYPH_INFO = struct.Struct("=IiiiI")  # glyph, width, x and y offset in 1/1024 px, attributes


class Glyph(NamedTuple):
    """`width` in CSS pixels; `rise` above the baseline, in CSS pixels; `shown`: how it stands in a
    string of glyphs, with what is between it and its neighbours; `means`: its characters."""

    subset: FontSubset
    number: int
    width: float
    rise: float
    shown: bytes
    means: str


class Stamp(NamedTuple):
    """What is drawn on a page, and the glyphs that its fonts need for it."""

    operators: bytes
    glyphs: Sequence[Glyph] = ()


@dataclass(frozen=True)
class Line:
    """A shaped line; `width` and `size`, that of the font, in CSS pixels."""

    glyphs: list[Glyph]
    width: float
    size: float
    text: str

    def drawn(self, x: float, baseline: float, scale: float, colour: bytes) -> bytes:
        """The operators that draw it. What cannot be copied glyph by glyph carries its text."""
        operators = b"q %b rg BT %b 0 0 %b %b %b Tm %bET Q" % (
            colour,
            number(scale),
            number(-scale),
            number(x),
            number(baseline),
            b"".join(self._shown()),
        )
        if self._plain:
            return operators
        return b"/Span<</ActualText%b>>BDC %b EMC" % (text_string(self.text), operators)

    @property
    def _plain(self) -> bool:
        """Each glyph stands for one character, in the order of the text and on the baseline."""
        plain = [glyph.means for glyph in self.glyphs if len(glyph.means) == 1 and not glyph.rise]
        return "".join(plain) == self.text

    def _shown(self) -> Iterator[bytes]:
        subset = None
        for (wanted, rise), glyphs in groupby(self.glyphs, key=lambda glyph: (glyph[0], glyph[3])):
            if wanted is not subset:
                subset = wanted
                yield b"/%b %b Tf " % (subset.resource, number(self.size))
            string = b"<%b>" % b"".join([glyph.shown for glyph in glyphs])
            string = b"[%b]TJ " % string.replace(b"<>", b" ")  # readers differ about empty strings
            yield b"%b Ts %b0 Ts " % (number(rise), string) if rise else string


class Shaper:
    """Shapes in the style of a text box of WeasyPrint."""

    def __init__(self, style: Any) -> None:
        layout = import_module("weasyprint.text.line_break").Layout
        self._style, self._layout, self._of_many = style, layout(style), layout(style)
        _pango().pango.pango_layout_set_auto_dir(self._layout.layout, True)
        self._size = int(style["font_size"] * 1024) / 1024  # in Pango's units
        self._spacing = 0 if style["letter_spacing"] == "normal" else style["letter_spacing"]
        self._kerned = style["font_kerning"] != "none"
        self._symbols: dict[tuple[str, bool, bool], Glyph] = {}

    def line(self, text: str) -> Line:
        """Raises MissingCharacter."""
        text = _collapsed(text)
        alone = not self._kerned and text.isascii()
        return self._line(text, self._one_by_one(text) if alone else self._glyphs(text))

    def lines(self, text: str, first: float, others: float) -> list[Line]:
        """The text in lines, broken as WeasyPrint breaks it: so wide at most are the first and the others.
        The first is empty where something stands before it and leaves no room for a word. What the text
        as a whole is, left to right or right to left, the style says. Raises MissingCharacter."""
        rest, width, lines = _collapsed(text), first, list[Line]()
        split = import_module("weasyprint.text.line_break").split_first_line
        while rest:
            alone = bool(lines) or first > others - TOUCHING
            layout, _, rest_at, wide, *_ = split(
                rest, self._style, None, width, 0, is_line_start=alone
            )
            if alone or wide <= width:
                lines.append(self._line(layout.text, self._glyphs(layout.text, self._of_many)))
                rest = rest.encode()[rest_at or len(rest.encode()) :].decode().lstrip(" ")
            else:
                lines.append(self._line("", []))
            width = others
        return lines

    def _line(self, text: str, glyphs: list[Glyph]) -> Line:
        width = sum([glyph.width for glyph in glyphs]) + self._spacing
        return Line(glyphs, width, self._size, text)

    def _one_by_one(self, text: str) -> list[Glyph]:
        """Symbols that do not look at their neighbours, as those of a password, shaped once each."""
        last = len(text) - 1
        return [self._symbol(symbol, at == 0, at == last) for at, symbol in enumerate(text)]

    def _symbol(self, symbol: str, first: bool, last: bool) -> Glyph:
        known = self._symbols
        if (symbol, first, last) not in known:
            between = ("" if first else "0") + symbol + ("" if last else "0")
            known[symbol, first, last] = self._glyphs(between)[0 if first else 1]
        return known[symbol, first, last]

    def _glyphs(self, text: str, layout: Any = None) -> list[Glyph]:
        layout = layout or self._layout
        layout.set_text(text)
        line, _ = layout.get_first_line()
        ffi, encoded, glyphs = _pango().ffi, text.encode(), []
        run = line.runs
        while run != ffi.NULL:
            item, string = run.data.item, run.data.glyphs
            run = run.next
            subset = _subset_of(item.analysis.font)
            count = string.num_glyphs
            infos = GLYPH_INFO.iter_unpack(ffi.buffer(string.glyphs, GLYPH_INFO.size * count))
            starts = ffi.unpack(string.log_clusters, count)
            if item.analysis.level % 2:  # from right to left
                ends = [item.length, *starts[:-1]]
            else:
                ends = [*starts[1:], item.length]
            for (glyph, width, x, y, _), start, end in zip(infos, starts, ends, strict=True):
                if glyph & UNKNOWN:
                    raise MissingCharacter(chr(glyph & ~UNKNOWN))
                if glyph != EMPTY:
                    means = encoded[item.offset + start : item.offset + end].decode()
                    glyphs.append(self._glyph(subset, glyph, width, x, y, means))
        return glyphs

    def _glyph(
        self, subset: FontSubset, glyph: int, width: int, x: int, y: int, means: str
    ) -> Glyph:
        """Offsets and kerning are scaled and rounded just as WeasyPrint does."""
        offset = x / self._size
        kerning = int(subset.width(glyph) + offset - width * 1000 / 1024 / self._size)
        shown = b"%04X" % glyph
        if offset:
            shown = b">%b<%b" % (number(-offset), shown)
        if kerning:
            shown = b"%b>%d<" % (shown, kerning)
        return Glyph(subset, glyph, width / 1024, y / -1000, shown, means)


def direction(text: str) -> str:
    """`ltr` or `rtl`: that of its first letter, whatever the language around it."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def _collapsed(text: str) -> str:
    return COLLAPSED.sub(" ", text).strip(" ")


def number(value: float) -> bytes:
    return (b"%.6f" % value).rstrip(b"0").rstrip(b".")


def _subset_of(pango_font: Any) -> FontSubset:
    """Asked anew for each run: Pango may give the address of a font that it freed to another."""
    fonts = import_module("weasyprint.text.fonts")
    _, description, _ = fonts.get_pango_font_key(pango_font)
    ffi, pango = _pango().ffi, _pango().pango
    family = ffi.string(pango.pango_font_description_get_family(description)).decode()
    return FontSubset.of(family, pango.pango_font_description_get_weight(description))


@cache
def _pango() -> Any:
    return import_module("weasyprint.text.ffi")
