"""Clearing: what the database keeps for a while is deleted in time, such as sessions, log-ins and tasks.

The worker does it every hour. None of these rows holds what somebody has typed.

A session goes when it has ended. A wrong try goes after the lock-out, which it can no longer cause. That
somebody logged in or out, from where, is kept for LOG_IN_RETENTION_DAYS. The row of a task goes
TASK_RETENTION_DAYS after it was done, or has failed; what the task made has a row and a life of its own.
"""

import sys
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.errors import described


def clear() -> None:
    now = timezone.now()
    _rows("sessions.Session").filter(expire_date__lt=now).delete()
    sessions = _rows("sessions.Session").filter(session_key=OuterRef("session_key"))
    _rows("usersessions.UserSession").filter(~Exists(sessions)).delete()
    _rows("axes.AccessAttempt").filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
    _rows("axes.AccessLog").filter(attempt_time__lt=now - settings.LOG_IN_RETENTION).delete()
    _rows("django_tasks_database.DBTaskResult").filter(
        finished_at__lt=now - settings.TASK_RETENTION
    ).delete()
    _clear_cache(now)


def _rows(label: str) -> Any:
    """Asked for when they are wanted: `portal.apps` imports this before there are models."""
    return apps.get_model(label)._default_manager


def _clear_cache(now: datetime) -> None:
    """Django leaves what has expired in its table until that is full."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        before = connection.ops.adapt_datetimefield_value(now)
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [before])  # noqa: S608 # nosec B608 # a table of ours


def hold_nothing_typed(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Before a row of axes is stored: what was posted, and where, is left out. (Whose try it was,
    `accounts.sign_in.username_of` has made a digest of.)"""
    instance.path_info = instance.http_accept = ""
    if instance._meta.label == "axes.AccessAttempt":
        instance.get_data = instance.post_data = ""


def hold_no_text_of_errors(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Before the row of a task that has failed is stored: an exception's text may hold anything."""
    error = sys.exc_info()[1]
    if instance.traceback:
        instance.traceback = described(error) if error else ""
