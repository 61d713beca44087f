"""The form of a release: when a qualification shall be released."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils import timezone

from board.forms.fields import DATE, ProposedForm
from board.models import ProposedRelease
from centres.models import Qualification, Series
from core.dates import board_clock, instant_of, zone_all_year

TIME = forms.TimeInput({"type": "time"}, format="%H:%M")


class ProposalForm(ProposedForm):
    """When a qualification shall be released, by the board's clock."""

    candidates_day = forms.DateField(
        label="Candidates: day", widget=DATE, error_messages={"required": "Enter the day."}
    )
    candidates_time = forms.TimeField(
        label="Candidates: time", widget=TIME, error_messages={"required": "Enter the time."}
    )
    staff_day = forms.DateField(label="Staff in confidence: day", widget=DATE, required=False)
    staff_time = forms.TimeField(label="Staff in confidence: time", widget=TIME, required=False)

    class Meta:
        model = ProposedRelease
        fields = ["series", "qualification", "reason"]
        help_texts = {"reason": "For the board alone: the second person reads it."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("series", Series.objects.all()),
            ("qualification", Qualification.objects.all()),
        ):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            self.fields[name].empty_label = f"Choose a {name}"  # type: ignore[attr-defined]
        zone = zone_all_year(board_clock(), timezone.now().year)
        self.fields["candidates_time"].help_text = self.fields["staff_time"].help_text = zone
        self.fields["staff_day"].help_text = "Empty: staff see results when candidates do."
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout(
            "series",
            "qualification",
            _in_a_row("candidates_day", "candidates_time"),
            _in_a_row("staff_day", "staff_time"),
            "reason",
            Submit("ask", "See what it would do"),
        )

    def clean(self) -> dict[str, Any]:
        """The rule says what else is wrong, so Django need not look at the constraints (no `super`)."""
        data = self.cleaned_data
        if ("staff_day" in data) and bool(data["staff_day"]) != bool(data.get("staff_time")):
            self.add_error("staff_time", "Give both day and time, or neither.")
        if not self.errors:
            self.instance.candidates_at = self._instant("candidates")
            self.instance.staff_at = self._instant("staff")
        return data

    def _instant(self, whose: str) -> dt.datetime | None:
        day, time = self.cleaned_data[f"{whose}_day"], self.cleaned_data[f"{whose}_time"]
        if not day:
            return None
        try:
            return instant_of(day, time)
        except ValueError as error:
            self.add_error(f"{whose}_time", str(error))
            return None


def _in_a_row(*names: str) -> Div:
    return Div(*(Div(name, css_class="col-sm") for name in names), css_class="row")
