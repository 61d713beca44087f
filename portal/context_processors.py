"""Context of every page: the board, whom to e-mail, and what the session knows of the reader."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import notifications
from accounts.people import menu


def service(request: HttpRequest) -> dict[str, Any]:
    context = {"BOARD_NAME": settings.BOARD_NAME, "SUPPORT_EMAIL": settings.SUPPORT_EMAIL}
    session = getattr(request, "session", {})
    return {
        **context,
        "manages_people": session.get(menu.MANAGES),
        "account_news": session.get(notifications.NEW),
    }
