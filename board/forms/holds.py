"""The forms of holds: what to hold, and why."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.db.models import QuerySet

from centres.models import Candidate, Centre, Entry, Qualification, Series
from core import plain_text
from results import holds
from results.hold_levels import HELD_BY
from results.models import Hold


class ReasonForm(plain_text.ModelForm):
    class Meta:
        model = Hold
        fields = ["reason"]


class HoldForm(ReasonForm):
    """The further it is filled in, the less is held: a series, … and at last one result."""

    series = forms.ModelChoiceField(Series.objects.all(), empty_label="Choose a series")
    qualification = forms.ModelChoiceField(
        Qualification.objects.all(), required=False, empty_label="Every qualification"
    )
    centre_number = forms.CharField(
        label="Centre", max_length=5, required=False, help_text="Its number."
    )
    candidate_number = forms.CharField(
        label="Candidate",
        max_length=4,
        required=False,
        help_text="The number, to hold this candidate alone.",
    )
    syllabus_code = forms.CharField(
        label="Syllabus",
        max_length=4,
        required=False,
        help_text="Its code, to hold the result in it alone.",
    )

    class Meta:
        model = Hold
        fields = ["series", "qualification", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout(*NARROWING, "reason", Submit("ask", "See what it would hide"))

    def clean(self) -> dict[str, Any]:
        """The rule says what is wrong, so Django need not look at the constraints (no `super`)."""
        if self.errors:
            return self.cleaned_data
        held = self._held(**{name: self.cleaned_data[name] for name in NARROWING})
        try:
            holds.check(Hold(**held))
        except holds.CannotHold as why:
            raise forms.ValidationError(str(why)) from None
        for name in HELD_BY:
            setattr(self.instance, name, held.get(name))
        return {
            **self.cleaned_data,
            **{name: held.get(name) for name in ("series", "qualification")},
        }

    def _held(
        self,
        series: Series,
        qualification: Qualification | None,
        centre_number: str,
        candidate_number: str,
        syllabus_code: str,
    ) -> dict[str, Any]:
        """What to hold, looked up."""
        if not centre_number and (candidate_number or syllabus_code):
            raise forms.ValidationError({"centre_number": "Give the centre as well."})
        if not candidate_number and syllabus_code:
            raise forms.ValidationError({"candidate_number": "Give the candidate as well."})
        if not centre_number:
            return {"series": series, "qualification": qualification}
        centre = _found(Centre.objects.filter(number=centre_number.upper()), "centre_number")
        if not candidate_number:
            return {"series": series, "qualification": qualification, "centre": centre}
        candidates = Candidate.objects.filter(series=series, centre=centre)
        candidate = _found(candidates.filter(number=candidate_number), "candidate_number")
        if not syllabus_code:
            return {"qualification": qualification, "candidate": candidate}
        entries = Entry.objects.filter(candidate=candidate, syllabus__code=syllabus_code)
        return {"qualification": qualification, "entry": _found(entries, "syllabus_code")}


NARROWING = ["series", "qualification", "centre_number", "candidate_number", "syllabus_code"]
NOT_FOUND = {
    "centre_number": "There is no such centre.",
    "candidate_number": "This centre has no such candidate in this series.",
    "syllabus_code": "This candidate is not entered for such a syllabus.",
}


def _found(rows: QuerySet, field: str) -> Any:
    row = rows.first()
    if row is None:
        raise forms.ValidationError({field: NOT_FOUND[field]})
    return row
