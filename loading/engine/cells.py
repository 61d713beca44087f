"""A cell of a file -> a value, or the reason why it is none: what is wrong, and what to do.

What a spreadsheet does to a cell is undone where it can mean one thing only: zeros taken from the front of
a number (`1`), a series made a date (`Jun-26`), a time of midnight behind a day, no-break and double spaces,
accents apart from their letters. What may mean two things is refused, a day like 04/03/2009 above all.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from centres.models.series import MONTHS
from centres.uci import CHECK_LETTERS, check_letter
from core import time_zones
from core.plain_text import INVISIBLE, fault_in

SHOWN = 40
NOT_UTF_8 = re.compile(r"[\ud800-\udfff\ufffd]")
# UTF-8 that was read as Latin-1 and written again: what follows its first letter cannot be printed.
TWICE = re.compile("[\u00c2-\u00f4][\u0080-\u009f\u00ad]")
NOTHING = re.compile(rf"(?!.*\ufffd)(?:\s|{INVISIBLE.pattern})*", re.S)
SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f]+")
A_FORMULA = "{} begins like a formula. Type the plain value instead."
FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠].")
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
MADE_A_NUMBER = re.compile(r"[0-9]([.,][0-9]+)?E[+-]?[0-9]+")
# Files say the same again and again: a centre, a series, a grade; a candidate in row after row. Only
# what can be taken is remembered, and that it can be taken stays true.
remembered = lru_cache(maxsize=2_048)
UCI = re.compile(
    rf"[A-Z0-9]{{5}}[0-9]{{7}}[{CHECK_LETTERS}]"
    r"|[A-Z0-9]{5}[A-Z][0-9]{6}[A-Z]"  # another board's
)
MONTH_NUMBERS = {
    spelling.casefold(): month for month, name in MONTHS.items() for spelling in (name, name[:3])
}
SERIES = re.compile(r"([A-Za-z]+)(?: 20|-20|-)([0-9]{2})")
MIDNIGHT = re.compile(r"[ T]00:00(:00)?")
EITHER_ORDER = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1([0-9]{4}|[0-9]{2})")
TWO_DIGITS_OF_THE_YEAR = re.compile(r"[0-9]{1,2}[ -][A-Za-z]{3,9}[ -][0-9]{2}")
DAYS_COUNTED = re.compile(r"[0-9]{5}")
IN_A_SPREADSHEET = "In a spreadsheet, mark the column, choose Format Cells, Custom, type yyyy-mm-dd, and save again."


class Wrong(ValueError):
    """This cell cannot be taken; the message is for the person who loads the file. It is a pattern, the same
    for every row that is wrong in this way, with the values of this row put into it."""

    def __init__(self, pattern: str, *values: object) -> None:
        super().__init__(filled(pattern, *values))
        self.pattern, self.values = pattern, values


def filled(pattern: str, *values: object) -> str:
    """Without values a pattern may hold anything."""
    return pattern.format(*values) if values else pattern


def legible(text: str, longest: int = SHOWN) -> str:
    """Text from a file as it may stand on a terminal: short, and nothing that steers the terminal."""
    short = text if len(text) <= longest else f"{text[:longest]}…"
    return "".join(char if char.isprintable() else "�" for char in short)


def quoted(text: str) -> str:
    return f"“{legible(text)}”"


def plain(cell: str) -> str:
    """The text of a cell without the spaces around it, as it is stored; raises Wrong for what is no plain
    text. What nobody can see is none."""
    if not cell.isascii():
        if NOT_UTF_8.search(cell):
            raise Wrong("This is not UTF-8. Save the file as “CSV UTF-8” and load it again.")
        if TWICE.search(cell):
            raise Wrong(
                "{} has garbled letters, because a program opened the file wrongly and saved it again. Go back "
                "to the file as it was before that.",
                quoted(cell),
            )
    if is_nothing(cell):
        return ""
    cell = normalised(cell)
    if is_formula(cell):
        raise Wrong(A_FORMULA, quoted(cell))
    if fault := fault_in(cell):
        what, code, where = fault.partition("(U+")
        raise Wrong(f"{what}{{}}{{}}", code, where)
    return cell.strip()


def is_nothing(cell: str) -> bool:
    """Whether a cell is empty, or holds only what nobody can see."""
    return not cell or cell.isspace() or (not cell.isascii() and bool(NOTHING.fullmatch(cell)))


def normalised(text: str) -> str:
    """Letters with their accents (NFC), and one plain space between words."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    elif "  " not in text:
        return text
    return SPACES.sub(" ", text)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run this. A negative number is only a number."""
    text = cell.lstrip(" ")
    return bool(FORMULA.match(text)) and not NUMBER.fullmatch(text.rstrip())


@cache
def text(longest: int, *, required: bool = True) -> Callable[[str], str]:
    """A converter to text of at most `longest` characters."""

    @remembered
    def convert(cell: str) -> str:
        value = plain(cell)
        if required and not value:
            raise Wrong("This is empty. Fill it in.")
        if len(value) > longest:
            raise Wrong("This has {} characters; {} is the most.", len(value), longest)
        return value

    return convert


def matching(pattern: str, what: str, *, without_zeros: str = "") -> Callable[[str], str]:
    """A converter to text of this pattern; `what` says which it is and how to write it. `without_zeros`: what
    a spreadsheet leaves of it where it takes it for a number; all such have four digits."""
    compiled, shorter = re.compile(pattern), re.compile(without_zeros)

    @remembered
    def convert(cell: str) -> str:
        value = plain(cell)
        if without_zeros and shorter.fullmatch(value):
            value = value.zfill(4)
        if not compiled.fullmatch(value):
            if MADE_A_NUMBER.fullmatch(value):
                raise Wrong(
                    "{} is a number that a spreadsheet has made of something else. Format the column as "
                    "Text, type it again, and save.",
                    quoted(value),
                )
            raise Wrong(f"{{}} is not {what}", quoted(value))
        return value

    return convert


centre_number = matching(r"[A-Z0-9]{5}", "a centre number. Write five capital letters or digits.")
syllabus_code = matching(
    r"[0-9]{4}",
    "a syllabus code. Write four digits, such as 0580.",
    without_zeros=r"[1-9][0-9]{2}",
)
option_code = matching(r"[A-Z0-9]{0,4}", "an option code. Write it like AX, or leave it empty.")
candidate_number = matching(
    r"(?!0000)[0-9]{4}",
    "a candidate number. Write four digits, 0001 to 9999.",
    without_zeros=r"[1-9][0-9]{0,2}",
)


@cache
def one_of(*words: str) -> Callable[[str], str]:
    return matching("|".join(map(re.escape, words)), f"known here. Write {' or '.join(words)}.")


def date(cell: str) -> dt.date:
    value = plain(cell)
    day = MIDNIGHT.sub("", value, count=1) if len(value) > 10 else value
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
            return dt.date.fromisoformat(day)
    except ValueError:
        raise Wrong("{} is not a day of the calendar.", quoted(value)) from None
    if EITHER_ORDER.fullmatch(value):
        raise Wrong(
            "{} is not a date as it must stand here: some put the day first, and some the month. Write "
            f"year, month and day, like 2009-03-04. {IN_A_SPREADSHEET}",
            quoted(value),
        )
    if TWO_DIGITS_OF_THE_YEAR.fullmatch(value):
        raise Wrong(
            "{} has two digits of the year alone. Write year, month and day, like 2009-03-04. "
            f"{IN_A_SPREADSHEET}",
            quoted(value),
        )
    if DAYS_COUNTED.fullmatch(value):
        raise Wrong(
            "{} is how a spreadsheet counts days. Write year, month and day, like 2009-03-04. "
            f"{IN_A_SPREADSHEET}",
            quoted(value),
        )
    raise Wrong("{} is not a date. Write it like 2009-03-04.", quoted(value))


@remembered
def date_of_birth(cell: str) -> dt.date | None:
    if not plain(cell):
        return None
    born = date(cell)
    if not dt.date(1900, 1, 1) <= born < timezone.now().date():
        raise Wrong("Nobody who sits these examinations was born on {}. Check the year.", born)
    return born


def instant(cell: str) -> dt.datetime:
    """A moment in UTC. Without its offset a time would mean another moment in every country."""
    value = plain(cell)
    example = "Write it like 2026-08-13T05:00:00+00:00."
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError:
        raise Wrong(f"{{}} is not a date with a time. {example}", quoted(value)) from None
    if at.tzinfo is None:
        raise Wrong(f"{{}} has no offset from UTC. {example}", quoted(value))
    if not 2000 <= at.year <= 2100:
        raise Wrong("{} is not between the years 2000 and 2100.", quoted(value))
    return at.astimezone(dt.UTC)


def instant_if_any(cell: str) -> dt.datetime | None:
    return instant(cell) if plain(cell) else None


@remembered
def series(cell: str) -> tuple[int, int]:
    """The year and the month that a series' name says: “June 2026”, “2026-06”, or “Jun-26”, which a
    spreadsheet makes of it."""
    value = plain(cell)
    if match := re.fullmatch(r"(20[0-9]{2})-(03|06|11)", value):
        return int(match[1]), int(match[2])
    match = SERIES.fullmatch(value)
    if match and match[1].casefold() in MONTH_NUMBERS:
        return 2000 + int(match[2]), MONTH_NUMBERS[match[1].casefold()]
    raise Wrong("{} is not a series. Write March, June or November and the year.", quoted(value))


def time_zone(cell: str) -> str:
    value = plain(cell)
    if fault := time_zones.fault_in(value):
        raise Wrong(fault, quoted(value))
    return value


def email(cell: str) -> str:
    value = text(254)(cell)
    try:
        validate_email(value)
    except ValidationError:
        raise Wrong("{} is not an e-mail address.", quoted(value)) from None
    return value


@remembered
def uci(cell: str) -> str:
    """A candidate's UCI, or an empty text: it is optional."""
    value = plain(cell).upper()
    if not value:
        return ""
    if not UCI.fullmatch(value):
        raise Wrong(
            "{} is not a UCI. Write thirteen characters: five for the centre, seven digits (another "
            "board’s may have a letter first) and the check letter; or leave it empty.",
            quoted(value),
        )
    if value[:12].isdigit() and value[12] != check_letter(value[:12]):
        raise Wrong("{} has the wrong check letter. Look for a mistyped digit.", quoted(value))
    return value


@remembered
def pum(cell: str) -> int | None:
    value = plain(cell)
    if not value:
        return None
    if (
        not re.fullmatch(r"[0-9]{1,3}([.,]0+)?", value)
        or (whole := int(re.split("[.,]", value)[0])) > 100
    ):
        raise Wrong("{} is not a PUM. Write a whole number, 0 to 100, or nothing.", quoted(value))
    return whole
