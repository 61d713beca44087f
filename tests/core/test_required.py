"""What a form says where something was left out: each names its own field, and no form but says so."""

import importlib

import pytest
from django import forms
from django.conf import settings

from accounts.password_forms import Named
from core import plain_text, required

PACKAGES = "portal board loading guidance results credentials exchange accounts centres core candidate_site".split()


class Asked(plain_text.Form):
    reason = forms.CharField(label="Reason")
    series = forms.ChoiceField(label="Series", choices=[("1", "June 2026")])
    authenticator_code = forms.CharField()
    contact_details = forms.CharField()
    status = forms.CharField()
    uci = forms.CharField(label="UCI")
    kind = forms.ChoiceField(label="What it is about", widget=forms.RadioSelect)
    file = forms.FileField(label="File")
    agreed = forms.BooleanField(label="We agree")
    own = forms.CharField(error_messages={"required": "Say whom to ask."})
    version = forms.IntegerField(widget=forms.HiddenInput)


def test_what_is_left_out_is_named_and_what_a_field_says_itself_stays():
    assert {name: said[0] for name, said in Asked({}).errors.items()} == {
        "reason": "Enter a reason.",
        "series": "Choose a series.",
        "authenticator_code": "Enter an authenticator code.",
        "contact_details": "Enter contact details.",
        "status": "Enter a status.",
        "uci": "Enter a UCI.",
        "kind": "Choose what it is about.",
        "file": "Choose a file.",
        "agreed": "Tick “We agree”.",
        "own": "Say whom to ask.",
        "version": required.LOST,
    }


def every_form() -> list[type[forms.BaseForm]]:
    """Those of our packages, which the pages need, so that the addresses import them."""
    importlib.import_module(settings.ROOT_URLCONF)
    found, left = set(), [forms.BaseForm]
    while left:
        for one in left.pop().__subclasses__():
            left.append(one)
            if one.__module__.split(".")[0] in PACKAGES:
                found.add(one)
    return sorted(found, key=lambda one: (one.__module__, one.__name__))


@pytest.mark.parametrize(
    "form", every_form(), ids=lambda form: f"{form.__module__}.{form.__name__}"
)
def test_every_form_of_staff_says_which_choice_to_make(form):
    if issubclass(form, plain_text.PlainForm | Named):
        return
    told = [
        name
        for name, field in form.base_fields.items()
        if str(field.error_messages["required"]) == required.TOLD
    ]
    assert told == []


def test_forms_of_the_sign_in_are_ours():
    for named in (*settings.ACCOUNT_FORMS.values(), *settings.MFA_FORMS.values()):
        module, name = named.rsplit(".", 1)
        form = getattr(importlib.import_module(module), name)
        assert issubclass(form, plain_text.PlainForm | Named), named
