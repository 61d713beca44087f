"""What the candidate site's templates need beside words: numbers, telephones, instants."""

import datetime as dt

from django import template
from django.utils.dateformat import format as written
from django.utils.translation import gettext

from results.candidate_site import language
from results.candidate_site.page import dialled

register = template.Library()
register.filter(language.numerals)
register.filter(dialled)


@register.filter
def day(date: dt.date) -> str:
    """“15 August 2026”, as the language being spoken writes it."""
    return language.numerals(written(date, gettext("j F Y")))


@register.filter
def milliseconds(instant: dt.datetime) -> int:
    """Since 1970, as scripts count."""
    return int(instant.timestamp() * 1000)
