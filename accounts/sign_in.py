"""Sign-in of staff: who may, and how often it may be tried.

Staff accounts are loaded by the board, or made by an exams officer: nobody signs up. Whoever is on the staff
of no centre, or suspended at every one of them, has nothing to do here, and gets the answer of somebody
unknown; the board's own people are on the staff of no centre. Wrong passwords are counted by axes for a
username at an address, and apart from that for a browser from which they have signed in before
(`accounts.lockout`); wrong codes of the second factor by allauth for a person, wherever they come
from, for who tries them has the password already.
"""

import time
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from allauth.account import app_settings as account
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts import lockout
from accounts.models import User
from centres.models import Membership

NO_ADDRESS = "0.0.0.0"  # noqa: S104 # nosec B104 # over a socket, without a proxy that says more
# The same for everybody: it tells nobody which of these it is.
NOT_CORRECT = (
    "The username or the password is not correct, or the account is suspended. Type both again. If that "
    "does not help, ask an exams officer of your centre."
)
TRIES = "tries to sign in"
TOO_MANY_CODES = "Too many wrong codes. Wait for five minutes, then try again."


def may_sign_in(user: User) -> bool:
    if not user.is_active:
        return False
    return user.is_staff or user.is_superuser or Membership.objects.of(user).exists()


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": NOT_CORRECT,
        "too_many_login_attempts": TOO_MANY_CODES,
        "rate_limited": TOO_MANY_CODES,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave wrong passwords to axes: one lock-out, not two."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who has left, or is suspended everywhere, gets the answer of somebody unknown, whatever the
        password."""
        user = super().authenticate(request, **credentials)
        return user if user and may_sign_in(user) else None

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """With every factor given, the browser is known from now on."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        lockout.remember(request, response, user)
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or NO_ADDRESS

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who has given the password a moment ago is not asked for it again at once."""
        request = context.request
        records = get_authentication_records(request, request.user)
        recent = time.time() - account.REAUTHENTICATION_TIMEOUT
        return not any(record["at"] > recent for record in records)


def username_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """Whose sign-in this is, for the lock-out: allauth checks `username`, its form posts `login`.

    In small letters, as the sign-in does not tell them apart: or each spelling had tries of its own. What
    is kept of it is a digest, for people type their password there, too.
    """
    username = (credentials or {}).get("username") or request.POST.get("login")
    if not username:
        return None
    return salted_hmac(TRIES, username.lower(), algorithm="sha256").hexdigest()


def named_in_logs(username: str, address: str, agent: str, path: str, request: Any) -> str:
    """Who tries to sign in, in the log: where from, and nothing that was typed."""
    return address or "a browser that is known"


def address_of(request: HttpRequest) -> str | None:
    """The address that a visitor comes from: what the outermost of our TRUSTED_PROXIES saw.

    Whatever stands further left in X-Forwarded-For, the visitor may have written. Of IPv6 it is the
    network, for one line at home has 2 to the 64 addresses. None where there is none (a socket).
    """
    seen = request.META.get("REMOTE_ADDR", "")
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if 0 < settings.TRUSTED_PROXIES <= len(hops):
        seen = hops[-settings.TRUSTED_PROXIES] or seen
    try:
        address = ip_address(seen.strip())
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False).network_address)
