"""Two who give the same code of a second factor at the same instant: one of them gets in."""

import time

import pytest
from allauth.core import context
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import RequestFactory

from accounts.codes import AuthenticateForm
from tests.accounts.test_codes import CODE, code_at


def given(user, code: str) -> bool:
    """The form as a request has it, on this thread's own connection."""
    request = RequestFactory().post(CODE)
    with context.request_context(request):
        form = AuthenticateForm({"code": code}, user=user)
        return form.is_valid()


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_two_who_give_the_same_code_at_once_one_gets_in(world, first, second, kind):
    secret = generate_totp_secret()
    TOTP.activate(world.officer, secret)
    codes = RecoveryCodes.activate(world.officer).get_unused_codes()
    code = code_at(secret, int(time.time())) if kind == "app" else codes[0]

    first.begin(given, world.officer, code, until="FOR UPDATE")
    second.begin(given, world.officer, code)
    second.waits_for(first)

    assert first.finish() is True
    assert second.finish() is False
