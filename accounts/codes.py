"""A code of the authenticator app counts one step early or late, and once only, on every page.

An app's clock may differ from ours by a step of 30 seconds, so the code of the step before and of the one
after are taken too (`MFA_TOTP_TOLERANCE`): each code is good for 90 seconds. allauth remembers a used one
for 30 of them, and one used at set-up not at all. Here it is remembered for longer than it is good, for
its person, whether it was given at set-up, sign-in, confirming or a recovery. Two who give the same code at
the same instant wait for each other at that person's row, as do two who give the same recovery code.
"""

import re
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp import forms as totp
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.password_forms import Labelled
from core import plain_text

REMEMBERED = 10 * settings.MFA_TOTP_PERIOD  # seconds; whatever the clocks of our hosts differ by
SALT = "used codes"


class Once(Labelled, plain_text.Form):
    """A form with a code: what was used is a wrong code, and counts as one."""

    labels = {"code": "Security code"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"]
        with transaction.atomic():
            User.objects.select_for_update().get(pk=self.user.pk)
            try:
                code = self._unused(typed)
            except forms.ValidationError as error:
                wrong = error  # raised below, so that the count of wrong codes stays
            else:
                return code
        raise wrong

    def _unused(self, typed: str) -> str:
        used = _key(self.user, typed)
        if cache.get(used):
            check_rate_limit(self.user, error_key="rate_limited")
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()  # type: ignore[misc]
        cache.set(used, "used", timeout=REMEMBERED)
        return code


class AuthenticateForm(Once, base.AuthenticateForm):
    pass


class ReauthenticateForm(Once, base.ReauthenticateForm):
    pass


class ActivateTOTPForm(Once, totp.ActivateTOTPForm):
    pass


def _key(user: User, typed: str) -> str:
    """Under which a code is remembered, however it was spaced. The code itself is kept nowhere."""
    code = re.sub(r"[^0-9a-z]", "", typed.lower())
    return f"code-used:{salted_hmac(SALT, f'{user.pk} {code}', algorithm='sha256').hexdigest()}"
