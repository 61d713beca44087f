"""Logs: what is logged and how, by one policy for the site, its server and its worker.

All of it goes to standard error: warnings and errors, a line each (portal/log_lines.py). gunicorn's own
lines go there too, and nothing is logged of each request, unless the server is told to.

No path is ever logged: it may hold a login that a scanner's app took out of a letter (`#` written as
`%23`), or a set-password link. Instead the route is named, as `candidate_site:sign_in`, or “no such address”. That
holds for Django's loggers (404, 403, 400, 500, what is suspicious), and for gunicorn's lines of errors and of
requests, whatever format is asked for; there the query and the Referer are left out as well.

An error of ours that becomes a sentence is logged by `core.errors`.
"""

import logging
import re
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn.glogging import Logger

from core.database_errors import is_away
from core.errors import described
from core.outages import outage
from operations.routes import route_of
from portal.log_lines import LOG_FORMAT, Line

# Of a request that gunicorn could not read, what kind of fault it was; what stood there is left out.
UNREADABLE = re.compile(r"(Invalid request from ip=\S*: ).*", re.DOTALL)


class RoutesOnly(logging.Filter):
    """Puts the route in the place of the path in whatever Django says of a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        request: Any = getattr(record, "request", None)
        if hasattr(request, "path_info"):
            route = route_of(request.path_info)
            args = record.args if isinstance(record.args, tuple) else ()
            record.args = tuple(_without_paths(one, request, route) for one in args)
        elif record.name == "django.server" and record.args:  # of runserver, for developers
            line, *others = record.args
            method, _, rest = str(line).partition(" ")
            record.args = (f"{method} {route_of(rest.partition(' ')[0])}", *others)
        return True


class NotOfOutages(logging.Filter):
    """Of a database that is away one line is written, not one of each request (`core.outages`)."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not is_away(error):
            return True
        outage.note(error)
        return False


def _without_paths(said: Any, request: Any, route: str) -> Any:
    if not isinstance(said, str):
        return said
    paths = {request.path, request.path_info}
    paths |= {path.encode("unicode_escape").decode("ascii") for path in paths}
    return route if said in paths else said


class ServerLogger(Logger):
    """gunicorn's, by the same rule. gunicorn.conf.py names it."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(Line())

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """With `--access-logfile -` a line of every request; in JSON with names of its own, whatever the format."""
        if LOG_FORMAT == "plain" or not self.access_log_enabled:
            return super().access(resp, req, environ, request_time)
        said = {
            "route": route_of(environ.get("PATH_INFO") or ""),
            "method": environ.get("REQUEST_METHOD"),
            "status": int(str(resp.status).split(None, 1)[0]),
            "bytes": resp.sent,
            "seconds": round(request_time.total_seconds(), 4),
        }
        self.access_log.info("request", extra={"said": said})

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        route = route_of(environ.get("PATH_INFO") or "")
        said = f"{environ.get('REQUEST_METHOD')} {route} {environ.get('SERVER_PROTOCOL')}"
        named = {name: value for name, value in atoms.items() if not name.startswith("{")}
        return {**named, "r": said, "U": route, "q": "", "f": "-"}

    def debug(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Of each request its method and path; and what came of one that was broken off."""
        super().debug(msg, *map(_told_in_debug, args), **kwargs)

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().warning(UNREADABLE.sub(r"\1it could not be read", str(msg)), *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """`Error handling request GET /…`, and what else it says of an exception."""
        if str(msg).startswith("Error handling request") and args:
            *method, uri = args
            args = (*method, route_of(uri))
        error = sys.exc_info()[1]
        if error is None or isinstance(msg, BaseException):
            msg = "An error"
        self.error_log.error(f"{msg}\n%s", *args, described(error) if error else "")


def _told_in_debug(said: Any) -> Any:
    if isinstance(said, BaseException):
        return type(said).__name__
    return route_of(said) if isinstance(said, str) and said.startswith("/") else said


def uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """For sys.excepthook: what ends a worker or a command is a line of the log, too, without the error's text. A
    setting that stops the start keeps its text: it says the remedy."""
    if isinstance(error, KeyboardInterrupt | ImproperlyConfigured):
        return sys.__excepthook__(kind, error, trace)
    logging.getLogger(__name__).critical("It has ended", exc_info=(kind, error, trace))


def configured(*, reports: bool) -> dict[str, Any]:
    """For settings.LOGGING; with `reports`, errors go to a collector as well (portal/error_reports.py)."""
    filters = ["outages", "routes"]
    handlers: dict[str, Any] = {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": filters}
    }
    if reports:
        handlers["reports"] = {"class": "portal.error_reports.Handler", "level": "ERROR"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "outages": {"()": "portal.logs.NotOfOutages"},
            "routes": {"()": "portal.logs.RoutesOnly"},
        },
        "formatters": {"line": {"()": "portal.log_lines.Line"}},
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": "WARNING"},
        "loggers": {
            # Django's own handlers, a console with DEBUG and mail to nobody, are replaced.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            "axes": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
