"""Sessions of staff: the browser has a key, the database only its digest. A copy of the database opens none.

A row, and what names a row (allauth's list of sessions), goes by `row_of(key)`. What a row goes by is never
taken from a cookie: `SessionMiddleware` looks at no such value.
"""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware as DjangosMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.notes import noted

ROW = "row-"
NOTED = "last_seen"  # in the session: when it was last noted
DIGITS = 36  # of the digest; Django's column holds 40 signs


def row_of(key: str | None) -> str:
    """What the row of this key goes by; of what a row goes by, itself."""
    key = key or ""
    return key if key.startswith(ROW) else ROW + sha256(key.encode()).hexdigest()[:DIGITS]


class SessionStore(DatabaseStore):
    """Django's, but that each row goes by the digest."""

    def _get_session_from_db(self) -> Any:
        key = self._session_key
        self._session_key = key and row_of(key)
        try:
            return super()._get_session_from_db()  # type: ignore[misc]
        finally:
            if self._session_key:  # None where there is no such row
                self._session_key = key

    def exists(self, session_key: str) -> bool:
        return super().exists(row_of(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made = super().create_model_instance(data)
        made.session_key = row_of(made.session_key)
        return made

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(row_of(key))


class SessionMiddleware(DjangosMiddleware):
    """What a page that is only looked at leaves in the session is a note (`accounts.notes`)."""

    def process_request(self, request: HttpRequest) -> None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        request.session = SessionStore(None if key and key.startswith(ROW) else key)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            save = super().process_response
            noted(lambda: save(request, response))
            return response
        return super().process_response(request, response)


def name_row(sender: Any, instance: Any, **kwargs: Any) -> None:
    """allauth's list of sessions names the row, whatever allauth has taken from the request."""
    instance.session_key = row_of(instance.session_key)


def began(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """A session that has just begun needs no note for a while."""
    request.session[NOTED] = int(timezone.now().timestamp())
