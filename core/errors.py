"""Errors that become a sentence for people are logged as well: by `log_error`, here and nowhere else.

Whoever catches an error of ours, of the storage, of a key or of the database, and says a sentence in
its place, calls `log_error(error, about="letter file 5f0c…")` first. What an exception says may hold a
name, a grade, a login or a path (PostgreSQL quotes the row that broke a constraint), so its text is never
logged, nor is any variable. Logged are its type; the SQLSTATE, table and constraint of the database, or
the number of an OSError; the places in the code where it was raised, whence that was called, and
what lay behind it; and what it was about, by the id of a row.

A database that is away is told once, not by each (`core.outages`). Not logged is what is no error: what
somebody typed, a file that somebody gave, a rule that says no.
"""

import errno
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

from core.database_errors import code_of, is_away
from core.outages import outage

PROJECT = Path(__file__).resolve().parent.parent
LIBRARIES = "site-packages/"
CALLERS = 12  # places shown of the way to where it was caught
CAUSES = 5

logger = logging.getLogger(__name__)


def log_error(error: BaseException, about: str = "") -> None:
    """Log this error, in place of which people read a sentence. `about`: what kind of row, and its id."""
    if is_away(error):
        return outage.note(error)
    logger.error("%s", "\n".join(_lines(error, about)), extra={"error": error})


def described(error: BaseException) -> str:
    """The same of an error of which people read no sentence."""
    return "\n".join(_lines(error, ""))


def _lines(error: BaseException, about: str) -> Iterator[str]:
    yield f"{about}: {_kind(error)}" if about else _kind(error)
    if error.__traceback__:
        callers = traceback.walk_stack(error.__traceback__.tb_frame.f_back)
        ours = [one for one in map(_place, traceback.StackSummary.extract(callers)) if one]
        yield from reversed(ours[:CALLERS])
    yield from _places(error)
    for _ in range(CAUSES):
        behind = error.__cause__ or error.__context__
        if behind is None:
            return
        error = behind
        yield f"behind it: {_kind(error)}"
        yield from _places(error)


def _kind(error: BaseException) -> str:
    """Its type, and the code by which it is known."""
    kind = type(error)
    said = [f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")]
    if code := code_of(error):
        said.append(code)
    if isinstance(error, OSError) and error.errno:
        said.append(errno.errorcode.get(error.errno, str(error.errno)))
    diagnosis = getattr(error, "diag", None)
    for what in ("table_name", "constraint_name"):
        if name := getattr(diagnosis, what, None):
            said.append(name)
    return ", ".join(said)


def _places(error: BaseException) -> Iterator[str]:
    """Ours, and where it was raised, though that be in a library."""
    frames = traceback.extract_tb(error.__traceback__)
    for frame in frames:
        if ours := _place(frame):
            yield ours
    if frames and not _place(frames[-1]):
        last = frames[-1]
        yield f"  {last.filename.rpartition(LIBRARIES)[2]}:{last.lineno} {last.name}"


def _place(frame: traceback.FrameSummary) -> str:
    """File, line and function of ours; empty for a library's."""
    path = Path(frame.filename)
    if LIBRARIES in frame.filename or not path.is_relative_to(PROJECT):
        return ""
    return f"  {path.relative_to(PROJECT)}:{frame.lineno} {frame.name}"
