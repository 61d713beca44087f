"""Requests, by route and class of status, with how long they took; and logins, by whose and how they ended.

The middleware stands around all others, the candidate site's too. It is there where gunicorn.conf.py has found
METRICS_DIR, and else costs nothing. What a route is called is counted, never an address: a login may stand in it.
Of an answer that is streamed the time is that to its first byte; the proxy's metrics have the rest.

A login's end is told by the answer alone, the same for a wrong username and a wrong password (rule 18).
"""

import os
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from candidate_site.middleware import CANDIDATE_SITE
from core.http import LOGIN_REFUSED

COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own, read as it is imported
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
NO_ROUTE = "none"  # a probe of health, a file that WhiteNoise gives, or no such address

TOOK = Histogram(
    "direct_request_seconds",
    "Requests answered, by route and class of status, and how long that took.",
    ["route", "status"],
    buckets=BUCKETS,
    registry=None,
)
LOGINS = Counter(
    "direct_logins",
    "Logins tried, by whose they are and how that ended.",
    ["who", "outcome"],
    registry=None,
)
# What an answer says of a login that was posted there, by its status, else by its class. A slip is a typing error that
# the form tells without looking anything up; of staff, a wrong password and an empty field answer alike.
ELSE = {4: "not from our page", 5: "fault"}
CANDIDATES = {3: "opened", 2: "slip"} | ELSE
POSTED: dict[str, tuple[str, dict[int, str]]] = {
    "candidate_site:sign_in": ("candidate", CANDIDATES),
    "candidate_site:my_results": ("candidate", CANDIDATES),
    "account_login": (
        "staff",
        {3: "password right", 2: "password wrong", 429: "locked out"} | ELSE,
    ),
    "mfa_authenticate": ("staff", {3: "code right", 2: "code wrong", 429: "locked out"} | ELSE),
}
REFUSED = "refused"

Observe = Callable[[float], None]


class RequestsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if COUNTED_IN not in os.environ:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.observers: dict[tuple[Any, int], Observe] = {}  # labels are looked up once

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = perf_counter()
        response = self.get_response(request)
        took = perf_counter() - begun
        match = request.resolver_match
        key = match and match.func, response.status_code // 100
        observe = self.observers.get(key)
        if observe is None:
            labels = route_of(request), f"{key[1]}xx"
            observe = self.observers[key] = TOOK.labels(*labels).observe
        observe(took)
        if request.method == "POST":
            count_login(request, response.status_code)
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the route; the candidate site's middleware finds its own without their namespace."""
    match = request.resolver_match
    if match is None:
        return NO_ROUTE
    if request.path_info.startswith(f"{CANDIDATE_SITE}/"):
        return f"candidate_site:{match.url_name}"
    return match.view_name or NO_ROUTE


def count_login(request: HttpRequest, status: int) -> None:
    if match := POSTED.get(route_of(request)):
        who, outcomes = match
        outcome = outcomes.get(status) or outcomes.get(status // 100)
        if LOGIN_REFUSED in request.META:
            outcome = REFUSED
        if outcome:
            LOGINS.labels(who, outcome).inc()
