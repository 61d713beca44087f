"""Letters: from facts to the PDF “Confidential Examination results information” (rule 14).

One A4 page for each candidate, always. A pure function: no query and no network, the same letters
give the same bytes, and nothing about a candidate stands in the metadata. A character that the
fonts lack is an error, for a name must never be printed as boxes.
"""

import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from centres.times import Moment
from credentials.letter.fonts import configuration

TITLE = "Confidential Examination results information"
FITS = (
    "roomy",
    "close",
    "closer",
    "closest",
)  # classes of the style sheet: how closely a page is set
STYLE_SHEET = Path(__file__).parent / "letter" / "letter.css"


class CannotPrint(Exception):
    """These letters cannot be printed as they should be; the text says why, in words for staff."""


@dataclass(frozen=True)
class Letter:
    """All that is printed on one letter. `username` and `password` are grouped for reading;
    `undated` are the candidate's qualifications that have no release yet."""

    board: str
    site_address: str
    candidate_number: str
    candidate_name: str
    centre_number: str
    centre_name: str
    series: str
    username: str = field(repr=False)
    password: str = field(repr=False)
    moments: tuple[Moment, ...]
    undated: tuple[str, ...]
    contact_name: str
    contact_telephone: str
    contact_email: str

    @property
    def times_differ(self) -> bool:
        return len(self.moments) + bool(self.undated) > 1

    @property
    def qr_code(self) -> SafeString:
        return _qr_code(self.site_address)


def make_pdf(letters: Sequence[Letter]) -> bytes:
    """The PDF of these letters, a page each, in this order. Raises CannotPrint."""
    try:
        document = _laid_out(letters)
        with _missing_characters() as missing:
            pdf = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"letters")
    except _weasyprint().urls.FatalURLFetchingError:
        raise CannotPrint("A letter asked for something outside itself.") from None
    if missing:
        _complain(letters, missing)
    return pdf


def _laid_out(letters: Sequence[Letter]):
    """The document with a page for each letter: one that needs two is set more closely."""
    fits = [0] * len(letters)
    while True:
        document = _document(letters, [FITS[fit] for fit in fits])
        # A letter on two pages has its anchor, letter-1 and so on, on both.
        pages = Counter(name for page in document.pages for name in page.anchors)
        too_long = [index for index in range(len(letters)) if pages[f"letter-{index + 1}"] > 1]
        if not too_long:
            break
        for index in too_long:
            fits[index] += 1
            if fits[index] == len(FITS):
                number = letters[index].candidate_number
                raise CannotPrint(f"The letter of candidate {number} does not fit on one page.")
    if len(document.pages) != len(letters):
        raise CannotPrint("The letters do not come out as one page each.")
    return document


def _document(letters: Sequence[Letter], fits: Sequence[str]):
    html = render_to_string(
        "credentials/letter.html",
        {"letters": list(zip(letters, fits, strict=True)), "title": TITLE},
    )
    return (
        _weasyprint()
        .HTML(string=html, url_fetcher=_refuse)
        .render(stylesheets=[_style_sheet()], font_config=_fonts(), pdf_variant="pdf/ua-1")
    )


def _complain(letters: Sequence[Letter], missing: list[str]) -> NoReturn:
    """Say whose letter it is: of many, make each alone until one fails."""
    if len(letters) > 1:
        for letter in letters:
            make_pdf([letter])
    characters = ", ".join(sorted(set(missing)))
    raise CannotPrint(
        f"The letter of candidate {letters[0].candidate_number} cannot be printed: the fonts of "
        f"this service lack a character of it ({characters}). Tell the awarding body."
    )


@contextmanager
def _missing_characters() -> Iterator[list[str]]:
    """Collect what the fonts lack, which WeasyPrint only logs: a name does not belong there."""
    missing: list[str] = []

    def collect(record: logging.LogRecord) -> bool:
        if not record.msg.startswith(".notdef"):
            return True
        missing.append(f"U+{record.args[-1]:04X}")  # type: ignore[index]
        return False

    logger = logging.getLogger("weasyprint")
    logger.addFilter(collect)
    try:
        yield missing
    finally:
        logger.removeFilter(collect)


@cache
def _weasyprint() -> ModuleType:
    """WeasyPrint, loaded where the first letter is made, so that the site runs without Pango.

    It asks for fonts when it is loaded, so ours must be named before.
    """
    os.environ["FONTCONFIG_FILE"] = str(configuration())
    return import_module("weasyprint")


@cache
def _fonts():
    return import_module("weasyprint.text.fonts").FontConfiguration()


@cache
def _style_sheet():
    return _weasyprint().CSS(
        string=STYLE_SHEET.read_text(), font_config=_fonts(), url_fetcher=_refuse
    )


def _refuse(url: str, *args: object, **kwargs: object) -> NoReturn:
    raise _weasyprint().urls.FatalURLFetchingError("a letter fetches nothing")


@cache
def _qr_code(address: str) -> SafeString:
    """The address and nothing else, as one path of an SVG."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(  # noqa: S308 - segno's own drawing of a setting
        code.svg_inline(border=0, omitsize=True, title="QR code that opens the sign-in page")
    )
