"""Restore: the database of one point in time, then the files that the storage lacks; nothing there is overwritten.

What the storage has too much is kept: it may be of the time after the point. In the restored database work waits
until somebody has looked (`core.restored`).
"""

import datetime as dt
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from django.conf import settings
from django.db import connections

from core import orphans
from operations.backup import GONE, CannotBackUp, copies, copy, folder, pgbackrest
from storage.store import store


def copies_of_sqlite() -> list[Path]:
    """The latest first."""
    return sorted(folder().glob("database/*.sqlite3"), reverse=True)


def sqlite(source: Path) -> Path | None:
    """Put this copy in the place of the database; where that lies now. Raises CannotBackUp, OSError."""
    place = Path(settings.DATABASES["default"]["NAME"])
    connections.close_all()
    _is_a_copy(source)
    if place.exists():
        _nobody_uses(place)
    aside = None
    if place.exists():
        aside = place.with_name(f"{place.name}.before-{dt.datetime.now(dt.UTC):%Y-%m-%dT%H%M%SZ}")
        place.rename(aside)
    draft = place.with_name(f".{place.name}.part")
    draft.write_bytes(b"")
    with closing(sqlite3.connect(source)) as copied, closing(sqlite3.connect(draft)) as to:
        copied.backup(to)
    draft.rename(place)
    return aside


def _is_a_copy(source: Path) -> None:
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as it,
    ):
        [[said]] = it.execute("PRAGMA quick_check(1)").fetchall()
        [[which]] = it.execute("SELECT database FROM core_siteidentity").fetchall()
        if said == "ok" and which.startswith("copy: "):
            return
    raise CannotBackUp(f"{source} is no copy by bin/portal backup, or is damaged.")


def _nobody_uses(place: Path) -> None:
    """SQLite leaves its write-ahead log only when nobody else has the database open."""
    try:
        with closing(sqlite3.connect(place, timeout=1)) as one:
            one.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        raise CannotBackUp(
            "The website or a worker has the database open: stop both first."
        ) from None
    except sqlite3.DatabaseError:  # what is damaged may go
        for end in ("-wal", "-shm"):
            place.with_name(place.name + end).unlink(missing_ok=True)


def postgresql(at: str) -> None:
    """As it was `at`, as PostgreSQL writes instants; else as late as can be. PostgreSQL must be stopped."""
    until = [f"--target={at}", "--type=time", "--target-action=promote"] if at else []
    pgbackrest("--delta", *until, "restore")


def files() -> int:
    """Bring back what the storage lacks; how many. Raises OSError."""
    brought = 0
    for area in orphans.areas():
        there = {kept.name for kept in area.files()}
        source, to = copies(area.name), store(area.name)
        names = {kept.name: kept.name for kept in source.listed(GONE)}
        lying = {name.split("/", 2)[2]: name for name in sorted(names)}
        lying |= {kept.name: kept.name for kept in source.listed()}
        for name, at in lying.items():
            if name not in there:
                brought += copy(source, to, at, name)
    return brought
