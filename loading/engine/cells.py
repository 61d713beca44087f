"""A cell of a file -> a value, or the reason why it is none: what is wrong, and what to do."""

import datetime as dt
import re
from collections.abc import Callable
from functools import cache, lru_cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from centres.models.series import MONTHS
from centres.uci import CHECK_LETTERS, check_letter
from core.plain_text import fault_in

SHOWN = 40
NOT_UTF_8 = re.compile(r"[\ud800-\udfff\ufffd]")
FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠].")
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
# Files say the same again and again: a centre, a series, a grade; a candidate in row after row. Only
# what can be taken is remembered, and that it can be taken stays true.
remembered = lru_cache(maxsize=2_048)
UCI = re.compile(
    rf"[A-Z0-9]{{5}}[0-9]{{7}}[{CHECK_LETTERS}]"
    r"|[A-Z0-9]{5}[A-Z][0-9]{6}[A-Z]"  # another board's
)
MONTH_NUMBERS = {name.casefold(): month for month, name in MONTHS.items()}


class Wrong(ValueError):
    """This cell cannot be taken; the message is for the person who loads the file."""


def legible(text: str, longest: int = SHOWN) -> str:
    """Text from a file as it may stand on a terminal: short, and nothing that steers the terminal."""
    short = text if len(text) <= longest else f"{text[:longest]}…"
    return "".join(char if char.isprintable() else "�" for char in short)


def quoted(text: str) -> str:
    return f"“{legible(text)}”"


def plain(cell: str) -> str:
    """The text of a cell without the spaces around it; raises Wrong for what is no plain text."""
    if NOT_UTF_8.search(cell):
        raise Wrong("This is not UTF-8. Save the file as “CSV UTF-8” and load it again.")
    if is_formula(cell):
        raise Wrong(f"{quoted(cell)} begins like a formula. Type the plain value instead.")
    if fault := fault_in(cell):
        raise Wrong(fault)
    return cell.strip()


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
            raise Wrong(f"This has {len(value)} characters; {longest} is the most.")
        return value

    return convert


def matching(pattern: str, what: str) -> Callable[[str], str]:
    """A converter to text of this pattern; `what` says which it is and how to write it."""
    compiled = re.compile(pattern)

    @remembered
    def convert(cell: str) -> str:
        value = plain(cell)
        if not compiled.fullmatch(value):
            raise Wrong(f"{quoted(value)} is not {what}")
        return value

    return convert


centre_number = matching(r"[A-Z0-9]{5}", "a centre number. Write five capital letters or digits.")
syllabus_code = matching(r"[0-9]{4}", "a syllabus code. Write four digits, such as 0580.")
option_code = matching(r"[A-Z0-9]{0,4}", "an option code. Write it like AX, or leave it empty.")
candidate_number = matching(
    r"(?!0000)[0-9]{4}", "a candidate number. Write four digits, 0001 to 9999."
)


@cache
def one_of(*words: str) -> Callable[[str], str]:
    return matching("|".join(map(re.escape, words)), f"known here. Write {' or '.join(words)}.")


def date(cell: str) -> dt.date:
    value = plain(cell)
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return dt.date.fromisoformat(value)
    except ValueError:
        raise Wrong(f"{quoted(value)} is not a day of the calendar.") from None
    raise Wrong(f"{quoted(value)} is not a date. Write it like 2009-03-04.")


@remembered
def date_of_birth(cell: str) -> dt.date | None:
    if not plain(cell):
        return None
    born = date(cell)
    if not dt.date(1900, 1, 1) <= born < timezone.now().date():
        raise Wrong(f"Nobody who sits these examinations was born on {born}. Check the year.")
    return born


def instant(cell: str) -> dt.datetime:
    """A moment in UTC. Without its offset a time would mean another moment in every country."""
    value = plain(cell)
    example = "Write it like 2026-08-13T05:00:00+00:00."
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError:
        raise Wrong(f"{quoted(value)} is not a date with a time. {example}") from None
    if at.tzinfo is None:
        raise Wrong(f"{quoted(value)} has no offset from UTC. {example}")
    if not 2000 <= at.year <= 2100:
        raise Wrong(f"{quoted(value)} is not between the years 2000 and 2100.")
    return at.astimezone(dt.UTC)


def instant_if_any(cell: str) -> dt.datetime | None:
    return instant(cell) if plain(cell) else None


@remembered
def series(cell: str) -> tuple[int, int]:
    """The year and the month that a series' name says: “June 2026”, or “2026-06”."""
    value = plain(cell)
    if match := re.fullmatch(r"(20[0-9]{2})-(03|06|11)", value):
        return int(match[1]), int(match[2])
    month, _, year = value.partition(" ")
    if month.casefold() in MONTH_NUMBERS and re.fullmatch(r"20[0-9]{2}", year):
        return int(year), MONTH_NUMBERS[month.casefold()]
    raise Wrong(f"{quoted(value)} is not a series. Write March, June or November and the year.")


def time_zone(cell: str) -> str:
    value = plain(cell)
    if value not in _time_zones():
        raise Wrong(f"{quoted(value)} is not a time zone. Write it like Asia/Karachi.")
    return value


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def email(cell: str) -> str:
    value = text(254)(cell)
    try:
        validate_email(value)
    except ValidationError:
        raise Wrong(f"{quoted(value)} is not an e-mail address.") from None
    return value


@remembered
def uci(cell: str) -> str:
    """A candidate's UCI, or an empty text: it is optional."""
    value = plain(cell).upper()
    if not value:
        return ""
    if not UCI.fullmatch(value):
        raise Wrong(
            f"{quoted(value)} is not a UCI. Write thirteen characters: five for the centre, seven "
            "digits (another board’s may have a letter first) and the check letter; or leave it empty."
        )
    if value[:12].isdigit() and value[12] != check_letter(value[:12]):
        raise Wrong(f"{quoted(value)} has the wrong check letter. Look for a mistyped digit.")
    return value


@remembered
def pum(cell: str) -> int | None:
    value = plain(cell)
    if not value:
        return None
    if not re.fullmatch(r"[0-9]{1,3}", value) or int(value) > 100:
        raise Wrong(f"{quoted(value)} is not a PUM. Write a whole number, 0 to 100, or nothing.")
    return int(value)
