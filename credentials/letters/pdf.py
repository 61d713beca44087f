"""Letters: from facts to the PDF “Confidential Examination results information” (rule 14).

One A4 page for each candidate, always. WeasyPrint lays the page out once for all who share centre,
times and contact; what differs from candidate to candidate is stamped over it, as WeasyPrint would
have drawn it. A name that is too long for its line is laid out with its page.

A pure function: no query and no network, the same letters give the same bytes, and nothing about a
candidate stands in the metadata. A character that the fonts lack is an error, for a name must never
be printed as boxes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from core.pdf import qr_code
from core.pdf.coverage import named
from core.pdf.layout import ONE_AT_A_TIME, CannotPrint, MissingCharacter, laid_out
from core.pdf.page_template import DoesNotFit, PageTemplate, page_template_of
from core.pdf.shaping import Stamp
from core.pdf.stamped_pages import StampedPages
from credentials.letters.letter import Letter, Printing

TITLE = "Confidential Examination results information"
STYLE_SHEET = Path(__file__).parent / "letter.css"
# How closely the style sheet sets a page.
FITS = ("roomy", "close by-10", "close", "close by-8", "closer", "closest")
LARGE_FITS = ("large", *(f"large to-{points}" for points in (16, 14, 12, 10)), *FITS)
NAME_TO_COME = "\N{EM DASH}"
# What is stamped, and stands open while the page is laid out.
OPEN: dict[str, Any] = {
    "candidate_number": "0000",
    "username": "0000-0000",
    "password": "0000-0000-0000-0000",
}
SHARED = [one.name for one in fields(Letter) if one.name not in (*OPEN, "candidate_name")]
shared_facts = attrgetter(*SHARED)
ROWS = (24, 20, 14)  # candidates on a page of the cover sheet: the first that fits


def make_pdf(letters: Sequence[Letter], printing: Printing = Printing()) -> bytes:  # noqa: B008
    """The PDF of these letters, a page each, in this order. Raises CannotPrint."""
    return make_grouped_pdf([("", letters)], printing)


def names_that_cannot(letters: Sequence[Letter]) -> list[Letter]:
    """The letters that cannot be printed because of whose they are. Raises CannotPrint where that is not
    the name's fault, but of what all of them say."""
    found = []
    for letter in letters:
        try:
            make_pdf([letter])
        except CannotPrint:
            make_pdf([replace(letter, candidate_name=NAME_TO_COME)])
            found.append(letter)
    return found


def make_grouped_pdf(groups: Sequence[tuple[str, Sequence[Letter]]], printing: Printing) -> bytes:
    """The same for groups that have a name, each with its cover sheet where one is wanted."""
    with ONE_AT_A_TIME, override(printing.language):
        pages = StampedPages(_title())
        for name, letters in groups:
            if printing.cover_sheet:
                for template, stamps in _cover_sheet(name, letters, printing):
                    pages.add(template, stamps)
            for letter in letters:
                template, stamps = _page(letter, printing)
                pages.add(template, stamps)
        return pages.finished()


def _page(letter: Letter, printing: Printing) -> tuple[PageTemplate, Mapping[str, Stamp]]:
    """The template for this letter, and what is to be stamped on it."""
    whose = f"The letter of candidate {letter.candidate_number}"
    try:
        return _stamped(letter, printing)
    except MissingCharacter as missing:
        raise CannotPrint(
            f"{whose} cannot be printed: the fonts of this service lack a character of it, "
            f"{named(str(missing))}. Tell the awarding body."
        ) from None
    except DoesNotFit:
        raise CannotPrint(f"{whose} does not fit on one page.") from None


