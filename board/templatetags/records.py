"""What a record holds, as people read it: Django's admin draws yes and no as a green tick and a red cross."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
DRAWN = re.compile(r'<img src="[^"]*/icon-(yes|no|unknown)[^"]*\.svg" alt="[^"]*">')
WORDS = {"yes": "Yes", "no": "No", "unknown": "–"}


@register.filter
def yes_or_no(cell: str) -> SafeString:
    """A cell or a value, with a word for each of these pictures; the head of a row says that it is one."""
    written = DRAWN.sub(lambda found: WORDS[found[1]], conditional_escape(cell))
    written = written.replace("<th ", '<th scope="row" ')
    return mark_safe(written)  # noqa: S308 # nosec B308, B703 # escaped above, where Django has not done so
