"""Numbers in templates, as people read them."""

from django import template

register = template.Library()


@register.filter
def thousands(number: int) -> str:
    """“391,204”."""
    return f"{number:,}"
