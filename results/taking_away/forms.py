"""What somebody chooses to take away, and since when they want to know what changed."""

import datetime as dt
from typing import Any

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, Submit
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from centres import plain_text
from centres.models import Candidate
from results.taking_away.kinds import FORMATS, Format, What
from results.taking_away.numbers import WrongNumbers, numbers_in
from results.taking_away.whose import Whose

PUT = "put"  # the second button's name


def _put_button(partner: str) -> StrictButton:
    return StrictButton(
        "Put into File Exchange",
        type="submit",
        name=PUT,
        value="yes",
        css_class="btn-outline-primary",
        title=f"{partner} can take it there",
    )


class TakeAwayForm(plain_text.Form):
    """`whose`: all that can be taken here; a main centre may take its Associate Centres along."""

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
        whose: Whose,
        has_associates: bool,
        partner: str = "",
        **kwargs: Any,
    ) -> None:
        """`partner`: with whom files are exchanged, for who may put them there."""
        super().__init__(*args, **kwargs)
        self.of = whose
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
                Submit("take", "Take away"),
                *([_put_button(partner)] if partner else []),
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

    def chosen(self) -> Whose:
        """Of whom."""
        data = self.cleaned_data
        return Whose(
            self.of.user,
            self.of.centre,
            self.of.series,
            data.get("together", False),
            data["candidates"],
        )


A_DAY = "Write the day as year, month and day, such as 2026-08-13."


class SinceForm(plain_text.Form):
    """A day, by the centre's clocks."""

    since = forms.DateField(
        label="Since",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": A_DAY},
        validators=[
            MinValueValidator(dt.date(2000, 1, 1), A_DAY),
            MaxValueValidator(dt.date(2999, 12, 31), A_DAY),
        ],
    )
