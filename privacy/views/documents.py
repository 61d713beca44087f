"""What Direct says of itself to its staff, open to all: the privacy notice, the accessibility statement (rule 27)."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    times = {
        "log_days": settings.LOG_RETENTION.days,
        "log_in_days": settings.LOG_IN_RETENTION.days,
        "series_days": settings.SERIES_RETENTION.days,
        "exchange_days": settings.EXCHANGE_RETENTION.days,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "privacy/privacy.html", times)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/accessibility.html")
