"""HTTP: answers that are files, fields that a page posts on, and forms that another site sends (CSRF)."""

from collections.abc import Iterable
from typing import overload

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
LOGIN_REFUSED = (
    "portal.login_refused"  # of the request's environment: a login was looked up, and opens nothing
)
# Of the request's environment: the process that answers ends with it, for what its memory has held (gunicorn.conf.py).
ENDS_WORKER = "portal.ends_worker"
OF_THE_PAGE = (
    "csrfmiddlewaretoken",
    "edit",
    "counted",
    "before_sign_in",
)  # what an ask page adds itself


@overload
def attachment(content: bytes, name: str) -> HttpResponse: ...
@overload
def attachment(content: Iterable[bytes], name: str) -> StreamingHttpResponse: ...
def attachment(content: bytes | Iterable[bytes], name: str) -> HttpResponse | StreamingHttpResponse:
    """A file to be saved under this name, whose ending says what it is; at once, or part by part."""
    kind = HttpResponse if isinstance(content, bytes) else StreamingHttpResponse
    return kind(
        content,
        content_type=CONTENT_TYPES[name.rpartition(".")[2]],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def inline(content: bytes, name: str) -> HttpResponse:
    """The same, to be shown by the browser."""
    response = attachment(content, name)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def posted(request: HttpRequest) -> list[tuple[str, str]]:
    """Everything that was posted, to be posted again by an ask page's button, but the page's own."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in OF_THE_PAGE
        for value in values
    ]


def from_another_site(request: HttpRequest) -> bool:
    """CSRF, for pages that are the same bytes for everybody and so hold no token that only this visitor could
    know. The browser itself says where a form comes from: today's in `Sec-Fetch-Site`, older ones in `Origin`.
    A request with neither comes from a browser of before 2020 or from none at all; it brings no cookie
    across sites, as the cookie is SameSite."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    own = (settings.SITE_URL, f"{request.scheme}://{request.get_host()}")
    return bool(origin) and origin not in own
