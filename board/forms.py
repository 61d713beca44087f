"""What the board fills in: what takes two people, what is to be held, what to look for in the trail."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.db.models import QuerySet

from board.audit_search import AuditSearch
from board.models import ProposedAccess, ProposedCorrection, ProposedRelease
from centres.grades import OUTCOMES
from centres.models import Candidate, Centre, Entry, Qualification, Series
from centres.models.audit import WORDS
from core import plain_text
from core.dates import board_clock, instant_of
from results import holds
from results.models import HELD_BY, Hold

DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
TIME = forms.TimeInput({"type": "time"}, format="%H:%M")


class ProposedForm(plain_text.ModelForm):
    """Something that takes two people."""

    def _post_clean(self) -> None:
        """Fill in the row, and leave judging it to the rule."""
        for name in self._meta.fields or ():
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])


class ProposalForm(ProposedForm):
    """When a qualification shall be released, by the board's clock."""

    candidates_day = forms.DateField(label="Candidates: day", widget=DATE)
    candidates_time = forms.TimeField(label="Candidates: time", widget=TIME)
    staff_day = forms.DateField(label="Staff in confidence: day", widget=DATE, required=False)
    staff_time = forms.TimeField(label="Staff in confidence: time", widget=TIME, required=False)

    class Meta:
        model = ProposedRelease
        fields = ["series", "qualification", "reason"]
        help_texts = {"reason": "For the board alone: the second person reads it."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].queryset = Series.objects.all()  # type: ignore[attr-defined]
        self.fields["qualification"].queryset = Qualification.objects.all()  # type: ignore[attr-defined]
        zone = board_clock().time_zone
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


class CorrectionForm(ProposedForm):
    """What a result shall be, and why."""

    grade = forms.ChoiceField(label="Grade")
    pum = forms.IntegerField(
        label="PUM", required=False, min_value=0, max_value=100, help_text="Empty: none."
    )

    class Meta:
        model = ProposedCorrection
        fields = ["grade", "pum", "reason"]
        help_texts = {"reason": "Kept with what the result was; staff of the centre read it."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        qualification = self.instance.result.entry.syllabus.qualification
        grades = [*qualification.grades.split(), *OUTCOMES]
        self.fields["grade"].choices = [(one, one) for one in grades]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout("grade", "pum", "reason", Submit("ask", "See what it would do"))


class AccessForm(ProposedForm):
    """Whose account, and what shall be done with it."""

    SHUT_OUT = "shut-out"

    act = forms.ChoiceField(
        label="What",
        choices=[*ProposedAccess.Act.choices, (SHUT_OUT, "Shut out, at once")],
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(label="E-mail", required=False, help_text="Of a new board operator.")

    class Meta:
        model = ProposedAccess
        fields = ["act", "username", "name", "email", "reason"]
        help_texts = {
            "name": "Of a new board operator.",
            "reason": "For the board alone: the second person reads it.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout(*self.Meta.fields, Submit("ask", "See what it would do"))

    @property
    def shuts_out(self) -> bool:
        return self.cleaned_data["act"] == self.SHUT_OUT


class ReasonForm(plain_text.ModelForm):
    class Meta:
        model = Hold
        fields = ["reason"]


class HoldForm(ReasonForm):
    """The further it is filled in, the less is held: a series, … and at last one result."""

    series = forms.ModelChoiceField(Series.objects.all())
    qualification = forms.ModelChoiceField(Qualification.objects.all(), required=False)
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


class AuditSearchForm(plain_text.Form):
    """What to look for in the audit trail; all of it stands in the address."""

    by = forms.CharField(label="Who (username)", required=False, max_length=150)
    action = forms.ChoiceField(label="What", required=False)
    centre = forms.CharField(label="Centre", required=False, max_length=5)
    series = forms.ChoiceField(label="Series", required=False)
    subject = forms.CharField(label="Subject holds", required=False, max_length=100)
    from_day = forms.DateField(label="From (UTC)", required=False, widget=DATE)
    to_day = forms.DateField(label="To (UTC)", required=False, widget=DATE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actions = sorted(WORDS.items(), key=lambda one: one[1])
        series = [(str(one), str(one)) for one in Series.objects.all()]
        self.fields["action"].choices = [("", "Anything"), *actions]  # type: ignore[attr-defined]
        self.fields["series"].choices = [("", "Any"), *series]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Div(*self.fields, css_class="fields"), Submit("", "Search", css_class="mb-0")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("from_day"), data.get("to_day")
        if first and last and first > last:
            self.add_error("to_day", "The last day comes before the first.")
        return data

    def search(self) -> AuditSearch:
        return AuditSearch(**self.cleaned_data)


def _in_a_row(*names: str) -> Div:
    return Div(*(Div(name, css_class="col-sm") for name in names), css_class="row")
