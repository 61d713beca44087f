"""A font subset, as a PDF carries it: glyphs of one of our fonts, their widths and what they mean.

Every file carries the same Latin glyphs of a font, so that its subset is made once and tells
nothing about who is in the file; what other names need is added for that file alone.
"""

from collections.abc import Mapping
from functools import cache, cached_property, lru_cache

import uharfbuzz

from core.pdf.fonts import FONTS
from core.pdf.writer import Pdf

LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x1EA0, 0x1EFA), *range(0x2010, 0x2027))
DROPPED = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "STAT", "name", "vhea", "vmtx", "VORG")
BOLD = 600
NO_TEXT = b"2060"  # word joiner, which is not seen: of a glyph whose neighbour has the text of both


class FontSubset:
    """`name` is that of its file, as in `NotoSans-Bold`; `resource` that on a page."""

    def __init__(self, name: str) -> None:
        self.name, self.resource = name, name.replace("-", "").encode()
        self._face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FONTS / f"{name}.ttf")))
        self._font = uharfbuzz.Font(self._face)
        self._widths: dict[int, int] = {}

    @staticmethod
    @cache
    def of(family: str, weight: int) -> "FontSubset":
        """The one of this family, as Pango calls it, and weight (100 to 900)."""
        return FontSubset(f"{family.replace(' ', '')}-{'Bold' if weight >= BOLD else 'Regular'}")

    def width(self, glyph: int) -> int:
        """In thousandths of the font's size."""
        if glyph not in self._widths:
            advance = self._font.get_glyph_h_advance(glyph)
            self._widths[glyph] = round(advance * 1000 / self._face.upem)
        return self._widths[glyph]

    def embed(self, pdf: Pdf, glyphs: Mapping[int, str]) -> int:
        """Embed it with these glyphs (glyph -> the characters that it stands for); its number."""
        more = {glyph: text for glyph, text in glyphs.items() if glyph not in self._latin}
        program, widths, meaning = self._subset(frozenset(more.items()))
        extents, scale = self._font.get_font_extents("ltr"), 1000 / self._face.upem
        name, up, down = self.name.encode(), extents.ascender * scale, extents.descender * scale
        file = pdf.stream(program, b"/Length1 %d" % len(program))
        descriptor = pdf.add(
            b"<</Type/FontDescriptor/FontName/LETTER+%b/Flags 4/ItalicAngle 0/StemV 80/CapHeight 714"
            b"/Ascent %d/Descent %d/FontBBox[-1000 %d 3000 %d]/FontFile2 %d 0 R>>"
            % (name, up, down, down, up, file)
        )
        descendant = pdf.add(
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/LETTER+%b/CIDToGIDMap/Identity/W[%b]"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"/FontDescriptor %d 0 R>>" % (name, widths, descriptor)
        )
        return pdf.add(
            b"<</Type/Font/Subtype/Type0/BaseFont/LETTER+%b/Encoding/Identity-H"
            b"/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>" % (name, descendant, pdf.stream(meaning))
        )

    @cached_property
    def _latin(self) -> dict[int, str]:
        """The glyphs that every file carries: those of Latin letters, in the fonts that have them."""
        if not self.name.startswith(("NotoSans-", "NotoSansMono-")):
            return {}
        pairs = ((self._font.get_nominal_glyph(point), chr(point)) for point in reversed(LATIN))
        return {glyph: character for glyph, character in pairs if glyph}

    @lru_cache(maxsize=16)  # noqa: B019 - there are as many subsets as files, and they stay
    def _subset(self, more: frozenset[tuple[int, str]]) -> tuple[bytes, bytes, bytes]:
        """The font's program with these glyphs and the Latin ones, their widths, their meaning."""
        meant = dict(more) | self._latin
        wanted = uharfbuzz.SubsetInput()
        wanted.glyph_set.update(meant)
        wanted.drop_table_tag_set.update(map(_tag, DROPPED))
        flags = uharfbuzz.SubsetFlags
        wanted.flags = flags.RETAIN_GIDS | flags.NO_HINTING | flags.NO_LAYOUT_CLOSURE
        program = uharfbuzz.subset(self._face, wanted).blob.data
        widths = b" ".join(b"%d[%d]" % (glyph, self.width(glyph)) for glyph in sorted(meant))
        return program, widths, _to_unicode(meant)


def _tag(name: str) -> int:
    return int.from_bytes(name.ljust(4).encode(), "big")


def _to_unicode(meant: Mapping[int, str]) -> bytes:
    """The CMap that gives copied text its characters. A validator of PDF/UA reads it by its spaces."""
    lines = [
        b"<%04X> <%b>" % (glyph, text.encode("utf-16-be").hex().encode() or NO_TEXT)
        for glyph, text in sorted(meant.items())
    ]
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    return b"\n".join(
        [
            b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap",
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def",
            b"/CMapName/Adobe-Identity-UCS def/CMapType 2 def",
            b"1 begincodespacerange <0000> <FFFF> endcodespacerange",
            *(
                b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block))
                for block in blocks
            ),
            b"endcmap CMapName currentdict/CMap defineresource pop end end",
        ]
    )
