"""An edit conflict: somebody else has saved a page of settings since it was opened. What was typed stays,
and what differs is said. The next save is compared with what is saved now."""

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict

from centres.models import Status
from core.dates import hours


class EditConflict(Exception):
    """Somebody else saved after this page was opened; nothing was written."""


def standing_against(posted: Any, version: int | str) -> QueryDict:
    """What was posted, but standing against this version."""
    data = posted.copy()
    data["version"] = str(version)
    return data


def differing(form: forms.Form, saved: dict[str, Any]) -> list[str]:
    """“Telephone: 123” for each field in which what is saved differs from what was typed."""
    return [
        f"{form.fields[name].label}: {_words(value)}"
        for name, value in saved.items()
        if name in form.fields and form.cleaned_data.get(name) != value
    ]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "ticked" if value else "not ticked"
    if isinstance(value, dt.timedelta):
        return hours(value)
    if isinstance(value, list):
        return ", ".join(value) or "nobody"
    return dict(Status.choices).get(value, value) or "empty"
