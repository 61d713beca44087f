"""Errors of the database, told apart by code: the database is away, or the error may pass.

PostgreSQL says why in an SQLSTATE, SQLite in the name of its error. The class of the exception says
too little: a server that is shut down and a server whose disk is full raise the same one. *Away* passes by
itself, however long it takes. What *may pass* is perhaps mended by somebody: a full disk, a deadlock.
Anything else comes again each time that it is tried, as a broken constraint does.
"""

from django.db import DatabaseError, InterfaceError, OperationalError

# No connection, a server that shuts down or starts, and one that has no place for another connection.
AWAY = ("08", "57P01", "57P02", "57P03", "57P05", "53300")
# Rolled back, no resources, not in the state for it, stopped by an operator, trouble of the system; and
# a server that only reads, as one that another has taken over from.
MAY_PASS = ("40", "53", "55", "57", "58", "25006")
SQLITE_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN")
SQLITE_MAY_PASS = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_NOMEM")
FULL = ("53100", "SQLITE_FULL")


def code_of(error: BaseException) -> str:
    """The SQLSTATE, or the name of SQLite's error; empty for an error that has none."""
    for one in (error, error.__cause__):
        if code := getattr(one, "pgcode", None) or getattr(one, "sqlite_errorname", None):
            return str(code)
    return ""


def is_away(error: BaseException) -> bool:
    """Whether the database cannot be reached, and will be again by itself."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    if code := code_of(error):
        return code.startswith((*AWAY, *SQLITE_AWAY))
    # Nobody answered, so there is no code: a connection was not to be had, or broke.
    cursor = getattr(error.__cause__, "cursor", None)
    return cursor is None or bool(cursor.connection.closed)


def may_pass(error: BaseException) -> bool:
    """Whether it is worth trying again later, though the database answers."""
    return isinstance(error, DatabaseError) and code_of(error).startswith(
        (*MAY_PASS, *SQLITE_MAY_PASS)
    )


def in_words(error: BaseException) -> str:
    """For staff: what the database said, without anything of what it was asked to keep."""
    code = code_of(error)
    if code in FULL:
        return f"The disk of the database is full ({code})."
    return f"The database could not do it ({code})." if code else "The database could not do it."
