"""Audit trail: record who did what, when, for which centre and series, old -> new (in the caller's transaction)."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractUser

from centres.models import AuditEvent, Centre, Series
from centres.models.audit import WORDS
from core.in_words import in_words


def record(action: str, **facts: Any) -> None:
    """Write one audit row; `facts` are those of `event`."""
    event(action, **facts).save()


def event(
    action: str,
    *,
    by: AbstractUser | str,
    centre: Centre | None = None,
    series: Series | None = None,
    subject: str = "",
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> AuditEvent:
    """An audit row not yet written, for those who write many at once.

    `action` is a key of WORDS; `old` and `new` hold only what differs. Raises ValueError for another.
    """
    if action not in WORDS:
        raise ValueError(f"{action} is no action that the audit trail knows")
    return AuditEvent(
        action=action,
        by=by if isinstance(by, str) else by.username,
        centre=centre.number if centre else "",
        series=str(series) if series else "",
        subject=subject[:250],
        old=plain(old or {}),
        new=plain(new or {}),
    )


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON can take them: instants and days as ISO 8601, and what it has no kind of in words."""
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool):
        return value
    return in_words(value)


def differences(old: dict[str, Any], new: dict[str, Any]) -> tuple[dict, dict]:
    """Keep of two states only the fields in which they differ."""
    changed = [key for key in new if old.get(key) != new[key]]
    return {key: old.get(key) for key in changed}, {key: new[key] for key in changed}
