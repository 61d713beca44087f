"""The middleware that answers /health/live/ and /health/ready/ before anything else may stop them.

A proxy asks each machine by its address, without the site's name and without TLS: no host is looked at, nor session.
It stands below the security headers and above what looks at the host.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.request_size import fits
from operations import views

ANSWERED_HERE = {"/health/live/": views.live, "/health/ready/": views.ready}


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = ANSWERED_HERE.get(request.path_info)
        if view is None:
            return self.get_response(request)
        return view(request) if fits(request) else HttpResponse(status=413)
