"""The broadsheet and the statements as PDF: laid out by WeasyPrint in the letters' own fonts.

A broadsheet is landscape A4; with more syllabuses than stand side by side, it comes in strips of about
equal width, each with the candidates' numbers and names again. A statement is a page for each
candidate. On every sheet stand the centre, the series, when and by whom it was made, that results are
provisional and, while anything of it is restricted, that it must not be passed on. The same facts give
the same bytes, and a character that the fonts lack is an error: no name is printed as boxes.
"""

from math import ceil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from credentials.letter.letter import CannotPrint
from credentials.letter.page import VARIANT, MissingCharacter, laid_out, no_character_missing
from credentials.letters import ONE_AT_A_TIME
from results.taking_away.heading import PROVISIONAL, Heading
from results.taking_away.tables import Line, result_of

STYLE_SHEET = Path(__file__).parent / "paper.css"
SIDE_BY_SIDE = 11  # syllabuses on a sheet


def broadsheet_pdf(
    heading: Heading, syllabuses: list[Any], lines: list[Line], *, pum: bool = False
) -> bytes:
    """Raises CannotPrint."""
    codes = [one.code for one in syllabuses]
    return _pdf(
        "entries_and_results/paper/broadsheet.html",
        heading,
        syllabuses=syllabuses,
        strips=[_strip(part, lines, pum=pum) for part in _parts(codes)],
        many=len(lines),
    )


def statements_pdf(heading: Heading, lines: list[Line]) -> bytes:
    """A page for each. Raises CannotPrint."""
    return _pdf(
        "entries_and_results/paper/statements.html",
        heading,
        statements=[
            (line, [(one, result_of(one)) for one in line.outcomes.values()]) for line in lines
        ],
        board=settings.BOARD_NAME,
    )


def _parts(codes: list[str]) -> list[list[str]]:
    """As few as can be, of about equal length."""
    many = max(1, ceil(len(codes) / SIDE_BY_SIDE))
    each = ceil(len(codes) / many) or 1
    return [codes[at : at + each] for at in range(0, len(codes), each)] or [[]]


def _strip(codes: list[str], lines: list[Line], *, pum: bool) -> dict[str, Any]:
    return {
        "codes": codes,
        "rows": [(line, [_cell(line.outcomes.get(code), pum) for code in codes]) for line in lines],
    }


def _cell(one: Any, pum: bool) -> tuple[str, str, int | None]:
    """Its class, its text and its PUM."""
    if one is None:
        return "", "", None
    if one.withdrawn:
        return "off", "Withdrawn", None
    if one.grade is None:
        return "awaited", "Awaited", None
    return "", one.grade, one.pum if pum else None


def _pdf(template: str, heading: Heading, **facts: Any) -> bytes:
    with ONE_AT_A_TIME, override("en-gb"):
        context = {
            "heading": heading,
            "title": f"{heading.title}, {heading.whose.centre.number}, {heading.series}",
            "until": heading.restricted[-1].local if heading.restricted else "",
            "provisional": PROVISIONAL,
            **facts,
        }
        document = laid_out(render_to_string(template, context), STYLE_SHEET)
        try:
            with no_character_missing():
                return document.write_pdf(pdf_variant=VARIANT, pdf_identifier=b"taken away")
        except MissingCharacter as missing:
            raise CannotPrint(
                f"This cannot be printed: the fonts of this service lack a character of a name "
                f"({missing}). Take it as a workbook or as CSV, and tell the awarding body."
            ) from None
