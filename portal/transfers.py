"""Transfers of files hold no more than half of the workers, and those of one person half of that half: the
rest serve pages, however slow a line is.

A transfer is a file that comes, that goes, or that is made while somebody waits for it. Its place is a file
that is locked while it lasts; of a process that is killed the system takes the lock away. Whoever finds no
place is told so before anything is read, made or recorded, and tries again: by itself, where it can.

A place is had where gunicorn's worker counts them (`portal.admission`); elsewhere nobody counts. With a
single worker a file may hold that one: let there be two at least.
"""

import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.request_size import SMALL
from portal.limits import MADE_OR_GIVEN, PARTS, limit_of

PLACES, PLACE = "portal.places", "portal.place"  # of the request's environment
COME_BACK = 10  # seconds
YOURS = "You are uploading or downloading as many files as one person may at a time."
ALL = "Others are uploading and downloading as many files as the service can handle."


class NoPlace(Exception):
    """So many are under way already; the text says whose."""


class Places:
    """The places of a site that is served by so many workers."""

    def __init__(self, folder: Path, *, workers: int) -> None:
        self.folder = folder
        self.all = max(1, workers // 2)
        self.each = max(1, self.all // 2)

    def acquire(self, person: str) -> IO[str]:
        """A place, until it is closed. Raises NoPlace."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.folder / "door", "a") as door:
            fcntl.flock(door, fcntl.LOCK_EX)  # one looks at a time
            free, taken = None, []
            for number in range(self.all):
                place = open(self.folder / str(number), "a+")  # noqa: SIM115  # it is given out
                if free is None and _lock(place):
                    free = place
                    continue
                with place:
                    taken += [] if _lock(place) else [_whose(place)]
            if free is not None and taken.count(person) < self.each:
                free.truncate(0)
                free.write(person)
                free.flush()
                return free
            if free is not None:
                free.close()
        raise NoPlace(YOURS if taken.count(person) >= self.each else ALL)


def _lock(place: IO[str]) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _whose(place: IO[str]) -> str:
    place.seek(0)
    return place.read()


class TransfersMiddleware:
    """Asks for a place before the view, so that what finds none is neither made nor recorded. It is
    given back when the answer has gone out (`portal.long_transfers`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        places = request.META.get(PLACES)
        if places is None or not is_transfer(request) or not request.user.is_authenticated:
            return None
        try:
            request.META[PLACE] = places.acquire(str(request.user.pk))
        except NoPlace as error:
            return _come_back(request, str(error))
        return None


def is_transfer(request: HttpRequest) -> bool:
    found = request.resolver_match
    if found and request.method in MADE_OR_GIVEN.get(found.view_name, "").split(", "):
        return True
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length) > SMALL.length and bool(limit_of(request).file)


def _come_back(request: HttpRequest, why: str) -> HttpResponse:
    status = 429 if why == YOURS else 503
    if limit_of(request).file == PARTS:
        answer = HttpResponse(why, status=status, content_type="text/plain; charset=utf-8")
    else:
        again = request.method == "GET"  # by itself: what was posted would be lost
        answer = render(request, "busy.html", {"why": why, "again": again}, status=status)
        if again:
            answer.headers["Refresh"] = str(COME_BACK)
    answer.headers["Retry-After"] = str(COME_BACK)
    return answer
