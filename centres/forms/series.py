"""The choice of a series and, where there are several, of a centre (rule 2)."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from centres.models import Centre, Series
from core import plain_text


class SeriesForm(plain_text.Form):
    """*Candidate Results website administration*: choose a series, *Go* (rule 2)."""

    def __init__(
        self, *args, series: list[Series], centres: list[Centre], by: str = "", **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"] = forms.ChoiceField(
            label="Series",
            choices=[(one.slug, str(one)) for one in series],
            error_messages={"invalid_choice": "Choose one of the series in the list."},
            initial=_at_hand(series),
        )
        if len(centres) > 1:
            self.fields["centre"] = forms.ChoiceField(
                label="Centre", choices=[(centre.number, str(centre)) for centre in centres]
            )
            self.order_fields(["centre", "series"])
        if by:  # which page shall follow
            self.fields["by"] = forms.CharField(
                widget=forms.HiddenInput, initial=by, required=False, max_length=20
            )
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.add_input(Submit("", "Go"))
        self.helper.form_class = "form-narrow"


def _at_hand(series: list[Series]) -> str:
    """Of series, newest first, the newest in which credentials can be created by now; while there is
    none, the next one."""
    found = next((one for one in series if one.credentials_open()), series[-1] if series else None)
    return found.slug if found else ""
