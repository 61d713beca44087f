"""Jinja for the candidate site's templates: compiled to Python, as so many pages are asked for at once.

They know no request and no context processor, so nothing of a visitor slips into a page. What every
page may use beside its context is named here.

Each template is compiled once a language. What is constant in a language, its texts without a value in them
and the addresses of static files, is put in before: then most of a page is one constant.
"""

import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.template import engines
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import get_language, ngettext
from jinja2 import Environment
from jinja2.ext import Extension
from markupsafe import Markup, escape

from candidate_site.page import dialled
from centres.models import Centre
from core.dates import day, minute, minute_this_year, month, zone_at

CONSTANT = re.compile(r'\{\{ (_|static)\("([^"]*)"\) \}\}')  # {{ _("…") }}, {{ static("…") }}

OPENED, CLOSED = Markup('<bdi translate="no">'), Markup("</bdi>")


class ConstantTexts(Extension):
    """Writes the language’s texts, and addresses of static files, into a template before it is compiled."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        with translation.override(self.environment.language):  # type: ignore[attr-defined]
            return CONSTANT.sub(_written_out, source)


def _written_out(found: re.Match[str]) -> str:
    what, text = found.groups()
    return static(text) if what == "static" else translation.gettext(text) % {}


def environment(**options: Any) -> Environment:
    """Jinja's environment, speaking the language that is active."""
    options |= {"extensions": ["jinja2.ext.i18n"], "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**options)  # noqa: S701 # nosec B701 # escapes by default, as `options` say
    made.install_gettext_callables(_said, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals["static"] = cache(static)  # the names stand fast while the site runs
    made.filters |= {
        "untranslated": untranslated,
        "dialled": dialled,
        "day": day,
        "month": month,
        "minute": _to_the_second(minute),
        "short": minute_this_year,
        "zone": zone_at,
        "day_at": day_at,
        "whole": whole,
        "east": minutes_east,
        "milliseconds": milliseconds,
    }
    return made


def rendered(template: str, context: dict[str, Any]) -> str:
    return (
        _environment_in(get_language())
        .get_template(f"candidate_site/{template}.html")
        .render(context)
    )


@cache
def _environment_in(language: str | None) -> Environment:
    engine: Any = engines["candidates"]
    made: Environment = engine.env.overlay(extensions=[ConstantTexts])
    made.extend(language=language)
    return made


def _said(text: str) -> str:
    return _translated(get_language(), text)


@cache
def _translated(language: str | None, text: str) -> str:
    """Looked up once: the way through a language's catalogues and those behind them is long."""
    return translation.gettext(text)


def untranslated(text: object, direction: str = "") -> Markup:
    """What no browser may translate: a grade, a name, a number, a code, how to reach somebody. In a line that
    is written the other way round it keeps its own order: that of its letters, or `ltr`."""
    opened = Markup('<bdi dir="{}" translate="no">').format(direction) if direction else OPENED
    return opened + escape(text) + CLOSED


def milliseconds(instant: dt.datetime) -> int:
    """Since 1970, as scripts count."""
    return int(instant.timestamp() * 1000)


def whole(text: str) -> Markup:
    """What is never parted at the end of a line."""
    return Markup('<span class="whole">{}</span>').format(text)


def minutes_east(instant: dt.datetime, centre: Centre) -> int:
    """How far the centre's clock is ahead of UTC, as scripts ask a device."""
    offset = instant.astimezone(centre.zone).utcoffset() or dt.timedelta()
    return int(offset.total_seconds()) // 60


def day_at(instant: dt.datetime, centre: Centre) -> str:
    return day(instant.astimezone(centre.zone))


def _to_the_second(written: Callable[[dt.datetime, Centre], str]) -> Callable[..., str]:
    return lambda instant, centre: written(instant.replace(microsecond=0), centre)
