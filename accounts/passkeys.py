"""Forms for passkeys: allauth's, which here answer anything that is posted with a sentence.

What a browser posts may be cut off, or written by anybody: the libraries that take it apart stumble over
what is not as it should be.
"""

from typing import Any

from allauth.mfa.webauthn import forms as allauth
from django import forms
from django.forms.fields import InvalidJSONInput

from core import plain_text

SENTENCE = "This passkey could not be checked. Try again."
NOT_AS_IT_SHOULD_BE = (AttributeError, KeyError, TypeError, ValueError, RecursionError)


class Credential(forms.JSONField):
    """However deep it is nested; on the page it stands again as it came."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError(SENTENCE) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None if data is None else InvalidJSONInput(data)


class Answering(plain_text.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = {"required": SENTENCE, "invalid": SENTENCE}
        self.fields["credential"] = Credential(widget=forms.HiddenInput, error_messages=said)


def sentence_for(error: Exception) -> Exception:
    """Too many attempts are told as such; for everything else there is one sentence."""
    told = isinstance(error, forms.ValidationError) and error.code == "too_many_login_attempts"
    return error if told else forms.ValidationError(SENTENCE)


class AddForm(Answering, allauth.AddWebAuthnForm):
    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean() or {}
        except (*NOT_AS_IT_SHOULD_BE, forms.ValidationError) as error:
            raise sentence_for(error) from None
        return cleaned


class Checking(Answering):
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (*NOT_AS_IT_SHOULD_BE, forms.ValidationError) as error:
            raise sentence_for(error) from None


class AuthenticateForm(Checking, allauth.AuthenticateWebAuthnForm):
    pass


class ReauthenticateForm(Checking, allauth.ReauthenticateWebAuthnForm):
    pass
