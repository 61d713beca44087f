"""The language of a candidate: the one chosen on the page, else the browser's wish.

What is chosen stands in the address, `?language=es`, and in every address that the page leads to; so
nothing is stored, and a page of one address is in one language for all who have the same wish.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override

NAME = "language"
CODES = frozenset(code for code, _ in settings.LANGUAGES)


def in_its_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, speaking the language of the request."""

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = chosen_in(request)
        with override(chosen or get_language_from_request(request)):
            response = view(request, *args, **kwargs)
        if not chosen:
            patch_vary_headers(response, ["Accept-Language"])
        return response

    return speaking


def chosen_in(request: HttpRequest) -> str:
    """The language that the address names; empty where it names none that we speak."""
    code = request.GET.get(NAME, "")
    return code if code in CODES else ""


def address(name: str, *args: str, language: str = "", **query: str) -> str:
    """The address of a page of this site, leading on in the language that was chosen, if any."""
    if language:
        query[NAME] = language
    path = _path(name, *("-" for _ in args))
    for part in args:
        path = path.replace("/-/", f"/{part}/", 1)
    return f"{path}?{urlencode(query)}" if query else path


@cache
def _path(name: str, *args: str) -> str:
    return reverse(f"candidate_site:{name}", args=args)
