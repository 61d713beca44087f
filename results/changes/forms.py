"""The form of *What changed*: since when."""

import datetime as dt

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from core import plain_text

A_DAY = "Write the day as year, month and day, such as 2026-08-13."


class SinceForm(plain_text.Form):
    """A day, by the centre's clocks."""

    since = forms.DateField(
        label="Since",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": "Enter the day.", "invalid": A_DAY},
        validators=[
            MinValueValidator(dt.date(2000, 1, 1), A_DAY),
            MaxValueValidator(dt.date(2999, 12, 31), A_DAY),
        ],
    )
