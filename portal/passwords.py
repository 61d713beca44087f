"""A member of staff sets a password through a link that works once.

Passwords are never loaded, mailed or told: `manage.py invite USERNAME` prints the link, for a new
officer as for one who has forgotten the password.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from centres import audit
from centres.models import User


def set_password_link(*, user: User, by: User | str) -> str:
    """A link on which this person can set a password: once, and for PASSWORD_RESET_TIMEOUT."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    audit.record("invited", by=by, subject=user.username)
    return settings.SITE_URL + reverse("set_password", args=[uid, token])


class SetPasswordView(PasswordResetConfirmView):
    """Django's own page, which takes the token out of the address at once."""

    template_name = "account/set_password.html"
    success_url = reverse_lazy("account_login")

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            audit.record("password_set", by=form.user)
        messages.success(self.request, "Your password is set. Log in with it now.")
        return response
