"""Ask, act, done: before a save that shuts candidates out, the page says how many, and asks."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render

from centres.access import Desk, StaffRequest
from credentials.revoking import shutting_out, would_shut_out


def save_or_ask(
    request: StaffRequest, desk: Desk, act: Callable[[], object], *, verb: str, back: str
) -> HttpResponse | None:
    """Act, and return None; or return the page that asks first, when logins would die by it.

    The ask page posts the same fields again, and `sure`. `verb` is the name of its button.
    """
    if "sure" not in request.POST:
        losing = would_shut_out(act)
        if losing:
            return render(
                request,
                "credentials/ask_shut_out.html",
                {
                    "desk": desk,
                    "losing": sorted(losing.items()),
                    "total": sum(losing.values()),
                    "verb": verb,
                    "back": back,
                    "posted": posted(request),
                },
            )
    with shutting_out(by=request.user):
        act()
    return None


def posted(request: StaffRequest) -> list[tuple[str, str]]:
    """Everything that was posted, to be posted again by the ask page's button."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
