"""Subcentre Management: what a main centre sets for its Associate Centres (rules 7 to 11).

Rows that do not count cannot be edited (rule 8): with *Use defaults* ticked those below the first, else the
first. What is posted of them is shown again, so that nothing typed is lost, and never saved.

Every button of the page posts the whole form. *Save* alone saves; the others – chips, search, ticking all, *Apply
to the ticked* – answer with the page as it was typed, unsaved.
"""

from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict

from centres.edit_conflict import differing, standing_against
from centres.forms.contact import ContactForm, contact_initial
from centres.forms.subcentre_rows import DEFAULTS, Delays, RowOnPage, own_in_words, row_in_words
from centres.forms.subcentre_tools import Tools
from centres.models import Centre, ContactChoice
from centres.subcentres import Management, Row

CONTACT_FIELDS = ("contact_name", "contact_telephone", "contact_email")
NAMES = {
    "delay": "Delay",
    "contact_choice": "Contact",
    "contact_name": "Contact name",
    "contact_telephone": "Telephone",
    "contact_email": "E-mail",
}


class SubcentresForm(ContactForm):
    """The whole page of Subcentre Management: first row, a row per Associate Centre, contact."""

    use_defaults = forms.BooleanField(label="Use defaults", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    saved_since: list[str] = []
    shows_errors = False

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        management: Management,
        centres: list[Centre],
        show: str = "",
    ) -> None:
        initial = {
            "use_defaults": management.use_defaults,
            "version": management.version,
            **contact_initial(management.contact),
        }
        super().__init__(data, initial=initial)
        self.management = management
        self.counts_defaults = bool(self["use_defaults"].value())
        delays = Delays()
        self.defaults = RowOnPage(DEFAULTS, management.defaults, data, delays)
        self.rows = [
            RowOnPage(one.number, management.rows[one.number], data, delays, centre=one)
            for one in centres
        ]
        self.tools = Tools(
            QueryDict() if data is None else data,
            self.rows,
            counts_defaults=self.counts_defaults,
            show=show,
            own_of=self.own_of,
        )
        self.act = self.tools.act if self.is_bound else ""

    # --- What was typed -----------------------------------------------------------------------

    @property
    def counting(self) -> list[RowOnPage]:
        """The rows that count and were on the page. A centre attached since is left as it is."""
        rows = [self.defaults] if self.counts_defaults else self.rows
        return [row for row in rows if row.was_posted]

    def is_valid(self) -> bool:
        return super().is_valid() and self.can_be_read and not self.tick_alone

    @property
    def can_be_read(self) -> bool:
        """Whether all that counts is as it can be saved."""
        return not self.errors and not any(row.errors for row in self.counting)

    @property
    def tick_alone(self) -> bool:
        """Whether the box was posted without the rows that it makes count, so that nobody has seen them."""
        return self.act == "save" and not self.counting

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_contact(needed=False)
        return data

    def wanted(self) -> Management:
        counting: dict[str, Row] = {row.name: row.row for row in self.counting}
        return Management(
            version=self.cleaned_data["version"],
            use_defaults=self.cleaned_data["use_defaults"],
            defaults=counting.pop(DEFAULTS, self.management.defaults),
            contact=self.contact(),
            rows=counting,
        )

    # --- What is unsaved ----------------------------------------------------------------------

    @cached_property
    def contact_was(self) -> dict[str, str]:
        """Contact field -> what is saved in it, of those that are another now."""
        saved = contact_initial(self.management.contact)
        return {
            name: value
            for name, value in saved.items()
            if (self[name].value() or "").strip() != value
        }

    @property
    def tick_was(self) -> bool:
        """Whether *Use defaults* is another than is saved."""
        return self.counts_defaults != self.management.use_defaults

    @property
    def unsaved(self) -> int:
        rows = sum(len(row.was) for row in self.counting)
        return rows + len(self.contact_was) + self.tick_was

    @property
    def unsaved_centres(self) -> int:
        return sum(bool(row.was) for row in self.counting if row.centre)

    @property
    def one_given_access(self) -> str:
        """The number of the centre that was given access, where it is a single one."""
        given = [row.name for row in self.counting if row.access and "give_access" in row.was]
        return given[0] if len(given) == 1 and given[0] != DEFAULTS else ""

    # --- What is shown ------------------------------------------------------------------------

    @property
    def contact_fields(self) -> list[tuple[forms.BoundField, str | None]]:
        """Each with what is saved in it, where that is something else."""
        return [(self[name], self.contact_was.get(name)) for name in CONTACT_FIELDS]

    @property
    def naming_default(self) -> int:
        """At how many centres the default contact details are named, as the page stands."""
        rows = [self.defaults] * len(self.rows) if self.counts_defaults else self.rows
        return sum(row.row.contact_choice == ContactChoice.DEFAULT for row in rows)

    def own_of(self, row: RowOnPage) -> str:
        """What this row keeps for when *Use defaults* is unticked, in words; "" where that is nothing else."""
        if row.name not in self.management.own:
            return ""
        return own_in_words(row.saved, self.defaults.row)

    @property
    def own_values(self) -> int:
        return sum(bool(self.own_of(row)) for row in self.rows)

    @property
    def defaults_in_words(self) -> str:
        return row_in_words(self.management.defaults)

    @cached_property
    def bad_fields(self) -> list[tuple[str, str]]:
        """The fields to mend, by id and in words, in the order of the page."""
        rows = [
            (f"id_{row.name}-{field}", f"{NAMES[field]}, {row.name}")
            for row in self.counting
            for field in row.errors
        ]
        return [*rows, *((f"id_{name}", NAMES.get(name, name)) for name in self.errors)]

    def show_errors(self) -> None:
        """Say beside each field what is wrong; a row with such a field is in sight, whatever is searched."""
        self.shows_errors = True
        for row in self.counting:
            if row.errors:
                row.hidden, row.has_errors_shown = False, True

    def show_edit_conflict(self, management: Management) -> None:
        """Somebody saved meanwhile: keep what was typed, say where what is saved now differs, and let
        the next *Save* stand against that."""
        self.management = management
        self.saved_since = differing(
            self,
            {"use_defaults": management.use_defaults, **contact_initial(management.contact)},
        )
        for row in (self.defaults, *self.rows):
            row.saved = management.rows.get(row.name, management.defaults)
            row.read_again()
        for row in self.counting:
            if row.was:
                row.since, row.hidden = row_in_words(row.saved), False
        self.__dict__.pop("contact_was", None)
        self.data = standing_against(self.data, management.version)
