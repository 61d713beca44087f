"""The virus scan: clamd, by its INSTREAM command, over the network or a Unix socket.

What is asked goes to it in parts, in memory; nothing is written to a disk in clear.
"""

import contextlib
import socket
import struct
from collections.abc import Iterable

from django.conf import settings

from core.errors import log_error

SECONDS = 300  # for an answer: a large archive takes clamd a while
SECONDS_TO_ANSWER = 2  # whether it is there
PART = 128 * 1024
LIMITS = ("size limit exceeded", "Heuristics.Limits.Exceeded")  # it has not checked all of it

AWAY = (
    "The virus scanner cannot be reached, so this file waits. It is tried again every minute; if "
    "this lasts, tell the awarding body."
)
TOO_LARGE = (
    "This file is larger than the virus scanner looks through, so it waits. Tell the awarding body, "
    "which can raise the scanner’s limits; or upload it in smaller files."
)


class NoAnswer(Exception):
    """The scanner did not say whether there is a virus; the text says why."""


def is_there() -> bool:
    """Whether there is a scanner at all, by CLAMD."""
    return bool(settings.CLAMD)


def answers() -> bool:
    """Whether it is there and answers now."""
    try:
        with _connected(SECONDS_TO_ANSWER) as clamd:
            clamd.sendall(b"zPING\0")
            return _answer(clamd) == "PONG"
    except OSError as error:
        log_error(error, "the virus scanner")
        return False


def found_in(parts: Iterable[bytes]) -> str:
    """The name of what was found, or "" for nothing. Raises NoAnswer."""
    answer = ""
    try:
        with _connected() as clamd:
            clamd.sendall(b"zINSTREAM\0")
            # When it has had enough it answers, and closes while the rest still comes.
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    _send(clamd, part)
                clamd.sendall(struct.pack("!L", 0))
            answer = _answer(clamd)
    except OSError as error:
        log_error(error, "the virus scanner")
        raise NoAnswer(AWAY) from None
    return _found(answer)


def _found(answer: str) -> str:
    if answer == "stream: OK":
        return ""
    if any(limit in answer for limit in LIMITS):
        raise NoAnswer(TOO_LARGE)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise NoAnswer(AWAY)


def _send(clamd: socket.socket, data: bytes) -> None:
    for at in range(0, len(data), PART):
        part = data[at : at + PART]
        clamd.sendall(struct.pack("!L", len(part)) + part)


def _answer(clamd: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and (part := clamd.recv(4096)):
        answer += part
    return answer.decode(errors="replace").rstrip("\0\n")


def _connected(seconds: int = SECONDS) -> socket.socket:
    kind, _, where = settings.CLAMD.partition(":")
    if kind == "unix":
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(seconds)
        try:
            clamd.connect(where)
        except OSError:
            clamd.close()
            raise
        return clamd
    return socket.create_connection((kind, int(where)), timeout=seconds)
