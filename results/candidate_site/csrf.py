"""CSRF: the candidate site takes no form that another site sends.

Its pages are the same bytes for everybody, so they hold no token that only this visitor could know.
The browser itself says where a form comes from: today's in `Sec-Fetch-Site`, older ones in `Origin`.
A request with neither comes from a browser of before 2020 or from none at all; it brings no cookie
across sites, as the cookie is SameSite.
"""

from django.conf import settings
from django.http import HttpRequest


def from_another_site(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    own = (settings.SITE_URL, f"{request.scheme}://{request.get_host()}")
    return bool(origin) and origin not in own
