"""Subcentre Management: what a main centre sets for its Associate Centres (rules 7 to 11).

Rows that do not count cannot be edited (rule 8): with *Use defaults* ticked those below the first, else the
first. Their fields are disabled, so that a browser does not post them, and what is posted of them all the
same is left aside. Without JavaScript fields do not follow the tick: then what counts now is shown first.
"""

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

    def __init__(
        self, data: Any, *, prefix: str, row: Row, counts: bool, centre: Centre | None = None
    ) -> None:
        is_posted = counts and data is not None and f"{prefix}-contact_choice" in data
        super().__init__(data if is_posted else None, prefix=prefix, initial=vars(row))
        self.counts = counts
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
        ticked = bool(self["use_defaults"].value())
        self.defaults = RowForm(data, prefix="defaults", row=management.defaults, counts=ticked)
        self.rows = [
            RowForm(
                data,
                prefix=one.number,
                row=management.rows[one.number],
                counts=not ticked,
                centre=one,
            )
            for one in centres
        ]

    @property
    def typed(self) -> list[RowForm]:
        """The rows that count and were on the page. A centre attached since is left as it is."""
        return [row for row in (self.defaults, *self.rows) if row.is_bound]

    @property
    def tick_alone(self) -> bool:
        """Whether the box was ticked or unticked on a page whose fields did not follow it."""
        return self.is_bound and not self.typed

    def is_valid(self) -> bool:
        rows_valid = [row.is_valid() for row in self.typed]
        return super().is_valid() and all(rows_valid) and not self.tick_alone

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
            defaults=self.defaults.row() if self.defaults.is_bound else self.management.defaults,
            contact=self.contact(),
            rows={row.name: row.row() for row in self.typed if row.centre},
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
            row.initial = vars(saved)
            if row.is_bound and row.row() != saved:
                row.saved_since = saved
        self.data = standing_against(self.data, management.version)


def _row_in_words(row: Row) -> str:
    access = "access given" if row.give_access else "no access"
    return f"delay {hours(row.delay)}, {access}, contact {ContactChoice(row.contact_choice).label}."
