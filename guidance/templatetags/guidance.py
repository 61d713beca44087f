"""Template tags for the texts of guidance, and the link from a page of Direct to its guidance."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from guidance.parts import PARTS
from guidance.pictures import pictures
from guidance.topics import BY_SLUG, topic_for

register = template.Library()


@register.simple_tag
def control(name: str, address: str) -> SafeString:
    """The name of a control, as it stands on the page of that address; a test looks whether it does."""
    return format_html('<b class="control">{}</b>', name)


@register.simple_tag(takes_context=True)
def topic_link(context: template.Context, slug: str) -> SafeString:
    """Another topic, by its title."""
    topic = BY_SLUG[slug]
    if context.get("printed"):
        return format_html('<a class="elsewhere" href="#{}">{}</a>', slug, topic.title)
    return format_html('<a href="{}">{}</a>', reverse("guidance:topic", args=[slug]), topic.title)


@register.inclusion_tag("guidance/_picture.html", takes_context=True)
def picture(context: template.Context, slug: str) -> dict[str, Any]:
    shown = pictures()[slug]
    inside = context.get("printed")
    return {
        "picture": shown,
        "source": f"picture:{shown.name}" if inside else static(f"guidance/{shown.name}"),
        "printed": inside,
    }


@register.inclusion_tag("guidance/_for_this_page.html", takes_context=True)
def guidance_for_this_page(context: template.Context) -> dict[str, Any]:
    """For staff; on guidance itself nothing."""
    request = context.get("request")
    match = request.resolver_match if request else None
    if request is None or match is None or not request.user.is_authenticated:
        return {}
    if match.namespace == "guidance":
        return {}
    return {
        "wanted": True,
        "topic": topic_for(match.view_name),
        "part": PARTS.get(match.view_name),
    }
