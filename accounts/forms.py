"""allauth's forms as ours read: a label says what a field is, nothing in the field repeats it."""

from typing import Any

from allauth.account import forms as allauth


class Labelled:
    """Without placeholders, which go as soon as somebody types; labels in sentence case."""

    LABELS: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            field.label = self.LABELS.get(name, field.label)


class LoginForm(Labelled, allauth.LoginForm):
    pass


class ReauthenticateForm(Labelled, allauth.ReauthenticateForm):
    pass


class ChangePasswordForm(Labelled, allauth.ChangePasswordForm):
    LABELS = {
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "New password again",
    }
