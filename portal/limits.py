"""Limits of requests: each route says how large one may be, and of how many fields; a larger one is refused
before it is read (413).

The limit is SMALL unless `larger` names the route. For somebody who is not signed in it is always SMALL, but in a
browser in which somebody was: who was signed out while typing may send a form as long as before, though no file. A
large file is let in only as the content type that its route takes, so that nothing in front of the view reads it as
a form.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from accounts import page_owners
from core.request_size import KILOBYTE, LONGEST_FORM, MULTIPART, SMALL, Limit, fits, length_of
from core.upload_handler import MOST_HELD

PARTS = "application/offset+octet-stream"  # of a file, by tus
# A number for each candidate of a centre, of which there are 9,999 at most; three fields for each of
# the Associate Centres: 750 of them take 2,256 fields and 61 KB.
LISTS = Limit(512 * KILOBYTE, 10_100)
# The groups of a centre twice, as they are written and as they were (`centres.groups`).
TEXT = Limit(LONGEST_FORM, 20)
# What was posted before the sign-in, on its page (`accounts.kept_posts`).
KEPT = Limit(LONGEST_FORM, 20)
BESIDE_A_FILE = 256 * KILOBYTE  # what else a form brings that brings a file
# What is a transfer beside the uploads below: it has a pool of its own (deploy/haproxy/haproxy.cfg).
MADE_OR_GIVEN = {  # route -> the methods by which a file goes out, or is made
    "credentials:letter_file_download": "GET",
    "credentials:batch_download": "GET",
    "results_day:call_list_csv": "GET",
    "credentials:letter_file_share": "POST",
    "results:download": "POST",
    "results:download_file": "GET",
    "results:changes_csv": "GET",
    "results:missing_csv": "GET",
    "results:export_download": "GET",
    "results:export_share": "POST",
    "exchange:download": "GET",
    "board:audit_download": "GET, POST",
    "board:missing_csv": "GET",
    "loading:download": "GET",
    "loading:bad_rows": "GET",
    "sealed:bad_rows": "GET",
}


def larger() -> dict[str, Limit]:
    """Route -> its limit, of those that need more than SMALL."""
    file = settings.EXCHANGE_FILE_LIMIT
    return {
        "credentials:centre": LISTS,
        "credentials:create": LISTS,
        "credentials:letter_files": LISTS,
        "centres:put_in_group": LISTS,
        "credentials:batch_create": LISTS,
        "centres:edit_status": LISTS,
        "centres:edit_status_of_many": LISTS,
        "centres:subcentres": LISTS,
        "centres:groups": TEXT,
        "account_login": KEPT,
        # What was posted before the password was asked for is carried on with from here.
        "account_reauthenticate": LISTS,
        "mfa_reauthenticate": LISTS,
        "mfa_reauthenticate_webauthn": LISTS,
        "exchange:upload": Limit(file + BESIDE_A_FILE, file=MULTIPART),
        "exchange:tus_upload": Limit(file, file=PARTS),
        "loading:files": Limit(file + BESIDE_A_FILE, file=MULTIPART),
        "sealed:give": Limit(min(file, MOST_HELD) + BESIDE_A_FILE, file=MULTIPART),
    }


class LimitsMiddleware:
    """Looks at every request to a route, before anything has read of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        limit = limit_of(request)
        if fits(request, limit):
            return None
        if limit is SMALL and page_owners.owners_of(request) and not request.user.is_authenticated:
            messages.warning(request, page_owners.NOT_KEPT + page_owners.NO_FILE)
            back = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('account_login')}?{back}")
        largest = filesizeformat(limit.length)
        return render(request, "413.html", {"largest": largest}, status=413)


def limit_of(request: HttpRequest) -> Limit:
    """What this route takes, of this content, from this user."""
    found = request.resolver_match
    limit = larger().get(found.view_name, SMALL) if found and length_of(request) else SMALL
    if limit is SMALL or limit.file not in ("", request.content_type):
        return SMALL
    if not limit.file and page_owners.owners_of(request):  # no query: the database may be away
        return limit
    return limit if request.user.is_authenticated else SMALL
