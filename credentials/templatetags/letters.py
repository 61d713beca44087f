"""What a letter's template needs beside words: from which side a name is read."""

import unicodedata

from django import template

register = template.Library()


@register.filter
def direction(text: str) -> str:
    """`ltr` or `rtl`: that of its first letter, whatever the language around it."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"
