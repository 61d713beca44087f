"""The forms of an upload to File Exchange."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, Submit
from django import forms

from centres.models import Series
from core import plain_text
from exchange import refusals
from exchange.models import Kind

NO_SERIES = "No series in particular"


class UploadForm(plain_text.Form):
    """The folder, a note and the file; `called`: the name it takes there, as a newer version of what
    is called so."""

    kind = forms.ChoiceField(label="What it is about", choices=Kind)
    called = forms.CharField(required=False, max_length=255, widget=forms.HiddenInput)
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=500,
        help_text="Optional. Both sides read it.",
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    file = forms.FileField(
        label="File",
        error_messages={"required": "Choose a file.", "empty": refusals.EMPTY},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.all_series = {series.slug: series for series in Series.objects.all()}
        slugs = [(slug, str(series)) for slug, series in self.all_series.items()]
        self.fields["series"] = forms.ChoiceField(
            label="Series", required=False, choices=[("", NO_SERIES), *slugs]
        )
        if self.newer_of:  # in the folder of what it replaces
            for name in ("series", "kind"):
                self.fields[name].widget = forms.HiddenInput()
        if "file" in self.fields:
            self.fields["file"].widget.attrs["accept"] = ",".join(refusals.accepted())
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.attrs = {"novalidate": "", "data-upload-form": ""}
        self.helper.layout = Layout(
            Div(
                Div("series", css_class="col-sm"),
                Div("kind", css_class="col-sm"),
                css_class="row",
            ),
            "called",
            Field("note"),
            Field("file"),
            Submit("upload", "Upload"),
        )

    @property
    def newer_of(self) -> str:
        """What it is to be a newer version of; empty for none."""
        return self["called"].value() or ""

    def about(self) -> dict[str, Any]:
        """What is said about the file, as `exchange.uploads` takes it."""
        said = self.cleaned_data
        about = {
            "series": self.all_series.get(said["series"]),
            "kind": said["kind"],
            "note": said["note"],
        }
        return {**about, "name": said["called"]} if said["called"] else about


class AboutForm(UploadForm):
    """The same, for a file that comes in parts."""

    name = forms.CharField(max_length=255, strip=False)
    modified = forms.IntegerField(required=False, min_value=0, max_value=2**53)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["file"]

    def about(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"name": said["name"], "modified": said["modified"], **super().about()}
