"""The rows of Subcentre Management as they stand on its page: what was typed, beside what is saved.

750 of them are read and shown in a moment, so they are no forms of their own: each field is read once, and what
is the same in many rows is worked out once.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property

from django import forms

from centres.forms.delay import DelayField
from centres.models import Centre, ContactChoice
from centres.subcentres import Row
from core.dates import hours

DEFAULTS = "defaults"  # the name of the first row
LABELS = {str(value): str(label) for value, label in ContactChoice.choices}
NOT_A_CHOICE = "Choose Default or Centre defined."
ACCESS = {True: "access", False: "no access"}


class Delays:
    """Delays as they are typed, each text read once."""

    def __init__(self) -> None:
        self.field = DelayField(required=False)
        self.read: dict[str, tuple[dt.timedelta | None, str]] = {}

    def of(self, text: str) -> tuple[dt.timedelta | None, str]:
        """The delay, or what is wrong with the text."""
        if text not in self.read:
            try:
                self.read[text] = (self.field.clean(text), "")
            except forms.ValidationError as error:
                self.read[text] = (None, error.messages[0])
        return self.read[text]


class RowOnPage:
    """One row; its fields are named after the centre: `PK398-delay`. `centre` is None in the first row."""

    def __init__(
        self,
        name: str,
        saved: Row,
        data: Mapping[str, str] | None,
        delays: Delays,
        *,
        centre: Centre | None = None,
    ) -> None:
        self.name, self.saved, self.centre = name, saved, centre
        self.delays = delays
        self.was_posted = data is not None and f"{name}-contact_choice" in data
        if data is not None and self.was_posted:
            self.delay = data.get(f"{name}-delay", "").strip()
            self.access = f"{name}-give_access" in data
            self.choice = data[f"{name}-contact_choice"]
        else:
            self.delay, self.access = hours(saved.delay), saved.give_access
            self.choice = str(saved.contact_choice)
        self.ticked = self.hidden = self.has_errors_shown = False
        self.since = ""  # what somebody else has saved for this row, in words

    def fill_in(self, delay: str, access: str, choice: str) -> None:
        """What was typed for all ticked rows; what is empty stays as it is."""
        self.delay = delay or self.delay
        self.access = {"given": True, "not-given": False}.get(access, self.access)
        self.choice = choice or self.choice
        self.read_again()

    def read_again(self) -> None:
        """After what is typed, or saved, has become another."""
        for known in ("row", "was"):
            self.__dict__.pop(known, None)

    @property
    def held(self) -> dict[str, object]:
        """What it says where it cannot be edited."""
        return {
            "delay": self.delay,
            "access": self.access,
            "choice": LABELS.get(self.choice, "–"),
        }

    @property
    def delay_error(self) -> str:
        return self.delays.of(self.delay)[1]

    @property
    def choice_error(self) -> str:
        return "" if self.choice in LABELS else NOT_A_CHOICE

    @property
    def errors(self) -> dict[str, str]:
        """Field -> what is wrong."""
        found = {"delay": self.delay_error, "contact_choice": self.choice_error}
        return {field: error for field, error in found.items() if error}

    @cached_property
    def row(self) -> Row:
        """As typed; a field that cannot be read is as it is saved."""
        delay, error = self.delays.of(self.delay)
        return Row(
            give_access=self.access,
            delay=self.saved.delay if error or delay is None else delay,
            contact_choice=self.saved.contact_choice if self.choice_error else self.choice,
        )

    @cached_property
    def was(self) -> dict[str, str]:
        """Field -> what is saved in it, of those that are another now."""
        row, found = self.row, {}
        if row.delay != self.saved.delay or self.delay_error:
            found["delay"] = hours(self.saved.delay)
        if row.give_access != self.saved.give_access:
            found["give_access"] = "given" if self.saved.give_access else "not given"
        if row.contact_choice != self.saved.contact_choice or self.choice_error:
            found["contact_choice"] = LABELS[self.saved.contact_choice]
        return found


def own_in_words(own: Row, defaults: Row) -> str:
    """What a row keeps that the first has otherwise: “2:00, no access”."""
    parts = [
        hours(own.delay) if own.delay != defaults.delay else "",
        ACCESS[own.give_access] if own.give_access != defaults.give_access else "",
        LABELS[own.contact_choice] if own.contact_choice != defaults.contact_choice else "",
    ]
    return ", ".join(filter(None, parts))


def row_in_words(row: Row) -> str:
    access = "access given" if row.give_access else "no access"
    return f"delay {hours(row.delay)}, {access}, contact {LABELS[row.contact_choice]}."
