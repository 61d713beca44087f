"""Jinja for the candidate site's templates: compiled to Python, as so many pages are asked for at once.

They know no request and no context processor, so nothing of a visitor slips into a page. What every
page may use beside its context is named here.
"""

import datetime as dt
from functools import cache
from typing import Any

from django.template import engines
from django.templatetags.static import static
from django.utils import translation
from django.utils.dateformat import format as written
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment

from candidate_site.language import numerals
from candidate_site.page import dialled
from centres.models import Centre
from core.dates import local, utc


def environment(**options: Any) -> Environment:
    """Jinja's environment, speaking the language that is active."""
    made = Environment(**options, extensions=["jinja2.ext.i18n"], trim_blocks=True)  # noqa: S701
    made.install_gettext_callables(_said, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals["static"] = cache(static)  # the names stand fast while the site runs
    made.filters |= {
        "numerals": numerals,
        "dialled": dialled,
        "day": day,
        "local": _local,
        "utc": _utc,
        "milliseconds": milliseconds,
    }
    return made


def rendered(template: str, context: dict[str, Any]) -> str:
    return engines["candidates"].get_template(f"candidate_site/{template}.html").render(context)


def _said(text: str) -> str:
    return _translated(get_language(), text)


@cache
def _translated(language: str | None, text: str) -> str:
    """Looked up once: the way through a language's catalogues and those behind them is long."""
    return translation.gettext(text)


def day(date: dt.date) -> str:
    """“15 August 2026”, as the language being spoken writes it."""
    return numerals(written(date, gettext("j F Y")))


def milliseconds(instant: dt.datetime) -> int:
    """Since 1970, as scripts count."""
    return int(instant.timestamp() * 1000)


def _local(instant: dt.datetime, centre: Centre) -> str:
    return numerals(local(instant.replace(microsecond=0), centre))


def _utc(instant: dt.datetime) -> str:
    return numerals(utc(instant.replace(microsecond=0)))
