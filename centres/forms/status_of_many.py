"""*Edit status* of many Associate Centres: ALL or NO candidates, and the agreement once for all of them (rule 4)."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from centres.edit_conflict import standing_against
from centres.models import Status
from centres.status import AGREEMENT
from centres.status_of_many import StatusOfMany
from core import plain_text

CHOICES = [(str(one), one.label) for one in (Status.ALL, Status.NONE)]


class StatusOfManyForm(plain_text.Form):
    """ALL candidates is chosen, for whoever comes here gives access."""

    status = forms.ChoiceField(
        label="Status", choices=CHOICES, initial=Status.ALL, widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label=AGREEMENT, required=False)
    version = forms.CharField(widget=forms.HiddenInput, max_length=64)
    conflict = False

    def __init__(self, data: Any, *, named: StatusOfMany) -> None:
        super().__init__(data, initial={"version": named.version})
        self.changing = named.changing
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("version", "status", "agreed")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        status = data.get("status")
        if status and not self.changing[status]:
            self.add_error("status", "This changes nothing at any of these centres.")
        elif status == Status.ALL and not data.get("agreed"):
            self.add_error("agreed", "Tick this box to agree, or choose “NO candidates”.")
        return data

    def show_edit_conflict(self, named: StatusOfMany) -> None:
        """Somebody has changed one of them: the next *Confirm* stands against what they are now."""
        self.conflict = True
        self.changing = named.changing
        self.data = standing_against(self.data, named.version)
