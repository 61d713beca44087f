"""Downloads of letters: printed as asked for this time, and recorded before they are given (rule 17).

What is kept are letters, not pages: so their order, groups, language and size are chosen anew at
each download. Letters whose login no longer works are left out, unless they are asked for.

More than AT_ONCE are given while they are printed: a download of thousands neither waits, nor takes memory,
nor is given up by the server, for each letter is a piece of it. What is to be refused is found before.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import chain, groupby, islice
from unicodedata import combining, normalize

from django.db import transaction

from accounts.models import User
from centres import audit
from centres.groups import place
from centres.status import arrangement_for
from core.pdf.layout import CannotPrint
from credentials.letters import storage
from credentials.letters.letter import Letter, Printing
from credentials.letters.pdf import (
    Groups,
    check_characters,
    cover_sheets_in_pieces,
    make_pdf,
    pdf_in_pieces,
)
from credentials.letters.zip_files import StreamedZip
from credentials.models import Credentials, LetterDownload, LetterFile

ORDERS = {"number": "Candidate number", "name": "Name", "group": "Group"}
NO_GROUP = "No group"
COVER_SHEET = "cover-sheet.pdf"
AT_ONCE = 100  # pages, or files of a zip, that are made before any is given


class CannotDownload(Exception):
    """The file cannot be downloaded; the text says why and what to do."""


@dataclass(frozen=True)
class Choice:
    """How letters are wanted: in which of ORDERS; of these candidates' numbers alone, () for all;
    with those whose login no longer works, or without; and whether each is a file of its own, in a zip."""

    printing: Printing = field(default_factory=Printing)
    order: str = "number"
    only: tuple[str, ...] = ()
    ended: bool = False
    each: bool = False


def usual_choice(file: LetterFile) -> Choice:
    """All its letters that work, by number, in the language that the centre chose last."""
    language = arrangement_for(file.centre, file.series).letter_language
    return Choice(printing=Printing(language=language))


def download(*, letter_file: LetterFile, by: User, choice: Choice = Choice()) -> Iterable[bytes]:
    """The PDF or zip as it is wanted, in a list by itself, or the pieces of a long one; that it was downloaded,
    how and by whom, is recorded before the first is given.

    Raises CannotDownload when the letters are not ready, were destroyed, cannot be opened or printed,
    or when none is left of those that are wanted.
    """
    if not letter_file.downloadable:
        raise CannotDownload(
            "There is nothing to download yet. This page says how far the letters are."
        )
    working = _working(letter_file)
    try:
        letters = _in_their_groups(letter_file, _wanted(letter_file, working, choice))
        groups = _grouped(letters, choice.order)
        pieces = (_zip if choice.each else pdf_in_pieces)(groups, choice.printing)
        first, rest = b"".join(islice(pieces, AT_ONCE)), next(pieces, None)
    except (storage.CannotOpen, CannotPrint) as error:
        raise CannotDownload(str(error)) from None
    _record(letter_file, by, choice, letters=len(letters), whole=_is_whole(choice, working))
    return [first] if rest is None else chain([first, rest], pieces)


def _zip(groups: Groups, printing: Printing) -> Iterator[bytes]:
    """A PDF for each letter, named by candidate number alone, as they are sent on one by one; and the cover
    sheets, where they are wanted. Raises CannotPrint."""
    check_characters(groups, printing)
    archive, alone = StreamedZip(), replace(printing, cover_sheet=False)
    if printing.cover_sheet:
        yield from archive.add(COVER_SHEET, cover_sheets_in_pieces(groups, printing))
    for _, letters in groups:
        for letter in letters:
            pdf = make_pdf([letter], alone)
            yield from archive.add(f"{letter.candidate_number}.pdf", [pdf])
    yield archive.finished()


@transaction.atomic
def _record(file: LetterFile, by: User, choice: Choice, *, letters: int, whole: bool) -> None:
    """Record it as a download of the file, and in the audit trail."""
    LetterDownload.objects.create(letter_file=file, by=by.username, letters=letters, whole=whole)
    audit.record(
        "letters_downloaded" if whole else "letter_downloaded",
        by=by,
        centre=file.centre,
        series=file.series,
        subject=file.audit_subject,
        new={"letters": letters, **_unusual(choice)},
    )


def _is_whole(choice: Choice, working: set[str]) -> bool:
    """Whether none of the letters that work is left out: a file of one is downloaded by that one."""
    return not choice.only or (bool(working) and working.issubset(choice.only))


def _working(file: LetterFile) -> set[str]:
    """The numbers of the candidates whose login in this file works."""
    live = Credentials.objects.live().filter(letter_file=file)
    return set(live.values_list("candidate__number", flat=True))


def _wanted(file: LetterFile, working: set[str], choice: Choice) -> list[Letter]:
    """Raises CannotDownload when a letter that was asked for by number is not to be had."""
    letters = storage.letters_in(file)
    if choice.only:
        _refuse_if_any(
            set(choice.only) - {letter.candidate_number for letter in letters},
            "This file has no letter of {}. Look for it in the list of candidates.",
        )
        letters = [letter for letter in letters if letter.candidate_number in choice.only]
    if choice.ended:
        return letters
    if choice.only:
        _refuse_if_any(
            set(choice.only) - working,
            "The login on the letter of {} no longer works, so it is not printed. If "
            "you still want it, tick “Also letters whose login no longer works”.",
        )
    letters = [letter for letter in letters if letter.candidate_number in working]
    if not letters:
        raise CannotDownload(
            "No login on these letters works any more, so they are not printed. If you "
            "still want them, tick “Also letters whose login no longer works”."
        )
    return letters


def _refuse_if_any(numbers: set[str], why: str) -> None:
    if numbers:
        raise CannotDownload(why.format(", ".join(sorted(numbers))))


def _in_their_groups(file: LetterFile, letters: list[Letter]) -> list[Letter]:
    rows = file.centre.candidates.filter(series=file.series).exclude(group="")
    group_of = dict(rows.values_list("number", "group"))
    return [replace(one, group=group_of.get(one.candidate_number, "")) for one in letters]


def _grouped(letters: list[Letter], order: str) -> list[tuple[str, Sequence[Letter]]]:
    """One nameless group; or, in order of their names, the centre's own, and who is in none last."""
    if order == "name":
        return [("", sorted(letters, key=_place_of_name))]
    if order != "group" or not any(one.group for one in letters):
        return [("", letters)]
    by_group = sorted(letters, key=lambda one: (not one.group, place(one.group), one.group))
    return [(name or NO_GROUP, [*of]) for name, of in groupby(by_group, lambda one: one.group)]


def _place_of_name(letter: Letter) -> str:
    """Accents and capitals do not count: ÁLVAREZ stands before BAKER."""
    letters = normalize("NFKD", letter.candidate_name)
    return "".join(one for one in letters if not combining(one)).casefold()


def _unusual(choice: Choice) -> dict[str, str | bool]:
    """Of the choices, for the audit trail, those that are not the usual ones; no candidate."""
    usual, printing = asdict(Printing()), asdict(choice.printing)
    found = {name: value for name, value in printing.items() if value != usual[name]}
    if choice.order != "number":
        found["order"] = choice.order
    if choice.ended:
        found["ended logins too"] = True
    if choice.each:
        found["one file for each candidate"] = True
    return found
