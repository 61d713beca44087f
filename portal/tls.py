"""TLS: whoever comes without it is redirected to it, but never round in a circle.

Behind a proxy that ends TLS, with TRUSTED_PROXIES unset, every request looks as if it came without. If the browser,
or the proxy, shows that it did come by https, a redirect would lead to the same request again, for ever. Then a page
says that the service is not set up; who sets it up reads there, and in the log, which setting is missing. It is
a header and a cookie that anybody can send: whoever does gets that page instead of a redirect, and no other.
"""

import logging
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.http import HttpRequest
from django.middleware.security import SecurityMiddleware

from portal import unavailable

logger = logging.getLogger(__name__)

OVER_HTTPS = "__Host-over_https"  # a cookie that browsers send by https alone
MEND = (
    "SITE_URL begins with https, and TRUSTED_PROXIES is not set: behind a proxy that ends TLS the site cannot tell "
    "https from http, and shows nothing. Set TRUSTED_PROXIES to how many of your proxies stand in front, and let the "
    "outermost set X-Forwarded-Proto. Only where gunicorn itself has the certificate is nothing to be done."
)


class HttpsMiddleware(SecurityMiddleware):
    """Stands before Django's, which then has nothing left to redirect."""

    def process_request(self, request: HttpRequest) -> Any:
        redirect = super().process_request(request)
        if redirect is None:
            return None
        if not came_by_https(request):
            redirect.set_cookie(OVER_HTTPS, "yes", max_age=60, secure=True, httponly=True)
            return redirect
        if request.path_info.startswith(settings.STATIC_URL):
            request.META["wsgi.url_scheme"] = "https"  # what that page is drawn with
            return None
        logger.error("%s", MEND)
        return unavailable.not_set_up(request, MEND)


def came_by_https(request: HttpRequest) -> bool:
    """Whether this request shows that it came by https, though none of what we trust says so."""
    forwarded = request.headers.get("X-Forwarded-Proto", "").split(",")[0].strip().lower()
    return forwarded == "https" or any(name.startswith("__Host-") for name in request.COOKIES)


def check(**asked: Any) -> list[CheckMessage]:
    """For every command, and for the log when the website starts."""
    unset = settings.HTTPS and not settings.TRUSTED_PROXIES
    return [Warning(MEND, id="portal.W001")] if unset else []