def _stamped(letter: Letter, printing: Printing) -> tuple[PageTemplate, Mapping[str, Stamp]]:
    """Raises MissingCharacter or DoesNotFit."""
    letter = _sample(letter) if printing.sample else letter
    template = _template_for_all(shared_facts(letter), printing)
    name = template.slots["name"].line(letter.candidate_name)
    fits = name.width <= template.slots["name"].room
    if not fits:
        template = _template(replace(letter, **OPEN), printing)
    stamps = {
        "number": template.slots["number"].write(letter.candidate_number),
        "username": template.slots["username"].write(letter.username),
        "password": template.slots["password"].write(letter.password),
        "code": template.pictures["code"].stamp(qr_code.image_mask(_coded(letter, printing))),
    }
    return template, {**stamps, "name": template.slots["name"].stamp(name)} if fits else stamps


def _coded(letter: Letter, printing: Printing) -> str:
    return letter.site_address if printing.sample else letter.code


def _sample(letter: Letter) -> Letter:
    word = gettext("SAMPLE")
    return replace(letter, username=word, password=word)


@lru_cache(maxsize=64)
def _template_for_all(shared: tuple[Any, ...], printing: Printing) -> PageTemplate:
    """Kept, for it tells nothing about a candidate."""
    facts = dict(zip(SHARED, shared, strict=True))
    return _template(Letter(**facts, **OPEN, candidate_name=NAME_TO_COME), printing)


def _template(letter: Letter, printing: Printing) -> PageTemplate:
    """The page of this letter, set as roomily as it can be."""
    for fit in LARGE_FITS if printing.large else FITS:
        with suppress(DoesNotFit):
            html = page_html(letter, printing, fit=fit, stamped="stamp")
            return page_template_of(laid_out(html, STYLE_SHEET))
    raise DoesNotFit


def page_html(letter: Letter, printing: Printing, *, fit: str, stamped: str = "") -> str:
    """The page for WeasyPrint: whole, or with “stamp” laid out but for what is to be stamped."""
    return render_to_string(
        "credentials/letter.html",
        {
            "letter": letter,
            "title": _title(),
            "fit": fit,
            "sample": printing.sample,
            "stamped": stamped,
            "name_stamped": stamped if letter.candidate_name == NAME_TO_COME else "",
            "code_side": len(qr_code.modules(letter.code)),
            "code_path": "" if stamped else qr_code.path(letter.code),
        },
    )


def _cover_sheet(
    group: str, letters: Sequence[Letter], printing: Printing
) -> list[tuple[PageTemplate, Mapping[str, Stamp]]]:
    """Its pages: less on each where long names of group and centre stand above. Raises CannotPrint."""
    which = f"The cover sheet of “{group}”" if group else "The cover sheet"
    try:
        for rows in ROWS:
            with suppress(DoesNotFit):
                return list(_cover_pages(group, letters, printing, rows))
    except MissingCharacter as missing:
        raise CannotPrint(
            f"{which} cannot be printed: the fonts of this service lack a character of it, "
            f"{named(str(missing))}. Download the letters without cover sheets, or write the group otherwise."
        ) from None
    raise CannotPrint(f"{which} does not fit on a page. Download the letters without it.")


def _cover_pages(
    group: str, letters: Sequence[Letter], printing: Printing, rows: int
) -> Iterator[tuple[PageTemplate, Mapping[str, Stamp]]]:
    """A name that is too long for its row is set smaller. Raises MissingCharacter or DoesNotFit."""
    pages = [letters[at : at + rows] for at in range(0, len(letters), rows)]
    for number, page in enumerate(pages, 1):
        anybody = replace(page[0], **OPEN, candidate_name="")
        template = _cover_template(anybody, group, len(page), printing)
        texts = {"page": f"{number} / {len(pages)}"}
        for row, letter in enumerate(page):
            texts[f"number-{row}"] = letter.candidate_number
            texts[f"name-{row}"] = letter.candidate_name
        yield template, {name: template.slots[name].write(text) for name, text in texts.items()}


@lru_cache(maxsize=16)
def _cover_template(letter: Letter, group: str, rows: int, printing: Printing) -> PageTemplate:
    context = {"letter": letter, "title": _title(), "group": group, "rows": range(rows)}
    html = render_to_string("credentials/cover_sheet.html", context)
    return page_template_of(laid_out(html, STYLE_SHEET))


def _title() -> str:
    return gettext("Confidential Examination results information")
