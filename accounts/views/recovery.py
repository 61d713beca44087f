"""Pages behind a link that works once (`accounts.links`): set a password, or finish a recovery.

Both pages take the token out of the address at once. A recovery takes the link, the password, then an
authenticator app (`accounts.recovery`); wrong passwords count towards the lock-out of the sign-in.
"""

import base64
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter as account_adapter
from allauth.mfa.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import recovery as rules
from accounts.codes import ActivateTOTPForm
from accounts.events import record_account_event
from accounts.models import Recovery
from accounts.password_forms import SetPasswordForm
from core import plain_text

TOKEN, CONFIRMED = "recovery_token", "recovery_confirmed"  # in the session
OPEN = "go-on"  # stands in the address where the token was
# Whoever is asked for what the page needs is told the site, not the address with the token in it.
ORIGIN_ALONE = "strict-origin"


def link_not_whole(request: HttpRequest) -> HttpResponse:
    return render(request, "account/link_not_whole.html", status=404)


@method_decorator(login_not_required, name="dispatch")
class SetPasswordView(PasswordResetConfirmView):
    """Django's own page, which takes the token out of the address at once."""

    template_name = "account/set_password.html"
    form_class = SetPasswordForm
    success_url = reverse_lazy("account_login")

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(*args, **kwargs)
        if self.kwargs["token"] != self.reset_url_token:
            response.headers["Referrer-Policy"] = ORIGIN_ALONE
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            record_account_event("password_set", account=form.user, by=form.user)
        messages.success(self.request, "Your password is set. Log in with it now.")
        return response


class PasswordForm(plain_text.Form):
    """That it is the person, and not only somebody who has got the link."""

    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=4_096,  # as Django takes of one
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, recovery: Recovery, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.recovery = request, recovery

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        username = self.recovery.user.username
        user = account_adapter().authenticate(self.request, username=username, password=password)
        if user is None:
            raise forms.ValidationError("This is not your password. Try again.")
        return password


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest, recovery: UUID, token: str) -> HttpResponse:
    if token != OPEN:
        if rules.open_recovery(recovery, token):
            request.session[TOKEN] = token
            return _to_itself(recovery)
        return _page(request, "ended")
    found = rules.open_recovery(recovery, request.session.get(TOKEN, ""))
    if found is None:
        return _page(request, "ended")
    if request.session.get(CONFIRMED) != str(found.pk):
        return _password(request, found)
    return _app(request, found)


def _password(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    form = PasswordForm(request.POST or None, request=request, recovery=recovery)
    if request.method == "POST" and form.is_valid():
        request.session[CONFIRMED] = str(recovery.pk)
        return _to_itself(recovery.pk)
    return _page(request, "password", form=form, user_to_recover=recovery.user)


def _app(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    asked = request.POST if request.method == "POST" else None
    form = ActivateTOTPForm(asked, user=recovery.user)
    if asked is not None and form.is_valid():
        try:
            rules.finish(recovery=recovery, secret=form.secret)
        except rules.CannotRecover:
            return _page(request, "ended")
        request.session.flush()
        messages.success(
            request,
            "Your authenticator app is set up. Log in with it, then keep your new recovery codes.",
        )
        return redirect(f"{reverse('account_login')}?next={reverse('mfa_index')}")
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(recovery.user, form.secret))
    encoded = base64.b64encode(picture.encode()).decode()
    uri = f"data:image/svg+xml;base64,{encoded}"
    return _page(request, "app", form=form, totp_svg_data_uri=uri, user_to_recover=recovery.user)


def _to_itself(recovery: UUID) -> HttpResponse:
    return redirect("recover", recovery, OPEN)


def _page(request: HttpRequest, step: str, **context: Any) -> HttpResponse:
    return render(request, "account/recover.html", {"step": step, **context})
