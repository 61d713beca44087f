"""Letters: from facts to the PDF “Confidential Examination results information” (rule 14).

One A4 page for each candidate, always. WeasyPrint lays the page out once for all who share centre,
times and contact; what differs from candidate to candidate is stamped over it, as WeasyPrint would
have drawn it. A name that is too long for its line is laid out with its page.

A pure function: no query and no network, the same letters give the same bytes, and nothing about a
candidate stands in the metadata. A character that the fonts lack is an error, for a name must never
be printed as boxes.
"""

import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from django.template.loader import render_to_string

from credentials.letter import code
from credentials.letter.blank import Blank, DoesNotFit, blank_of
from credentials.letter.letter import CannotPrint, Letter
from credentials.letter.page import MissingCharacter, laid_out
from credentials.letter.sheets import Sheets
from credentials.letter.stamp import Line

__all__ = ["TITLE", "CannotPrint", "Letter", "make_pdf"]

TITLE = "Confidential Examination results information"
FITS = ("roomy", "close", "closer", "closest")  # how closely the style sheet sets a page
PLACEHOLDERS = {
    "candidate_number": "0000",
    "username": "0000-0000",
    "password": "0000-0000-0000-0000",
}
NAME_TO_COME = "\N{EM DASH}"


def make_pdf(letters: Sequence[Letter]) -> bytes:
    """The PDF of these letters, a page each, in this order. Raises CannotPrint."""
    sheets = Sheets(TITLE)
    for letter in letters:
        blank, stamps = _page(letter)
        sheets.add(blank, stamps)
    return sheets.finished()


def _page(letter: Letter) -> tuple[Blank, dict[str, Line | bytes]]:
    """The blank for this letter, and what is to be stamped on it."""
    whose = f"The letter of candidate {letter.candidate_number}"
    try:
        return _stamped(letter)
    except MissingCharacter as missing:
        raise CannotPrint(
            f"{whose} cannot be printed: the fonts of this service lack a character of it "
            f"({missing}). Tell the awarding body."
        ) from None
    except DoesNotFit:
        raise CannotPrint(f"{whose} does not fit on one page.") from None


def _stamped(letter: Letter) -> tuple[Blank, dict[str, Line | bytes]]:
    """Raises MissingCharacter or DoesNotFit."""
    anybody = replace(letter, **PLACEHOLDERS)
    blank = _blank_for_all(replace(anybody, candidate_name=NAME_TO_COME))
    stamps: dict[str, Line | bytes] = {
        "number": blank.line("number", letter.candidate_number),
        "username": blank.line("username", letter.username),
        "password": blank.line("password", letter.password),
        "code": code.image_mask(letter.code),
    }
    name = blank.line("name", letter.candidate_name)
    if name.width > blank.room("name"):
        return _blank(anybody), stamps
    return blank, {**stamps, "name": name}


@lru_cache(maxsize=64)
def _blank_for_all(letter: Letter) -> Blank:
    """Kept, for it tells nothing about a candidate."""
    return _blank(letter)


def _blank(letter: Letter) -> Blank:
    """The page of this letter, set as roomily as it can be."""
    for fit in FITS:
        document = laid_out(page_html(letter, fit=fit, stamped="stamp"))
        with suppress(DoesNotFit):
            return blank_of(document)
    raise DoesNotFit


def page_html(letter: Letter, *, fit: str, stamped: str = "") -> str:
    """The page for WeasyPrint: whole, or with “stamp” laid out but for what is to be stamped."""
    return render_to_string(
        "credentials/letter.html",
        {
            "letter": letter,
            "title": TITLE,
            "fit": fit,
            "stamped": stamped,
            "name_stamped": stamped if letter.candidate_name == NAME_TO_COME else "",
            "name_direction": _direction(letter.candidate_name),
            "code_side": len(code.modules(letter.code)),
            "code_path": "" if stamped else code.path(letter.code),
        },
    )


def _direction(name: str) -> str:
    """That of its first letter."""
    for character in name:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return "ltr" if direction == "L" else "rtl"
    return "ltr"
