"""Who takes letters away, or does what has consequences, shows again that it is them, if the last time is
REAUTHENTICATION_MINUTES ago.

`require_recent_password` is for pages with forms. It asks before the form; when the time has passed while somebody
was typing, what they posted is kept, and carried on with once they have confirmed. A file cannot be kept
so: a page that takes one must not call it when the file has come. What comes of what was carried on with
stands at the address where the password was given; what is posted from there `unless_posted` sends on, as it
is, to the address that it is meant for, lest it be lost.

A way straight into a download would leave the browser on the page that asked for the password. So it
leads to the page with the download, which keeps every choice and begins the download by itself: once,
so that to open that page again, or to go back to it, takes nothing.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from accounts.requests import StaffRequest

View = Callable[..., HttpResponseBase]
INTERRUPTED = "interrupted_download"  # in the session: the page with the download, and its address


def require_recent_password(request: StaffRequest) -> None:
    """Go on only for who has confirmed a moment ago; call it once the right to the page is known.

    Raises ReauthenticationRequired, which allauth's middleware answers with the way to the password.
    """
    if not _is_required(request):
        return
    if request.method == "POST" and request.GET:
        # allauth carries on with what was posted to a path, and keeps `request.GET` beside it.
        request.META["QUERY_STRING"] = ""
    raise ReauthenticationRequired


def reauthenticate_for_download(request: StaffRequest, *, back_to: str) -> HttpResponse | None:
    """The way to the password, and from there to the page `back_to`; None when it is not needed.

    Ask it of those alone who may have the file: what others get does not depend on a password.
    """
    if not _is_required(request):
        return None
    request.session[INTERRUPTED] = [back_to, request.get_full_path()]
    back = f"{back_to}?{request.GET.urlencode()}"
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")


def confirmed_download(request: StaffRequest) -> str:
    """The address of the download that this page was left for, once the password is given; or ""."""
    page, address = request.session.get(INTERRUPTED, ["", ""])
    if page != request.path or _is_required(request):
        return ""
    del request.session[INTERRUPTED]
    return address


def _is_required(request: StaffRequest) -> bool:
    return is_reauthentication_required(request, app="centres")


def unless_posted(field: str, view: View) -> View:
    """The page on which somebody confirms that it is them, by this field."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponseBase:
        meant_for = get_next_redirect_url(request)
        if request.method == "POST" and field not in request.POST and meant_for:
            return HttpResponseRedirect(meant_for, preserve_request=True)
        return view(request)

    return page
