"""Staff accounts are loaded by the board: nobody signs up. Wrong passwords are counted by axes."""

import time
from typing import Any

from allauth.account import app_settings as account
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who has given the password a moment ago is not asked for it again at once."""
        request = context.request
        records = get_authentication_records(request, request.user)
        recent = time.time() - account.REAUTHENTICATION_TIMEOUT
        return not any(record["at"] > recent for record in records)


def username_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """Whose sign-in this is, for the lock-out: allauth checks `username`, its form posts `login`."""
    return (credentials or {}).get("username") or request.POST.get("login")
