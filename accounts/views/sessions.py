"""One's own sessions: which browsers are signed in, since when; end one of them, or all."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.events import record_account_event
from accounts.requests import StaffRequest
from accounts.session_store import row_of
from accounts.sessions import browser_of, end_visits, sessions_of


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return _end(request)
    sessions = sessions_of(request.user, request.session.session_key)
    return render(request, "account/sessions.html", {"sessions": sessions})


def _end(request: StaffRequest) -> HttpResponse:
    """*End*, for one; *Log out everywhere*, this browser too."""
    if "everywhere" in request.POST:
        user = request.user
        with transaction.atomic():
            record_account_event("signed_out", account=user, by=user)
            end_visits(user)
        logout(request)
        messages.success(request, "You are signed out in every browser.")
        return redirect("account_login")
    wanted = request.POST.get("session", "")
    found = UserSession.objects.filter(user=request.user, pk=wanted if wanted.isdecimal() else 0)
    session = found.exclude(session_key=row_of(request.session.session_key)).first()
    if session is None:
        raise Http404
    with transaction.atomic():
        record_account_event("signed_out", account=request.user, by=request.user)
        session.end()
    messages.success(request, f"{browser_of(session.user_agent)} is signed out.")
    return redirect("own_sessions")
