"""*Edit status*: who of a centre's candidates has access, when, and whom they ask (rules 4 and 5)."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout, Submit
from django import forms

from centres.edit_conflict import differing, standing_against
from centres.forms.contact import ContactForm
from centres.forms.delay import DelayField
from centres.models import Candidate, CentreArrangement, Status
from centres.status import AGREEMENT

WHOM_THEY_ASK = "Whom the candidates ask about their results."
NOT_NEEDED = "Not needed now: with “Default”, the candidates are told the main centre’s contact."


class ManyTicks(forms.CheckboxSelectMultiple):
    def format_value(self, value: Any) -> Any:
        return frozenset(super().format_value(value))


class ManyField(forms.MultipleChoiceField):
    """Any of its choices, which are plain pairs. Of thousands each tick is found in a set, where Django
    compares each with every other."""

    widget = ManyTicks

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        choices: Any = self.choices
        for wrong in set(value) - {str(key) for key, _ in choices}:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": wrong},
            )


class StatusForm(ContactForm):
    """*Edit status* (rules 4 and 5). `delay_is_own`: a main or ordinary centre sets its own delay.
    `agreed_to`: the status for which the centre's agreement stands."""

    status = forms.ChoiceField(label="Status", choices=Status, widget=forms.RadioSelect)
    delay = DelayField(
        label="Candidate Results delay",
        required=False,
        help_text="Optional. Hours and minutes after the release, such as 2:30.",
    )
    agreed = forms.BooleanField(label=AGREEMENT, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    saved_since: list[str] = []

    def __init__(
        self,
        *args,
        candidates: list[Candidate],
        delay_is_own: bool,
        contact_needed: bool,
        agreed_to: str,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.agreed_to = agreed_to
        if agreed_to in (Status.ALL, Status.SELECTED):
            self.fields["agreed"].help_text = (
                f"Your centre has agreed. Tick it again only when you change the status from "
                f"“{Status(agreed_to).label}”."
            )
        self.contact_needed = contact_needed
        self.fields["candidates"] = ManyField(
            label="Selected candidates",
            choices=[(one.number, str(one)) for one in candidates],
            required=False,
        )
        if not delay_is_own:
            del self.fields["delay"]
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(
            "version",
            Field("status"),
            Div(Field("candidates"), css_class="selected-candidates"),
            Fieldset(
                "Contact",
                HTML(f"<p class='quiet'>{WHOM_THEY_ASK if contact_needed else NOT_NEEDED}</p>"),
                "contact_name",
                "contact_telephone",
                "contact_email",
            ),
            *(["delay"] if delay_is_own else []),
            "agreed",
            Submit("confirm", "Confirm"),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wants_access = data.get("status") in (Status.ALL, Status.SELECTED)
        self.check_contact(needed=wants_access and self.contact_needed)
        if wants_access and not data.get("agreed") and data["status"] != self.agreed_to:
            self.add_error("agreed", "Tick this box to agree, or choose “NO candidates”.")
        if data.get("status") == Status.SELECTED and not data.get("candidates"):
            self.add_error("candidates", "Select at least one candidate, or choose another status.")
        return data

    def show_edit_conflict(self, arrangement: CentreArrangement, selected: list[str]) -> None:
        """Somebody confirmed meanwhile: keep what was typed, say where what is saved now differs, and
        let the next *Confirm* stand against that. `selected`: candidate numbers selected now."""
        saved = {
            "status": arrangement.status,
            "contact_name": arrangement.contact_name,
            "contact_telephone": arrangement.contact_telephone,
            "contact_email": arrangement.contact_email,
            "delay": arrangement.delay,
            "candidates": selected,
        }
        self.saved_since = differing(self, saved)
        self.data = standing_against(self.data, arrangement.version)
