"""Ask, act, done: before a save that shuts candidates out, the page says how many, and asks."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from centres.access import Desk, StaffRequest
from centres.models import Centre
from credentials.revoking import shutting_out


def save_or_ask(
    request: StaffRequest,
    desk: Desk,
    act: Callable[[], object],
    *,
    centres: QuerySet[Centre],
    verb: str,
) -> HttpResponse | None:
    """Act, and return None; or return the page that asks first, when logins would die by it.

    `centres` are those whose candidates the act can touch. The ask page posts the same fields again, or
    with `edit` to go on typing; `verb` is the name of its first button. What would die and was not on
    the page is not done, but asked about.
    """
    with transaction.atomic():
        with shutting_out(by=request.user, series=desk.series, centres=centres) as losing:
            act()
        if not losing or losing.counted == request.POST.get("counted"):
            return None
        transaction.set_rollback(True)
    return render(
        request,
        "credentials/ask_shut_out.html",
        {
            "desk": desk,
            "losing": sorted(losing.items()),
            "counted": losing.counted,
            "asked_again": "counted" in request.POST,
            "total": sum(losing.values()),
            "verb": verb,
            "posted": posted(request),
        },
    )


def posted(request: StaffRequest) -> list[tuple[str, str]]:
    """Everything that was posted, to be posted again by the ask page's button."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "edit", "counted")
        for value in values
    ]
