"""Letters: from facts to the PDF “Confidential Examination results information” (rule 14).

One A4 page for each candidate, always. WeasyPrint lays the page out once for all who share centre,
times and contact, and once more for each number of lines that their names take; what differs from
candidate to candidate is stamped over it, as WeasyPrint would have drawn it.

A file can be given away page by page while it is made, so that however long it is nobody waits for its
end. What is to be refused is found before the first.

A pure function: no query and no network, the same letters give the same bytes, and nothing about a
candidate stands in the metadata. A character that the fonts lack is an error, for a name must never
be printed as boxes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from functools import lru_cache, partial
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext, override

from core.pdf import qr_code
from core.pdf.coverage import missing_in, named
from core.pdf.layout import ONE_AT_A_TIME, CannotPrint, MissingCharacter, laid_out
from core.pdf.page_template import DoesNotFit, PageTemplate, page_template_of
from core.pdf.shaping import Stamp, direction
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
    "password": "0000-0000-0000-0000",  # nosec B105 # of a letter that nobody gets
    "group": "",
}
SHARED = [one.name for one in fields(Letter) if one.name not in (*OPEN, "candidate_name")]
shared_facts = attrgetter(*SHARED)
ROWS = (24, 20, 14)  # candidates on a page of the cover sheet: the first that fits
LACKS = "{} cannot be printed: the fonts of this service lack a character of it, {}. {}"
TELL = "Tell the awarding body."
WITHOUT = "Download the letters without cover sheets, or write the group otherwise."
TEMPLATES = 256  # that are kept: for each set of qualifications, way to print and length of a name

Groups = Sequence[tuple[str, Sequence[Letter]]]
Page = tuple[PageTemplate, Mapping[str, Stamp]]


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


def make_grouped_pdf(groups: Groups, printing: Printing) -> bytes:
    """The same for groups that have a name, each with its cover sheet where one is wanted."""
    return b"".join(pdf_in_pieces(groups, printing))


def pdf_in_pieces(groups: Groups, printing: Printing) -> Iterator[bytes]:
    """The same while it is made, a piece with each page. Raises CannotPrint: for a name or a group at once, for
    what all letters say with the first piece."""
    check_characters(groups, printing)
    return _pieces(_pages(groups, printing), printing)


def cover_sheets_in_pieces(groups: Groups, printing: Printing) -> Iterator[bytes]:
    """The cover sheets alone. Raises CannotPrint."""
    pages = (page for group, letters in groups for page in _cover_sheet(group, letters))
    return _pieces(pages, printing)


def check_characters(groups: Groups, printing: Printing) -> None:
    """Raises CannotPrint for a name or a group of which no font of ours has a character."""
    for group, letters in groups:
        if printing.cover_sheet:
            _check(group, _which(group), WITHOUT)
        for letter in letters:
            _check(letter.candidate_name, _whose(letter), TELL)


def _pieces(pages: Iterator[Page], printing: Printing) -> Iterator[bytes]:
    """Between two pages others may print, and in another language."""
    with ONE_AT_A_TIME, override(printing.language):
        file = StampedPages(_title(), blank_backs=printing.blank_backs)
    more = True
    while more:
        with ONE_AT_A_TIME, override(printing.language):
            page = next(pages, None)
            if page:
                file.add(*page)
            more, piece = bool(page), file.drained() if page else file.finished()
        yield piece


def _pages(groups: Groups, printing: Printing) -> Iterator[Page]:
    for group, letters in groups:
        if printing.cover_sheet:
            yield from _cover_sheet(group, letters)
        for letter in letters:
            yield _page(letter, printing)


def _page(letter: Letter, printing: Printing) -> Page:
    """The template for this letter, and what is to be stamped on it."""
    try:
        return _stamped(letter, printing)
    except MissingCharacter as missing:
        raise CannotPrint(LACKS.format(_whose(letter), named(str(missing)), TELL)) from None
    except DoesNotFit:
        raise CannotPrint(f"{_whose(letter)} does not fit on one page.") from None


def _check(text: str, whose: str, remedy: str) -> None:
    if missing := missing_in(text):
        raise CannotPrint(LACKS.format(whose, named(missing), remedy))


def _whose(letter: Letter) -> str:
    return f"The letter of candidate {letter.candidate_number}"


def _which(group: str) -> str:
    return f"The cover sheet of “{group}”" if group else "The cover sheet"


def _stamped(letter: Letter, printing: Printing) -> Page:
    """Set as roomily as it can be. Raises MissingCharacter or DoesNotFit."""
    letter = _sample(letter) if printing.sample else letter
    shared, way = shared_facts(letter), direction(letter.candidate_name)
    group = "" if missing_in(letter.group) else letter.group
    for fit in LARGE_FITS if printing.large else FITS:
        with suppress(DoesNotFit):
            template_of = partial(_template, shared, printing, fit, way, bool(group))
            template, names = _in_lines(template_of, "name", letter.candidate_name)
            slots, code = template.slots, qr_code.image_mask(_coded(letter, printing))
            return template, {
                "number": slots["number"].write(letter.candidate_number),
                **names,
                **({"group": slots["group"].write(group)} if group else {}),
                "username": slots["username"].write(letter.username),
                "password": slots["password"].write(letter.password),
                "code": template.pictures["code"].stamp(code),
            }
    raise DoesNotFit


def _in_lines(template_of: Callable[[int], PageTemplate | None], name: str, text: str) -> Page:
    """The template that has as many lines as this text needs, and these. Raises DoesNotFit."""
    template = template_of(1)
    slot = template and template.slots.get(f"{name}-0")
    lines = slot.lines(text) if slot else []
    if len(lines) > 1:
        template = template_of(len(lines))
    if not template:
        raise DoesNotFit
    named = {f"{name}-{at}": line for at, line in enumerate(lines)}
    return template, {slot: template.slots[slot].stamp(line) for slot, line in named.items()}


def _coded(letter: Letter, printing: Printing) -> str:
    return letter.site_address if printing.sample else letter.code


def _sample(letter: Letter) -> Letter:
    word = gettext("SAMPLE")
    return replace(letter, username=word, password=word)


@lru_cache(maxsize=TEMPLATES)
def _template(
    shared: tuple[Any, ...], printing: Printing, fit: str, way: str, grouped: bool, lines: int
) -> PageTemplate | None:
    """The page for a name that is read this way and takes so many lines; None where that is more than a page.
    Kept, for it tells nothing about a candidate."""
    facts = dict(zip(SHARED, shared, strict=True))
    letter = Letter(**facts, **OPEN, candidate_name=NAME_TO_COME)
    letter = replace(letter, group=NAME_TO_COME) if grouped else letter
    return _laid_out(letter_html(letter, printing, fit, [NAME_TO_COME] * lines, way, "stamp"))


def letter_html(
    letter: Letter, printing: Printing, fit: str, name_lines: list[str], way: str, stamped: str
) -> str:
    """`stamped`: the class of what is laid out and not drawn; where it is empty, all of it is."""
    return render_to_string(
        "credentials/letter.html",
        {
            "letter": letter,
            "title": _title(),
            "fit": fit,
            "sample": printing.sample,
            "stamped": stamped,
            "name_lines": name_lines,
            "name_direction": way,
            "code_side": len(qr_code.modules(letter.code)),
            "code_path": "" if stamped else qr_code.path(letter.code),
        },
    )


def _laid_out(html: str) -> PageTemplate | None:
    try:
        return page_template_of(laid_out(html, STYLE_SHEET))
    except DoesNotFit:
        return None


def _cover_sheet(group: str, letters: Sequence[Letter]) -> list[Page]:
    """Its pages: less on each where long names of group and centre stand above. Raises CannotPrint."""
    try:
        for rows in ROWS:
            with suppress(DoesNotFit):
                return list(_cover_pages(group, letters, rows))
    except MissingCharacter as missing:
        raise CannotPrint(LACKS.format(_which(group), named(str(missing)), WITHOUT)) from None
    raise CannotPrint(f"{_which(group)} does not fit on a page. Download the letters without it.")


def _cover_pages(group: str, letters: Sequence[Letter], rows: int) -> Iterator[Page]:
    """A name that is too long for its row is set smaller. Raises MissingCharacter or DoesNotFit."""
    anybody = replace(letters[0], **OPEN, candidate_name="", visible_from=(), undated=())
    pages = [letters[at : at + rows] for at in range(0, len(letters), rows)]
    for number, page in enumerate(pages, 1):
        way = direction(group) if group else ""
        template_of = partial(_cover_template, anybody, way, len(page), get_language())
        template, stamps = _in_lines(template_of, "group", group)
        texts = {"page": f"{number} / {len(pages)}"}
        for row, letter in enumerate(page):
            texts[f"number-{row}"] = letter.candidate_number
            texts[f"name-{row}"] = letter.candidate_name
        written = {name: template.slots[name].write(text) for name, text in texts.items()}
        yield template, {**stamps, **written}


@lru_cache(maxsize=TEMPLATES)
def _cover_template(
    letter: Letter, way: str, rows: int, language: str, group_lines: int
) -> PageTemplate | None:
    """Of letters in no group, `way` is empty."""
    context = {"letter": letter, "title": _title(), "group_direction": way}
    context |= {"rows": range(rows), "group_lines": range(group_lines if way else 0)}
    return _laid_out(render_to_string("credentials/cover_sheet.html", context))


def _title() -> str:
    return gettext("Confidential Examination results information")
