"""Staff accounts are loaded by the board: nobody signs up. Wrong passwords are counted by axes."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def username_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """Whose sign-in this is, for the lock-out: allauth checks `username`, its form posts `login`."""
    return (credentials or {}).get("username") or request.POST.get("login")
