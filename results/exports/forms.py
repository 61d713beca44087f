"""The form of *Download results*: what to download."""

from dataclasses import replace
from typing import Any

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, Submit
from django import forms

from centres.models import Candidate
from core import plain_text
from results.exports.selection import Selection, WrongNumbers, numbers_in
from results.models import FORMATS, Format, What

SHARE = "share"  # the second button's name


def _share_button(partner: str) -> StrictButton:
    return StrictButton(
        "Share in File Exchange",
        type="submit",
        name=SHARE,
        value="yes",
        css_class="btn-outline-primary",
        title=f"{partner} can download it there",
    )


class DownloadForm(plain_text.Form):
    """`selection`: all that can be downloaded here; a main centre may take its Associate Centres along."""

    what = forms.ChoiceField(label="What", choices=What, widget=forms.RadioSelect)
    format = forms.ChoiceField(label="Format", choices=Format, widget=forms.RadioSelect)
    pum = forms.BooleanField(
        label="With percentage uniform marks (broadsheet; a listing always has them)",
        required=False,
    )
    together = forms.BooleanField(
        label="With every Associate Centre (broadsheet and listing, as workbook or CSV)",
        required=False,
    )
    candidates = forms.CharField(
        label="Candidates",
        required=False,
        max_length=500,
        help_text="Leave it empty for all. Otherwise candidate numbers or ranges, such as 0001-0030, 0045.",
    )

    def __init__(
        self,
        *args: Any,
        selection: Selection,
        has_associates: bool,
        partner: str = "",
        **kwargs: Any,
    ) -> None:
        """`partner`: with whom files are exchanged, for who may put them there."""
        super().__init__(*args, **kwargs)
        self.of = selection
        if not has_associates:
            del self.fields["together"]
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": ""}
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout(
            Div(Field("what"), Field("format"), css_class="choices-side-by-side"),
            "candidates",
            "pum",
            *(["together"] if has_associates else []),
            Div(
                Submit("download", "Download"),
                *([_share_button(partner)] if partner else []),
                css_class="actions",
            ),
        )

    def clean_candidates(self) -> tuple[str, ...]:
        written = self.cleaned_data["candidates"]
        if not written.strip():
            return ()
        there = Candidate.objects.filter(centre=self.of.centre, series=self.of.series)
        try:
            return numbers_in(
                written, list(there.order_by("number").values_list("number", flat=True))
            )
        except WrongNumbers as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        what, format = data.get("what"), data.get("format")
        if what and format and format not in FORMATS[What(what)]:
            offered = " or ".join(one.label for one in FORMATS[What(what)])
            self.add_error("format", f"{What(what).label}: as {offered} only.")
        if data.get("together"):
            if format == Format.PDF:
                self.add_error(
                    "together", "A PDF is of one centre. Choose a workbook or CSV for all of them."
                )
            if data.get("candidates"):
                self.add_error(
                    "candidates",
                    "Leave this empty to take every centre: numbers are of one centre.",
                )
        return data

    def chosen(self) -> Selection:
        """Of whom."""
        together = self.cleaned_data.get("together", False)
        return replace(self.of, together=together, numbers=self.cleaned_data["candidates"])
