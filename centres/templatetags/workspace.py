"""The workspace bar: `{% workspace_bar "letters" %}` on a page that has `acting` in its context, and
`associates_of_home` where the page has fetched them already."""

from typing import Any

from django import template
from django.utils import timezone

from centres.access import ActingFor, associates_of, series_for
from centres.models import Centre
from centres.workspace import BY_KEY, in_another_series, lately_chosen, tabs_for

register = template.Library()


@register.inclusion_tag("centres/_workspace_bar.html", takes_context=True)
def workspace_bar(context: template.Context, here: str) -> dict[str, Any]:
    acting: ActingFor = context["acting"]
    request = context["request"]
    associates = context.get("associates_of_home")
    if associates is None:
        associates = list(associates_of(acting.home).order_by("number"))
    tab = BY_KEY[here]
    others = series_for(Centre.objects.filter(pk=acting.home.pk))
    return {
        "request": request,
        "acting": acting,
        "associates": associates,
        "lately": lately_chosen(request, acting.home, associates),
        "is_main": bool(associates) and not acting.acts_for_associate,
        "here": tab,
        "tabs": tabs_for(acting, is_main=bool(associates) and not acting.acts_for_associate),
        "series": [
            (one, in_another_series(request, tab, acting.centre.number, one.slug)) for one in others
        ],
        "now": timezone.now(),
        "csrf_token": context.get("csrf_token"),
    }
