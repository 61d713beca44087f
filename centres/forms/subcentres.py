"""Subcentre Management: what a main centre sets for its Associate Centres (rules 7 to 11)."""

from typing import Any

from django import forms

from centres.edit_conflict import differing, standing_against
from centres.forms.contact import ContactForm, contact_initial
from centres.forms.delay import DelayField
from centres.models import Centre, ContactChoice
from centres.subcentres import Management, Row
from core import plain_text
from core.dates import hours


class RowForm(plain_text.Form):
    """One row of Subcentre Management; its fields are named after the centre: `PK398-delay`."""

    delay = DelayField(required=False)
    give_access = forms.BooleanField(required=False)
    contact_choice = forms.ChoiceField(choices=ContactChoice)

    def __init__(self, data: Any, *, prefix: str, row: Row, centre: Centre | None = None) -> None:
        super().__init__(data, prefix=prefix, initial=vars(row))
        self.centre = centre
        self.name = centre.number if centre else "defaults"
        self.saved_since: Row | None = None

    @property
    def saved_text(self) -> str:
        """What somebody else has saved for this row, in words."""
        return _row_in_words(self.saved_since) if self.saved_since else ""

    def row(self) -> Row:
        data = self.cleaned_data
        return Row(data["give_access"], data["delay"], data["contact_choice"])


class SubcentresForm(ContactForm):
    """The whole page of Subcentre Management: first row, a row per Associate Centre, contact."""

    use_defaults = forms.BooleanField(label="Use defaults", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    saved_since: list[str] = []

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

    def show_edit_conflict(self, management: Management) -> None:
        """Somebody saved meanwhile: keep what was typed, say where what is saved now differs, and let
        the next *Save* stand against that."""
        self.management = management
        self.saved_since = differing(
            self,
            {"use_defaults": management.use_defaults, **contact_initial(management.contact)},
        )
        for row in (self.defaults, *self.rows):
            saved = management.rows.get(row.name, management.defaults)
            if row.row() != saved:
                row.saved_since = saved
        self.data = standing_against(self.data, management.version)


def _row_in_words(row: Row) -> str:
    access = "access given" if row.give_access else "no access"
    return f"delay {hours(row.delay)}, {access}, contact {ContactChoice(row.contact_choice).label}."
