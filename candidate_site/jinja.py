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
from django.utils.translation import get_language, ngettext
from jinja2 import Environment
from markupsafe import Markup

from candidate_site.page import dialled
from centres.models import Centre
from core.dates import day, local, month, utc


def environment(**options: Any) -> Environment:
    """Jinja's environment, speaking the language that is active."""
    made = Environment(**options, extensions=["jinja2.ext.i18n"], trim_blocks=True)  # noqa: S701
    made.install_gettext_callables(_said, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals["static"] = cache(static)  # the names stand fast while the site runs
    made.filters |= {
        "untranslated": untranslated,
        "dialled": dialled,
        "day": day,
        "month": month,
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


def untranslated(text: object, direction: str = "") -> Markup:
    """What no browser may translate: a grade, a name, a number, a code, how to reach somebody. In a line that
    is written the other way round it keeps its own order: that of its letters, or `ltr`."""
    way = Markup(' dir="{}"').format(direction) if direction else ""
    return Markup('<bdi{} translate="no">{}</bdi>').format(way, text)


def milliseconds(instant: dt.datetime) -> int:
    """Since 1970, as scripts count."""
    return int(instant.timestamp() * 1000)


def _local(instant: dt.datetime, centre: Centre) -> str:
    return local(instant.replace(microsecond=0), centre)


def _utc(instant: dt.datetime) -> str:
    return utc(instant.replace(microsecond=0))
