"""The form of a correction: what the result shall be."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from board.forms.fields import ProposedForm
from board.models import ProposedCorrection
from centres.grades import OUTCOMES


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
