"""Errors to a collector that speaks Sentry's protocol, where SENTRY_DSN names one.

A report is built here of what may be told, and of nothing else: the type of the error and of what lies behind it,
where it was raised (file, function, line; no variable, no line of code), the logger, and what a line of the log says:
request id, route, actor by id, centre, job. The text of an error is left out, for it may hold what was typed. So are
the request with its body, cookies, headers and query, queries to the database, and breadcrumbs. No integration of the
library runs; whatever another part of it would send goes through `told` as well.
"""

import logging
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import event_from_exception

from core.database_errors import is_away
from core.errors import LIBRARIES
from portal.log_lines import context_of

OF_EVENTS = (
    "event_id",
    "timestamp",
    "level",
    "logger",
    "platform",
    "release",
    "server_name",
    "sdk",
)
OF_ERRORS = ("type", "module")
TAGS = ("request", "route", "actor", "centre", "kind", "job", "attempt")
OF_FRAMES = ("filename", "function", "module", "lineno", "in_app")


def begin(dsn: str, release: str) -> None:
    sentry_sdk.init(
        dsn=dsn,
        release=release,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[AtexitIntegration(callback=lambda pending, timeout: None)],  # sends the last
        before_send=told,
        before_send_transaction=lambda event, hint: None,
        before_breadcrumb=lambda crumb, hint: None,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        include_local_variables=False,
        include_source_context=False,
    )


class Handler(logging.Handler):
    """Every error that is logged. A database that is away is none (`core.outages`)."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else getattr(record, "error", None)
        if error is not None and is_away(error):
            return
        tags = {name: str(value) for name, value in context_of(record).items()}
        event: Event = {"level": "error", "logger": record.name, "tags": tags}
        if error is not None:
            found, _ = event_from_exception(error, sentry_sdk.get_client().options)
            event["exception"] = found["exception"]
        elif LIBRARIES not in record.pathname:
            event["logentry"] = {"message": str(record.msg)}  # without what is filled in
        sentry_sdk.capture_event(event)


def told(event: Any, hint: Hint) -> Event:
    """The report, of what may be told."""
    errors = event.get("exception", {}).get("values", [])
    message = event.get("logentry", {}).get("message")
    kept: Any = {
        **_only(OF_EVENTS, event),
        "tags": _only(TAGS, event.get("tags", {})),
        "exception": {"values": [_error(one) for one in errors]},
        **({"logentry": {"message": message}} if message else {}),
    }
    return kept


def _error(one: dict[str, Any]) -> dict[str, Any]:
    frames = (one.get("stacktrace") or {}).get("frames", [])
    told = {"value": "", "stacktrace": {"frames": [_only(OF_FRAMES, frame) for frame in frames]}}
    return _only(OF_ERRORS, one) | told


def _only(names: tuple[str, ...], said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}
