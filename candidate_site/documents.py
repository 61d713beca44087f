"""What the candidate site says of itself: the privacy notice, and the accessibility statement (rule 27).

They are the same bytes for everybody, so a cache may keep them, and ask the database nothing. The times that
they name are the settings' own.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from candidate_site.language import chosen_in, in_its_language
from candidate_site.views import page_in

KEPT_BY_CACHES = 600  # seconds


@login_not_required
@require_safe
@in_its_language
def privacy(request: HttpRequest) -> HttpResponse:
    return _document("privacy", request)


@login_not_required
@require_safe
@in_its_language
def accessibility(request: HttpRequest) -> HttpResponse:
    return _document("accessibility", request)


def _document(name: str, request: HttpRequest) -> HttpResponse:
    response = HttpResponse(_made(name, get_language() or "", chosen_in(request), **facts()))
    response.headers["Cache-Control"] = f"public, max-age={KEPT_BY_CACHES}"
    return response


@cache
def _made(name: str, language: str, chosen: str, **facts: Any) -> bytes:
    return page_in(chosen, name, **facts).encode()


def facts() -> dict[str, Any]:
    return {
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
        "series_days": settings.SERIES_RETENTION.days,
        "letter_days": settings.LETTER_RETENTION.days,
        "log_days": settings.LOG_RETENTION.days,
        "idle_minutes": int(settings.CANDIDATE_IDLE.total_seconds()) // 60,
    }
