"""What members of staff do with their own accounts: allauth's pages, each act in the audit trail."""

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.db import transaction
from django.http import HttpResponse

from centres import audit


class Audited:
    """The act and its audit row are one transaction."""

    action: str

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            audit.record(self.action, by=self.request.user)  # type: ignore[attr-defined]
            return super().form_valid(form)  # type: ignore[misc]


class ChangePassword(Audited, PasswordChangeView):
    action = "password_set"


class SetUpSecondFactor(Audited, ActivateTOTPView):
    action = "second_factor_set_up"


class RemoveSecondFactor(Audited, DeactivateTOTPView):
    action = "second_factor_removed"


class MakeRecoveryCodes(Audited, GenerateRecoveryCodesView):
    action = "recovery_codes_made"
