"""The forms of sealed results: a passphrase, the moment of a seal, a results file, who the keyholders are to be."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from core import plain_text
from core.dates import board_clock, instant_of, utc, zone_all_year
from loading.kinds.results import REASON
from sealed.models import Keyholder

DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
TIME = forms.TimeInput({"type": "time"}, format="%H:%M")


class Words(forms.PasswordInput):
    """Words that are not seen, unless their owner wants to, and never come back with the page. To browsers it is no
    password, or they would offer to keep it."""

    input_type = "text"


class PassphraseForm(plain_text.Form):
    passphrase = forms.CharField(
        label="Your passphrase",
        max_length=200,
        strip=False,
        widget=Words(
            {
                "class": "words-hidden",
                "autocomplete": "off",
                "autocapitalize": "none",
                "autocorrect": "off",
                "spellcheck": "false",
            }
        ),
        help_text="The seven words on your sheet, with spaces between. Capitals and hyphens do not matter.",
        error_messages={"required": "Enter your passphrase."},
    )


class SealForm(plain_text.Form):
    """From when two keyholders may open the series, by the board's clock."""

    day = forms.DateField(label="Day", widget=DATE, error_messages={"required": "Enter the day."})
    time = forms.TimeField(
        label="Time", widget=TIME, error_messages={"required": "Enter the time."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time"].help_text = zone_all_year(board_clock(), timezone.now().year)
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True  # within that of the page
        self.helper.layout = Layout(
            Div(Div("day", css_class="col-sm"), Div("time", css_class="col-sm"), css_class="row")
        )

    @staticmethod
    def initial_of(instant: dt.datetime | None) -> dict[str, Any]:
        if instant is None:
            return {}
        local = instant.astimezone(board_clock().zone)
        return {"day": local.date(), "time": local.time()}

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                moment = instant_of(self.cleaned_data["day"], self.cleaned_data["time"])
            except ValueError as error:
                raise forms.ValidationError({"time": str(error)}) from None
            self.cleaned_data["opens_from"] = moment
        return self.cleaned_data


class GiveForm(plain_text.Form):
    """`former`: how many files were given before; where there are some, this one adds to them or replaces them."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,  # the check says what is missing
        help_text="CSV in UTF-8, or the workbook (xlsx).",
        error_messages={"required": "Choose the file."},
    )
    place = forms.ChoiceField(
        label="Its place",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it adds to what was given, or replaces it."},
    )
    reason = forms.CharField(
        label="Why results change",
        required=False,
        max_length=200,
        help_text="Kept with each result of an earlier file that this one corrects. Do not name a grade here: it is "
        f"not sealed. Empty: “{REASON}”.",
    )

    def __init__(self, *args: Any, former: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if former:
            files = "the file" if former == 1 else f"all {former} files"
            self.fields["place"].choices = [  # type: ignore[attr-defined]
                ("adds", f"Adds to {files} given before, and is loaded last"),
                ("replaces", f"Replaces {files} given before"),
            ]
        else:
            del self.fields["place"], self.fields["reason"]
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout(*self.fields, Submit("give", "Check and seal"))

    @property
    def replaces(self) -> bool:
        return self.cleaned_data.get("place") == "replaces"


class Holders(forms.ModelMultipleChoiceField):
    def label_from_instance(self, holder: Keyholder) -> str:
        tried = f"tried {utc(_minute(holder.tried_at))}" if holder.tried_at else "not tried yet"
        return (
            f"{holder.user} ({holder.user.username}), key {holder.fingerprint}, passphrase {tried}"
        )


class ChangeForm(plain_text.Form):
    """Who is appointed, and who is retired; both at once is to replace. A keyholder's new keys replace those before."""

    appointing = Holders(
        Keyholder.objects.none(),
        label="Appoint",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    retiring = Holders(
        Keyholder.objects.none(),
        label="Retire",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        waiting: QuerySet[Keyholder],
        ring: QuerySet[Keyholder],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["appointing"].queryset = waiting  # type: ignore[attr-defined]
        self.fields["retiring"].queryset = ring  # type: ignore[attr-defined]
        for name, rows in (("appointing", waiting), ("retiring", ring)):
            if not rows.exists():
                del self.fields[name]
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("ask", "See what it means"))

    def clean(self) -> dict[str, Any]:
        appointing, retiring = (self.cleaned_data.get(one) for one in ("appointing", "retiring"))
        if appointing and retiring is not None:
            ring = self.fields["retiring"].queryset  # type: ignore[attr-defined]
            former = ring.filter(user__in=[one.user_id for one in appointing])
            self.cleaned_data["retiring"] = retiring | former
        return self.cleaned_data


def _minute(instant: dt.datetime) -> dt.datetime:
    return instant.replace(second=0, microsecond=0)
