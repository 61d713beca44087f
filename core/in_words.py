"""Values in words: as people read them on pages and in files, and never as Python writes them."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import dateformat

from core.dates import board_time, hours, utc

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(rf"{DAY.pattern}T[0-9]{{2}}:[0-9]{{2}}[0-9:.]*([+-][0-9]{{2}}:[0-9]{{2}}|Z)")


def in_words(value: Any) -> str:
    """A value as people read it: an instant by the board's clock and in UTC; empty where there is none.

    Raises TypeError for what nobody has found words for.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return f"{board_time(value)}, {utc(value.replace(microsecond=0))}"
    if isinstance(value, dt.date):
        return dateformat.format(value, "j F Y")
    if isinstance(value, dt.timedelta):
        return hours(value)
    if isinstance(value, str | int | float | Decimal | Model):
        return str(value)
    if isinstance(value, dict):
        return "; ".join(f"{in_words(key)}: {in_words(one)}" for key, one in value.items())
    if isinstance(value, list | tuple | set):
        return ", ".join(in_words(one) for one in value)
    raise TypeError(f"nobody has found words for a {type(value).__name__}")


def stored_in_words(value: Any) -> str:
    """The same of a value that was kept as JSON, which writes days and instants as texts."""
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return in_words(dt.datetime.fromisoformat(value))
    if isinstance(value, str) and DAY.fullmatch(value):
        return in_words(dt.date.fromisoformat(value))
    return in_words(value)
