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
from structlog.contextvars import merge_contextvars
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
            foreign_pre_chain=[merge_contextvars, _described],
            processors=[self.remove_processors_meta, rendered],
        )


def _described(logger: Any, method: str, line: EventDict) -> EventDict:
    """What every line says, in this order, and then what is bound."""
    record: logging.LogRecord = line["_record"]
    event, _, detail = str(line.pop("event")).partition("\n")
    raised = line.pop("exc_info", None)
    if raised and raised[1] is not None:
        detail = "\n".join(filter(None, (detail, described(raised[1]))))
    line.pop("stack_info", None)
    request: Any = getattr(record, "request", None) or line.get("_request")
    line.pop("_request", None)
    told: dict[str, Any] = {
        "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(
            timespec="milliseconds"
        ),
        "level": method,
        "logger": record.name,
        "event": event,
    }
    if detail:
        told["detail"] = detail
    if hasattr(request, "path_info"):
        told["route"] = route_of(request.path_info)
    bound: dict[str, Any] = {name: value for name, value in line.items() if value not in (None, "")}
    return told | bound | getattr(record, "said", {})
