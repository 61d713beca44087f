"""Signs of the pages: an icon of the sprite, always beside a word, and a state in a word with its icon."""

from typing import Literal

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

Kind = Literal["good", "warn", "bad", "info", "off"]
OF_KIND: dict[str, str] = {
    "good": "tick",
    "warn": "exclaim",
    "bad": "cross",
    "info": "clock",
    "off": "dash",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """The sign of that name (an id in static/portal/icons.svg); who listens hears the word beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.simple_tag
def tag(kind: Kind, words: str, icon: str = "") -> SafeString:
    """A state: its sign and its word, in a colour that repeats them."""
    return format_html(
        '<span class="tag tag-{}">{}{}</span>', kind, _icon(icon or OF_KIND[kind]), words
    )


_icon = icon
