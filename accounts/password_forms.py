"""Forms of allauth and Django with a password: what was left out is named, as in every form (`core.required`)."""

from typing import Any

from allauth.account import forms as allauth
from django.contrib.auth.forms import SetPasswordForm as DjangosForm

from core import required

CURRENT, NEW, AGAIN = (
    "Enter your current password.",
    "Enter a new password.",
    "Enter the new password again.",
)


class Named:
    """Says which field lacks something; `sentences` where the label alone does not make a sentence."""

    sentences: dict[str, str] = {}

    def full_clean(self: Any) -> None:
        for name, sentence in self.sentences.items():
            self.fields[name].error_messages["required"] = sentence
        required.name_the_field(self)
        super().full_clean()  # type: ignore[misc]


class LoginForm(Named, allauth.LoginForm):
    pass


class ReauthenticateForm(Named, allauth.ReauthenticateForm):
    pass


class ChangePasswordForm(Named, allauth.ChangePasswordForm):
    sentences = {"oldpassword": CURRENT, "password1": NEW, "password2": AGAIN}


class SetPasswordForm(Named, DjangosForm):
    sentences = {"new_password1": NEW, "new_password2": AGAIN}
