"""Confirm a loss: before a save that shuts candidates out (rule 9), or leaves them nobody to ask (rule 11), the
page says how many and asks."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from centres.access import ActingFor, SignedInRequest
from centres.access_changes import AccessChange
from centres.models import Centre
from centres.subcentre_changes import Changes
from core.http import posted


def save_or_ask(
    request: SignedInRequest,
    acting: ActingFor,
    act: Callable[[], AccessChange],
    *,
    verb: str,
    words: Callable[[AccessChange], str],
    to: str,
    tab: str = "letters",
    changes: Callable[[], Changes | None] = lambda: None,
) -> HttpResponse:
    """Act, say so in these words, and go on to that address; or ask first, when it takes something away, on a
    page under that tab.

    The ask page posts the same fields again, or with `edit` to go on typing; `verb` begins the name of its
    first button. `changes` tells what else the save would do. What would end and was not on the page is not
    done, but asked about.
    """
    with transaction.atomic():
        change = act()
        asked = request.POST.get("counted")
        acted = not change.asks or change.counted == asked
        outdated = 0 if acted else change.outdated()
        transaction.set_rollback(not acted)
    if acted:
        messages.success(request, words(change))
        return HttpResponseRedirect(to)
    names = dict(Centre.objects.filter(number__in=change.ended).values_list("number", "name"))
    return render(
        request,
        "centres/confirm_loss.html",
        {
            "acting": acting,
            "tab": tab,
            "losing": [(one, names[one], count) for one, count in sorted(change.ended.items())],
            "changes": changes(),
            "counted": change.counted,
            "asked_again": asked is not None,
            "total": sum(change.ended.values()),
            "unnamed": change.unnamed,
            "outdated": outdated,
            "verb": verb,
            "posted": posted(request),
        },
    )
