"""A delay, as it is typed and shown (rule 10)."""

import datetime as dt
import re
from typing import Any

from django import forms

from centres.models.arrangements import LONGEST_DELAY
from core.dates import hours


class DelayField(forms.CharField):
    """A delay in hours and minutes, `H:MM`, from 0:00 to 9999:59 (rule 10); empty is 0:00."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "class": "form-control"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length = len("9999:59")  # `to_python` sees to it

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
