"""Forms of People: who is invited, and with which rights."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from accounts.models import User
from accounts.people.access import Rights
from accounts.people.acts import VIEWERS_MANAGE_NOTHING
from accounts.usernames import fault_in_new_username
from centres.models import Role
from core import plain_text


class RightsForm(plain_text.Form):
    """A role and its rights; that to see results in confidence is offered by those alone who have it."""

    role = forms.ChoiceField(label="Role", choices=Role, widget=forms.RadioSelect)
    manages = forms.BooleanField(
        label="May manage the Candidate Results website, and the people of the centre",
        required=False,
        help_text=(
            "Without it, they can only look: they cannot set up candidates, make letters or "
            "manage people. A viewer never has it."
        ),
    )
    restricted = forms.BooleanField(
        label="May see results in confidence before candidates do", required=False
    )

    button = "Save"

    def __init__(self, *args: Any, may_give_restricted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (may_give_restricted or self.initial.get("restricted")):
            del self.fields["restricted"]
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(*self.fields, Submit("", self.button))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") == Role.VIEWER and data.get("manages"):
            self.add_error("manages", VIEWERS_MANAGE_NOTHING)
        return data

    def rights(self) -> Rights:
        data = self.cleaned_data
        return Rights(data["role"], data["manages"], data.get("restricted", False))


FIRST_OFFICER = {"role": Role.EXAMS_OFFICER, "manages": True}


def initial_of(rights: Rights) -> dict[str, Any]:
    return {"role": rights.role, "manages": rights.manages, "restricted": rights.restricted}


class InviteForm(RightsForm):
    """A new account."""

    name = forms.CharField(label="Name", max_length=200)
    username = forms.CharField(
        label="Username",
        min_length=3,
        max_length=150,
        help_text="They log in with it, and “Audit trail” names them by it. "
        "Letters, digits and @ . + - _ only. It cannot be changed afterwards.",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
    )
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="Optional. The link, and news of their account, are mailed there where the board has mail.",
    )
    field_order = ["name", "username", "email", "role", "manages", "restricted"]
    button = "Invite"

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())  # it stands in one line of a mail

    def clean_username(self) -> str:
        username = User.normalize_username(self.cleaned_data["username"])
        if fault := fault_in_new_username(username):
            raise forms.ValidationError(fault)
        return username


class AddForm(RightsForm):
    """Somebody whom the manager knows already."""

    username = forms.ChoiceField(label="Person")
    field_order = ["username", "role", "manages", "restricted"]
    button = "Add"

    def __init__(self, *args: Any, others: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.username, f"{one} ({one.username})") for one in others]
        self.fields["username"].choices = [("", "Choose a person"), *named]  # type: ignore[attr-defined]
