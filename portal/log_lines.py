"""One line of a log: JSON for whatever collects logs, or plain for a terminal (LOG_FORMAT).

An event of any logger – ours, Django's, gunicorn's, axes', allauth's – is one line: `time` (UTC), `level`, `logger`,
`event`; of an error `detail`, its type and where it was raised (`core.errors`), never its text, which may hold what was
typed. What it belongs to is bound while it lasts, and costs nothing until a line is written: the `request`'s id and
its `route`; the `actor`, who is signed in, by the id of the account; the `centre` for which they were let in; of a job
its `kind`, its `job` id and the `attempt`. Candidates are no actors: no line says which of them came.
"""

import datetime as dt
import logging
from typing import Any

import structlog
from structlog.contextvars import get_contextvars
from structlog.typing import EventDict

from core.errors import described
from operations.routes import route_of
from portal.environment import choice, flag

LOG_FORMAT = choice(
    "LOG_FORMAT",
    known=("json", "plain"),
    default="plain" if flag("DEBUG", default=False) else "json",
)


class Line(structlog.stdlib.ProcessorFormatter):
    """A formatter of standard logging, for handlers of ours and of gunicorn."""

    def __init__(self) -> None:
        rendered: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
        if LOG_FORMAT == "plain":
            rendered = structlog.dev.ConsoleRenderer(
                colors=False, pad_event_to=0, timestamp_key="time"
            )
        super().__init__(
            foreign_pre_chain=[_described],
            processors=[self.remove_processors_meta, rendered],
        )


def context_of(record: logging.LogRecord) -> dict[str, Any]:
    """What is bound at the moment, and the route."""
    bound = {name: value for name, value in get_contextvars().items() if value not in (None, "")}
    request: Any = bound.pop("_request", None)
    request = getattr(record, "request", None) or request
    route = {"route": route_of(request.path_info)} if hasattr(request, "path_info") else {}
    return route | bound


def _described(logger: Any, method: str, line: EventDict) -> EventDict:
    """What every line says, in this order, and then what is bound."""
    record: logging.LogRecord = line["_record"]
    event, _, detail = line["event"].partition("\n")
    raised = line.get("exc_info")
    if raised and raised[1] is not None:
        detail = "\n".join(filter(None, (detail, described(raised[1]))))
    at = dt.datetime.fromtimestamp(record.created, dt.UTC)
    return {
        "time": at.isoformat(timespec="milliseconds"),
        "level": method,
        "logger": record.name,
        "event": event,
        **({"detail": detail} if detail else {}),
        **context_of(record),
        **getattr(record, "said", {}),
        "_record": record,
        "_from_structlog": False,
    }
