"""The broadsheet and the statements as PDF: laid out by WeasyPrint in the letters' own fonts.

A broadsheet is landscape A4; with more syllabuses than stand side by side, it comes in strips of about
equal width, each with the candidates' numbers and names again. A statement is a page for each
candidate. On every sheet stand the centre, the series, when and by whom it was made, that results are
provisional and, while anything of it is restricted, that it must not be passed on. The same facts give
the same bytes. What the fonts lack stands as [?], and whose name that is, is said: no name is printed as
boxes, and none stops the others, for a workbook and a CSV have every name whole.

What is longer is laid out in parts, of which `core.pdf.merging` makes one file that does not show them. It numbers
the pages of a broadsheet. Those of statements say whose they are instead, for each goes to somebody else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from core.pdf.coverage import missing_in, named, with_stand_ins
from core.pdf.layout import (
    ONE_AT_A_TIME,
    CannotPrint,
    MissingCharacter,
    laid_out,
    no_character_missing,
)
from core.pdf.merging import Binding
from core.pdf.page_template import page_template_of
from core.pdf.tagged import written
from results.exports.heading import PROVISIONAL, Heading
from results.exports.tables import Line, result_of

STYLE_SHEET = Path(__file__).parent / "pdf.css"
SYLLABUSES_A_STRIP = 11  # syllabuses on a sheet


class Strip:
    """What of a broadsheet stands side by side. The lines of a last page that is not full wait for
    the next part, so that parts do not show."""

    def __init__(self, heading: Heading, codes: list[str], *, pum: bool, **opening: Any) -> None:
        self._heading, self._codes, self._pum = heading, codes, pum
        self._opening = opening  # what is said above its first line
        self._unprintable: list[str] = []  # numbers
        self._waiting: list[Line] = []

    def part(self, lines: list[Line], *, ends: bool) -> bytes:
        """What is full with these lines, or all, where it ends; it may be nothing. Raises
        CannotPrint."""
        self._unprintable += [line.number for line in lines if missing_in(line.name)]
        lines = self._waiting + lines
        rows = [(line, self._cells(line)) for line in lines]
        template = "results/pdf/broadsheet.html"
        facts = {"codes": self._codes, "rows": rows, "name": self._name(lines), **self._opening}
        facts["unprintable"] = self._unprintable if ends else []
        with _one_at_a_time():
            document = _laid_out(template, self._heading, **facts)
            full = document.pages if ends else document.pages[:-1]
            self._waiting = lines[sum(len(page.anchors) for page in full) :]  # a line is an anchor
            if not full:
                return b""
            self._opening = {}
            return _written(document.copy(full))

    def _cells(self, line: Line) -> list[tuple[str, str, int | None]]:
        return [_cell(line.outcomes.get(code), self._pum) for code in self._codes]

    def _name(self, lines: list[Line]) -> str:
        """As a bookmark has it."""
        if not lines or not self._codes:
            return self._heading.title
        return f"{self._codes[0]} to {self._codes[-1]}, from {lines[0].number}"


class Statements:
    """A page for each."""

    def __init__(self, heading: Heading) -> None:
        self._heading, self._begins = heading, True

    def part(self, lines: list[Line], *, ends: bool) -> bytes:
        """Raises CannotPrint."""
        statements = [
            (line, [(one, result_of(one)) for one in line.outcomes.values()], missing_in(line.name))
            for line in lines
        ]
        facts = {"statements": statements, "board": settings.BOARD_NAME, "begins": self._begins}
        self._begins = False
        with _one_at_a_time():
            template = "results/pdf/statements.html"
            return _written(_laid_out(template, self._heading, **facts))


def strips(heading: Heading, syllabuses: list[Any], *, pum: bool, how_many: int) -> list[Strip]:
    """Of a broadsheet: as few as can be, of about equal width. The first has the heading."""
    codes = [one.code for one in syllabuses]
    many = max(1, ceil(len(codes) / SYLLABUSES_A_STRIP))
    each = ceil(len(codes) / many) or 1
    first, *others = [codes[at : at + each] for at in range(0, len(codes), each)] or [[]]
    opening = {"begins": True, "syllabuses": syllabuses, "how_many": how_many}
    return [
        Strip(heading, first, pum=pum, **opening),
        *(Strip(heading, more, pum=pum) for more in others),
    ]


def numbered_binding() -> Binding:
    """For the parts of a broadsheet, of which each page has its number."""
    with ONE_AT_A_TIME:
        html = render_to_string("results/pdf/page_number.html")
        return Binding(page_template_of(laid_out(html, STYLE_SHEET)).slots["number"])


def _cell(one: Any, pum: bool) -> tuple[str, str, int | None]:
    """Its class, its text and its PUM."""
    if one is None:
        return "", "", None
    if one.withdrawn:
        return "off", "Withdrawn", None
    if one.grade is None:
        return "awaited", result_of(one), None
    return "", one.grade, one.pum if pum else None


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with ONE_AT_A_TIME, override("en-gb"):
        yield


def _laid_out(template: str, heading: Heading, **facts: Any) -> Any:
    context = {
        "heading": heading,
        "title": f"{heading.title}, {heading.selection.centre.number}, {heading.series}",
        "mark": "RESTRICTED: do not pass on" if heading.restricted else "PROVISIONAL",
        "made": _made(heading),
        "provisional": PROVISIONAL,
        **facts,
    }
    return laid_out(with_stand_ins(render_to_string(template, context)), STYLE_SHEET)


def _written(document: Any) -> bytes:
    """Raises CannotPrint."""
    try:
        with no_character_missing():
            return written(document, _heads_have_scope, pdf_identifier=b"results")
    except MissingCharacter as missing:
        raise CannotPrint(
            f"This cannot be printed: the fonts of this service lack a character of a name, "
            f"{named(str(missing))}. Download it as a workbook or as CSV, and tell the awarding body."
        ) from None


def _made(heading: Heading) -> str:
    until = f" Restricted until {heading.restricted[-1].local}." if heading.restricted else ""
    return f"Provisional results. Made {heading.made} by {heading.by}.{until}"


def _heads_have_scope(document: Any, pdf: Any) -> None:
    """WeasyPrint ties each cell to its heads by names that are not unique in a file of parts. Its
    tables are plain: that a head is one of a column, or of a row, says as much."""
    group = ""
    for tag in pdf.objects:
        kind = tag.get("S") if isinstance(tag, dict) else None
        if kind in ("/THead", "/TBody"):
            group = kind
        elif kind == "/TH":
            del tag["ID"]
            tag["A"]["Scope"] = "/Column" if group == "/THead" else "/Row"
        elif kind == "/TD":
            del tag["A"]["Headers"]
