"""allauth's and Django's forms of signing in, as all of ours read: a label says what a field is and nothing in the
field repeats it; what was left out is named (`core.required`)."""

from typing import Any

from allauth.account import forms as allauth
from django.contrib.auth.forms import SetPasswordForm as DjangosForm

from core import required

CURRENT, NEW, AGAIN = (
    "Enter your current password.",
    "Enter a new password.",
    "Enter the new password again.",
)


class Labelled:
    """Without placeholders, which go as soon as somebody types; `labels` in sentence case."""

    labels: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)


class Named(Labelled):
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
    labels = {
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "New password again",
    }
    sentences = {"oldpassword": CURRENT, "password1": NEW, "password2": AGAIN}


class SetPasswordForm(Named, DjangosForm):
    sentences = {"new_password1": NEW, "new_password2": AGAIN}
