"""A member of staff sets a password through a link that works once (`centres.links`)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from centres import audit

# Whoever is asked for what the page needs is told the site, not the address with the token in it.
ORIGIN_ALONE = "strict-origin"


@method_decorator(login_not_required, name="dispatch")
class SetPasswordView(PasswordResetConfirmView):
    """Django's own page, which takes the token out of the address at once."""

    template_name = "account/set_password.html"
    success_url = reverse_lazy("account_login")

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(*args, **kwargs)
        if self.kwargs["token"] != self.reset_url_token:
            response.headers["Referrer-Policy"] = ORIGIN_ALONE
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            audit.record("password_set", by=form.user, subject=form.user.username)
        messages.success(self.request, "Your password is set. Log in with it now.")
        return response
