"""What exams officers fill in about their centres: a series, *Edit status*, Subcentre Management."""

import datetime as dt
import re
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout, Submit
from django import forms
from django.http import QueryDict

from centres import groups
from centres.models import Candidate, Centre, CentreArrangement, ContactChoice, Series, Status
from centres.models.arrangements import LONGEST_DELAY
from centres.status import AGREEMENT
from centres.subcentres import Management, Row
from centres.terms import Contact
from centres.times import hours


class DelayField(forms.CharField):
    """A delay in hours and minutes, `H:MM`, from 0:00 to 9999:59 (rule 10); empty is 0:00."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "class": "form-control"})

    def prepare_value(self, value: Any) -> Any:
        return hours(value) if isinstance(value, dt.timedelta) else value

    def to_python(self, value: Any) -> dt.timedelta:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return dt.timedelta()
        match = re.fullmatch(r"([0-9]{1,5}):([0-5][0-9])", text)
        if not match:
            raise forms.ValidationError(
                "Write the delay as hours and minutes, such as 2:30, or 48:00 for two days."
            )
        delay = dt.timedelta(hours=int(match[1]), minutes=int(match[2]))
        if delay > LONGEST_DELAY:
            raise forms.ValidationError("The longest delay is 9999:59.")
        return delay

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


class ContactForm(forms.Form):
    """A name, and a telephone number or an e-mail address; all or nothing."""

    contact_name = forms.CharField(label="Contact name", max_length=100, required=False)
    contact_telephone = forms.CharField(label="Telephone", max_length=40, required=False)
    contact_email = forms.EmailField(label="E-mail", max_length=100, required=False)

    def contact(self) -> Contact:
        data = self.cleaned_data
        return Contact(
            data.get("contact_name", ""),
            data.get("contact_telephone", ""),
            data.get("contact_email", ""),
        )

    def check_contact(self, *, needed: bool) -> None:
        contact = self.contact()
        if contact == Contact() and not needed:
            return
        if not contact.name:
            self.add_error("contact_name", "Give the name of a person or an office.")
        if not (contact.telephone or contact.email) and "contact_email" not in self.errors:
            self.add_error("contact_telephone", "Give a telephone number or an e-mail address.")


def contact_initial(contact: Contact) -> dict[str, str]:
    return {
        "contact_name": contact.name,
        "contact_telephone": contact.telephone,
        "contact_email": contact.email,
    }


def _with_version(posted: Any, version: int) -> QueryDict:
    """What was posted, but standing against this version."""
    data = posted.copy()
    data["version"] = str(version)
    return data


def _differing(form: forms.Form, saved: dict[str, Any]) -> list[str]:
    """“Telephone: 123” for each field in which what is saved differs from what was typed."""
    return [
        f"{form.fields[name].label}: {_words(value)}"
        for name, value in saved.items()
        if name in form.fields and form.cleaned_data.get(name) != value
    ]


def _row_in_words(row: Row) -> str:
    access = "access given" if row.give_access else "no access"
    return f"delay {hours(row.delay)}, {access}, contact {ContactChoice(row.contact_choice).label}."


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "ticked" if value else "not ticked"
    if isinstance(value, dt.timedelta):
        return hours(value)
    if isinstance(value, list):
        return ", ".join(value) or "nobody"
    return dict(Status.choices).get(value, value) or "empty"


class SeriesForm(forms.Form):
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
                widget=forms.HiddenInput, initial=by, required=False
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


class StatusForm(ContactForm):
    """*Edit status* (rules 4 and 5). `delay_is_own`: a main or ordinary centre sets its own delay.
    `agreed_to`: the status for which the centre's agreement stands."""

    status = forms.ChoiceField(label="Status", choices=Status, widget=forms.RadioSelect)
    delay = DelayField(
        label="Candidate Results delay",
        required=False,
        help_text="Optional. Hours and minutes after the release, such as 2:30.",
    )
    agreed = forms.BooleanField(label=AGREEMENT, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    saved_meanwhile: list[str] = []

    def __init__(
        self,
        *args,
        candidates: list[Candidate],
        delay_is_own: bool,
        contact_needed: bool,
        agreed_to: str,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.agreed_to = agreed_to
        if agreed_to in (Status.ALL, Status.SELECTED):
            self.fields["agreed"].help_text = (
                f"Your centre has agreed. Tick it again only when you change the status from "
                f"“{Status(agreed_to).label}”."
            )
        self.contact_needed = contact_needed
        self.fields["candidates"] = forms.MultipleChoiceField(
            label="Selected candidates",
            choices=[(one.number, str(one)) for one in candidates],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        if not delay_is_own:
            del self.fields["delay"]
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(
            "version",
            Field("status"),
            Div(Field("candidates"), css_class="selected-candidates"),
            Fieldset(
                "Contact",
                HTML("<p class='quiet'>Whom your candidates ask about their results.</p>"),
                "contact_name",
                "contact_telephone",
                "contact_email",
            ),
            *(["delay"] if delay_is_own else []),
            "agreed",
            Submit("confirm", "Confirm"),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wants_access = data.get("status") in (Status.ALL, Status.SELECTED)
        self.check_contact(needed=wants_access and self.contact_needed)
        if wants_access and not data.get("agreed") and data["status"] != self.agreed_to:
            self.add_error("agreed", "Tick this box to agree, or choose “NO candidates”.")
        if data.get("status") == Status.SELECTED and not data.get("candidates"):
            self.add_error("candidates", "Select at least one candidate, or choose another status.")
        return data

    def show_what_changed(self, arrangement: CentreArrangement, selected: list[str]) -> None:
        """Somebody confirmed meanwhile: keep what was typed, say where what is saved now differs, and
        let the next *Confirm* stand against that. `selected`: candidate numbers selected now."""
        saved = {
            "status": arrangement.status,
            "contact_name": arrangement.contact_name,
            "contact_telephone": arrangement.contact_telephone,
            "contact_email": arrangement.contact_email,
            "delay": arrangement.delay,
            "candidates": selected,
        }
        self.saved_meanwhile = _differing(self, saved)
        self.data = _with_version(self.data, arrangement.version)


class RowForm(forms.Form):
    """One row of Subcentre Management; its fields are named after the centre: `PK398-delay`."""

    delay = DelayField(required=False)
    give_access = forms.BooleanField(required=False)
    contact_choice = forms.ChoiceField(choices=ContactChoice)

    def __init__(self, data: Any, *, prefix: str, row: Row, centre: Centre | None = None) -> None:
        super().__init__(data, prefix=prefix, initial=vars(row))
        self.centre = centre
        self.name = centre.number if centre else "defaults"
        self.saved_meanwhile: Row | None = None

    @property
    def saved_text(self) -> str:
        """What somebody else has saved for this row, in words."""
        return _row_in_words(self.saved_meanwhile) if self.saved_meanwhile else ""

    def row(self) -> Row:
        data = self.cleaned_data
        return Row(data["give_access"], data["delay"], data["contact_choice"])


class SubcentresForm(ContactForm):
    """The whole page of Subcentre Management: first row, a row per Associate Centre, contact."""

    use_defaults = forms.BooleanField(label="Use defaults", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    saved_meanwhile: list[str] = []

    def __init__(self, data=None, *, management: Management, centres: list[Centre]) -> None:
        initial = {
            "use_defaults": management.use_defaults,
            "version": management.version,
            **contact_initial(management.contact),
        }
        super().__init__(data, initial=initial)
        self.management = management
        self.defaults = RowForm(data, prefix="defaults", row=management.defaults)
        self.rows = [
            RowForm(data, prefix=one.number, centre=one, row=management.rows[one.number])
            for one in centres
            # A centre attached after the page was opened is not on it: left as it is.
            if data is None or f"{one.number}-contact_choice" in data
        ]

    def is_valid(self) -> bool:
        rows_valid = [row.is_valid() for row in (self.defaults, *self.rows)]
        return super().is_valid() and all(rows_valid)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_contact(needed=False)
        return data

    @property
    def saved_in_force(self) -> str:
        """What is in force at every Associate Centre while *Use defaults* is saved as ticked."""
        saved = self.management
        return _row_in_words(saved.defaults) if saved.use_defaults else ""

    @property
    def bad_fields(self) -> int:
        forms_ = (self, self.defaults, *self.rows)
        return sum(len(form.errors) for form in forms_)

    def wanted(self) -> Management:
        return Management(
            version=self.cleaned_data["version"],
            use_defaults=self.cleaned_data["use_defaults"],
            defaults=self.defaults.row(),
            contact=self.contact(),
            rows={row.name: row.row() for row in self.rows},
        )

    def show_what_changed(self, management: Management) -> None:
        """Somebody saved meanwhile: keep what was typed, say where what is saved now differs, and let
        the next *Save* stand against that."""
        self.management = management
        self.saved_meanwhile = _differing(
            self,
            {"use_defaults": management.use_defaults, **contact_initial(management.contact)},
        )
        for row in (self.defaults, *self.rows):
            saved = management.rows.get(row.name, management.defaults)
            if row.row() != saved:
                row.saved_meanwhile = saved
        self.data = _with_version(self.data, management.version)


class GroupsForm(forms.Form):
    """A line for each group; cleaned into candidate number -> group."""

    groups = forms.CharField(
        label="Groups",
        required=False,
        help_text="One line for each group: its name, a colon, and candidate numbers or ranges, such "
        "as 11A: 0001-0030, 0045. Candidates who stand in no line are in no group.",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "dir": "auto"}),
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False)
    saved_meanwhile: list[str] = []

    def __init__(self, *args: Any, now: dict[str, str], **kwargs: Any) -> None:
        """`now`: candidate number -> group, of all candidates of the centre."""
        written = groups.written(now)
        kwargs["initial"] = {"groups": written, "was": written}
        super().__init__(*args, **kwargs)
        self.numbers = list(now)
        self.helper = FormHelper()
        self.helper.layout = Layout(Field("groups"), "was", Submit("save", "Save"))

    def clean_groups(self) -> dict[str, str]:
        try:
            return groups.read(self.cleaned_data["groups"], self.numbers)
        except groups.BadLines as error:
            raise forms.ValidationError(error.said) from None

    def show_what_changed(self, now: dict[str, str]) -> None:
        """Keep what was typed, and say what another officer has saved since the page was opened."""
        written = groups.written(now)
        self.saved_meanwhile = written.splitlines() or ["No groups."]
        posted: Any = self.data
        self.data = data = posted.copy()
        data["was"] = written
