"""Health: for what watches the site, and for what sends people here. Neither needs a sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import restored
from operations import readiness


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 while this process answers, whatever becomes of the database: who restarts it mends nothing there."""
    return _plain("live")


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the site is up and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return _plain("ok")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """503, with the reasons, while this process must not serve; `?for=candidates`, who need no storage. Of a
    restored database it says so, and is ready: the board must reach its pages (`core.restored`)."""
    of_candidates = request.GET.get("for") == "candidates"
    beside = ("core.site_identity.storage_away",) if of_candidates else ()
    if reasons := readiness.reasons(beside):
        return _plain(*(f"not ready: {reason}" for reason in reasons), status=503)
    return _plain("ready", *([restored.STOPPED] if restored.is_stopped() else []))


def _plain(*lines: str, status: int = 200) -> HttpResponse:
    text = "".join(f"{line}\n" for line in lines)
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
