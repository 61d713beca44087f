"""The form of *Download results*: which file, of which candidates.

A file is what it holds, as what, and whether it is of this centre or of every Associate Centre too: one choice,
so that none is offered that cannot be had.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms

from core import plain_text
from results.exports.selection import Selection, WrongNumbers, numbers_in
from results.models import FORMATS, Format, What

SHARE = "share"  # the second button's name
EVERY_CENTRE = "With every Associate Centre"


@dataclass(frozen=True)
class File:
    """One of those that can be had. As a form has it: `broadsheet/xlsx`, `all/broadsheet/xlsx`."""

    what: str
    format: str
    together: bool = False

    def __str__(self) -> str:
        return "/".join([*(["all"] if self.together else []), self.what, self.format])

    @property
    def label(self) -> str:
        """Different for each, as a screen reader tells it without what stands above."""
        every = ", every centre" if self.together else ""
        return f"{What(self.what).label}, {Format(self.format).label}{every}"


def asked_for(address: Mapping[str, Any]) -> dict[str, Any]:
    """What of an address, `?what=broadsheet&format=xlsx&together=on`, is for the form."""
    asked = dict(address)
    if "what" in asked and "file" not in asked:
        together = asked.get("together") in ("on", "true", "True", "1")
        asked["file"] = str(File(asked["what"], asked.get("format", ""), together))
    return asked


def files_of(*, has_associates: bool) -> list[File]:
    """Each that is offered. A PDF is of one centre."""
    ours = [File(what, format) for what, formats in FORMATS.items() for format in formats]
    tables = [replace(one, together=True) for one in ours if one.format != Format.PDF]
    return [*ours, *(tables if has_associates else [])]


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

    file = forms.ChoiceField(label="File", widget=forms.RadioSelect)
    pum = forms.BooleanField(
        label="A broadsheet with percentage uniform marks (every other file has them)",
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
        self.offered = {str(one): one for one in files_of(has_associates=has_associates)}
        choices = [(name, one.label) for name, one in self.offered.items() if not one.together]
        every = [(name, one.label) for name, one in self.offered.items() if one.together]
        self.fields["file"].choices = (  # type: ignore[attr-defined]
            [(str(selection.centre), choices), (EVERY_CENTRE, every)] if every else choices
        )
        if every:
            said = "With every Associate Centre, a number is taken at each of them that has it."
            self.fields["candidates"].help_text += f" {said}"
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": "", "data-unsaved": "no"}
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout(
            "file",
            "candidates",
            "pum",
            Div(
                Submit("download", "Download"),
                *([_share_button(partner)] if partner else []),
                css_class="actions",
            ),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if written := data.get("candidates", "").strip():
            try:
                data["numbers"] = numbers_in(written, self.chosen())
            except WrongNumbers as wrong:
                self.add_error("candidates", str(wrong))
        return data

    @property
    def chosen_file(self) -> File:
        return self.offered[self.cleaned_data["file"]]

    def chosen(self) -> Selection:
        """Of whom."""
        chosen = self.offered.get(self.cleaned_data.get("file", ""))
        numbers = self.cleaned_data.get("numbers", ())
        return replace(self.of, together=bool(chosen and chosen.together), numbers=numbers)
