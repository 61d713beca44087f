"""Pages of one's own account: allauth's, with each act in the audit trail."""

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from accounts import notifications, recovery
from accounts.events import record_account_event
from accounts.notes import noted
from accounts.requests import StaffRequest

MOST = 20  # acts, or as many as are new


class Audited:
    """The act and its audit row are one transaction."""

    action: str

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            user = self.request.user  # type: ignore[attr-defined]
            record_account_event(self.action, account=user, by=user)
            return super().form_valid(form)  # type: ignore[misc]


class SecondFactor(AuthenticateView):
    """After the password: a passkey is offered to those alone who have one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        passkeys = Authenticator.objects.filter(
            user=self.stage.login.user, type=Authenticator.Type.WEBAUTHN
        )
        return {**super().get_context_data(**kwargs), "has_passkey": passkeys.exists()}


class Account(IndexView):
    """All of it on one page: what lets its owner in, and what others have done with it."""

    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        context = super().get_context_data(**kwargs)
        new = list(notifications.new_events(user))  # first: what comes after it stays new
        context["new"] = len(new)
        context["done"] = user.events.all()[: max(MOST, len(new))]
        context["recovery"] = user.recoveries.open().first()
        if not new or noted(lambda: notifications.seen(user, new)):
            notifications.forget(self.request)
        return context


class ChangePassword(Audited, PasswordChangeView):
    action = "password_set"
    success_url = reverse_lazy("mfa_index")


class SetUpSecondFactor(Audited, ActivateTOTPView):
    action = "second_factor_set_up"


class RemoveSecondFactor(Audited, DeactivateTOTPView):
    action = "second_factor_removed"


class AddPasskey(Audited, AddWebAuthnView):
    action = "passkey_added"


class RemovePasskey(Audited, RemoveWebAuthnView):
    action = "passkey_removed"
    success_url = reverse_lazy("mfa_index")


class ConfirmByPasskey(ReauthenticateWebAuthnView):
    """A passkey that does not fit is tried again on the same page, on the way to the same place."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))


class MakeRecoveryCodes(Audited, GenerateRecoveryCodesView):
    action = "recovery_codes_made"


@require_POST
def stop_recovery(request: StaffRequest) -> HttpResponse:
    """Somebody else has started it, and its owner wants none of it."""
    if recovery.stop(user=request.user, by=request.user):
        messages.success(request, "The recovery is stopped. Its link no longer works.")
    return redirect("mfa_index")
