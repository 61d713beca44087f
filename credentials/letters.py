"""Letters: from facts to the PDF “Confidential Examination results information” (rule 14).

One A4 page for each candidate, always. A pure function: no query and no network, the same letters
give the same bytes, and nothing about a candidate stands in the metadata. A character that the
fonts lack is an error, for a name must never be printed as boxes.
"""

import logging
import os
import unicodedata
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
STYLE_SHEET = Path(__file__).parent / "letter" / "letter.css"


class CannotPrint(Exception):
    """These letters cannot be printed as they should be; the text says why, in words for staff."""


@dataclass(frozen=True)
class Letter:
    """All that is printed on one letter. `username` and `password` are grouped for reading."""

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
    contact_name: str
    contact_telephone: str
    contact_email: str

    @property
    def fit(self) -> str:
        """How closely the page is set, so that the longest names still fit on it."""
        room = sum(map(_width, (self.candidate_name, self.centre_name)))
        room += sum(map(_width, (self.contact_name, self.contact_telephone, self.contact_email)))
        if len(self.moments) > 1:
            room += sum(100 + _width(", ".join(one.qualifications)) for one in self.moments)
        return "roomy" if room < 550 else "close" if room < 1000 else "closest"

    @property
    def qr_code(self) -> SafeString:
        return _qr_code(self.site_address)


def make_pdf(letters: Sequence[Letter]) -> bytes:
    """The PDF of these letters, a page each, in this order. Raises CannotPrint."""
    weasyprint = _weasyprint()
    html = render_to_string("credentials/letter.html", {"letters": letters, "title": TITLE})
    with _missing_characters() as missing:
        try:
            document = weasyprint.HTML(string=html, url_fetcher=_refuse).render(
                stylesheets=[_style_sheet()], font_config=_fonts(), pdf_variant="pdf/ua-1"
            )
            pdf = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"letters")
        except weasyprint.urls.FatalURLFetchingError:
            raise CannotPrint("A letter asked for something outside itself.") from None
    if missing:
        _complain(letters, missing)
    if len(document.pages) != len(letters):
        raise CannotPrint("A letter does not fit on one page.")
    return pdf


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
    """Collect what the fonts lack, which WeasyPrint only logs; out of the log, for it may be a name."""
    missing: list[str] = []

    def collect(record: logging.LogRecord) -> bool:
        if not record.msg.startswith(".notdef"):
            return True
        missing.append(f"U+{record.args[-1]:04X}")  # type: ignore[index, str-format]
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


def _width(text: str) -> int:
    """Its length in letters of usual width; those of Chinese take two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
