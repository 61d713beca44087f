"""A member of staff sets a password through a link that works once (`centres.links`)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse_lazy

from centres import audit


class SetPasswordView(PasswordResetConfirmView):
    """Django's own page, which takes the token out of the address at once."""

    template_name = "account/set_password.html"
    success_url = reverse_lazy("account_login")

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            audit.record("password_set", by=form.user, subject=form.user.username)
        messages.success(self.request, "Your password is set. Log in with it now.")
        return response
