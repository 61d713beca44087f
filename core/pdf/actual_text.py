"""ActualText: what a line of a page says, where its glyphs do not tell.

In scripts whose letters join, move or stack, one glyph stands for parts of several letters: what is
copied, searched or read aloud by glyphs is gibberish. So each such line carries its text.
"""

import re
from typing import Any

from core.pdf.writer import text

LINE = re.compile(
    rb"(/Span\s+<</MCID \d+)(>>\s+BDC\n(?:(?!EMC\b).)*?1 0 0 -1 (\S+) (\S+) Tm)", re.DOTALL
)
JOINED = re.compile(r"[\u0590-\u1fff]")  # Hebrew and Arabic to Khmer: all but the simple scripts


def with_text(content: bytes, page_box: Any) -> bytes:
    """This content of a page, and with each line in such a script its text (ActualText)."""
    lines = {
        _place(box.position_x, box.position_y + box.baseline): box.text
        for box in page_box.descendants()
        if hasattr(box, "pango_layout") and JOINED.search(box.text)
    }

    def say(line: re.Match[bytes]) -> bytes:
        start, rest, x, y = line.groups()
        said = lines.get(_place(float(x), float(y)))
        return line[0] if said is None else b"%b/ActualText%b%b" % (start, text(said), rest)

    return LINE.sub(say, content) if lines else content


def _place(x: float, y: float) -> tuple[float, float]:
    return round(x, 2), round(y, 2)
