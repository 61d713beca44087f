"""Every request has an id, which each line of a log bears that is written meanwhile, and the answer (X-Request-ID).

It is a UUID of the proxy in front where there is one (TRUSTED_PROXIES), and else made here: what a visitor sends is
never believed, and only the form of a UUID is taken, so no id can hold a login. It opens nothing and is nobody's.
What any cache may keep does not bear one: it would come back to others.
"""

import os
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-ID"
FORM = re.compile(
    r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}"
)


class RequestIdMiddleware:
    """Above all others. What is bound is let go when the answer is closed (`forget`), after gunicorn's line of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = id_of(request)
        bind_contextvars(request=request_id, _request=request)
        response = self.get_response(request)
        if "public" not in response.headers.get("Cache-Control", ""):
            response.headers[HEADER] = request_id
        return response


def id_of(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXIES else ""
    return given if FORM.fullmatch(given) else os.urandom(16).hex()


def forget(**signal: Any) -> None:
    """Of the signal that a request is finished."""
    clear_contextvars()
