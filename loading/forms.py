"""The form for a file to load."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from core import plain_text
from loading.kinds.results import REASON, ResultsFile
from loading.registry import KINDS


class FileForm(plain_text.Form):
    """Its kind is asked for those whose heads do not tell it."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,  # the check says what is missing
        help_text="CSV in UTF-8; for results also the workbook (xlsx).",
    )
    kind = forms.ChoiceField(
        label="Kind",
        required=False,
        choices=[("", "Found from its first line"), *((kind, kind.capitalize()) for kind in KINDS)],
    )
    reason = forms.CharField(
        label="Why results change",
        required=False,
        max_length=200,
        help_text=f"For a file of results: kept with what each corrected result was. Empty: “{REASON}”.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout(
            "file", "kind", "reason", Submit("give", "See what would change")
        )

    def reason_for(self, kind: str) -> str:
        return self.cleaned_data["reason"] if kind == ResultsFile.name else ""
