"""Reauthentication: to download letters, or to do what has consequences, staff give their password again if
they last gave it over REAUTHENTICATION_MINUTES ago.

`require_recent_password` is for pages with forms. It asks before the form; if the time runs out while somebody
types, what they post is kept (`accounts.kept_posts`), and carried out once they have confirmed. A file cannot be kept
so: a page that takes one must not call this once the file has come. The answer to what was kept stands at the
address of the password page; `unless_posted` sends what is posted from there on to its own address, so that it is
not lost.

A download that followed the password at once would leave the browser on the password page. So the browser
goes to the page with the download, which keeps every choice and begins the download by itself; once, so
that opening that page again, or going back to it, downloads nothing.
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

from accounts import kept_posts
from accounts.kept_posts import KeptPost
from accounts.requests import StaffRequest
from accounts.second_factor import must_set_up

View = Callable[..., HttpResponseBase]
INTERRUPTED = "interrupted_download"  # in the session: the page with the download, and its address


def require_recent_password(request: StaffRequest) -> None:
    """Go on only for who has confirmed a moment ago; call it once the right to the page is known.

    Raises ReauthenticationRequired, which a middleware answers with the way to the password, and PressAgain
    for what was posted before a sign-in, unless it is only shown again.
    """
    if kept_posts.BEFORE in request.POST and "edit" not in request.POST:
        raise kept_posts.PressAgain
    if not is_required(request):
        return
    raise ReauthenticationRequired


def reauthenticate_for_download(request: StaffRequest, *, back_to: str) -> HttpResponse | None:
    """The way to the password, and from there to the page `back_to`; None when it is not needed.

    Ask it of those alone who may have the file: what others get does not depend on a password.
    """
    if not is_required(request):
        return None
    request.session[INTERRUPTED] = [back_to, request.get_full_path()]
    back = f"{back_to}?{request.GET.urlencode()}"
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")


def confirmed_download(request: StaffRequest) -> str:
    """The address of the download that this page was left for, once the password is given; or ""."""
    page, address = request.session.get(INTERRUPTED, ["", ""])
    if page != request.path or is_required(request):
        return ""
    del request.session[INTERRUPTED]
    return address


def is_required(request: StaffRequest) -> bool:
    """Whether the password was given too long ago."""
    return is_reauthentication_required(request, app="centres")


def way_to_password(request: HttpRequest, page: str, post: KeptPost) -> HttpResponse:
    """To the page that asks for the password, which carries on with what was posted."""
    query = {"next": post.path, "kept": kept_posts.keep(request, post)}
    return redirect(f"{page}?{urlencode(query)}")


def unless_posted(field: str, view: View) -> View:
    """This page, which asks for the password in `field`, and carries on with what was kept meanwhile. What is
    posted without the field goes on to its own address."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponseBase:
        meant_for = get_next_redirect_url(request)
        if request.method == "POST" and field not in request.POST and meant_for:
            return HttpResponseRedirect(meant_for, preserve_request=True)
        answer = view(request)
        if must_set_up(request):
            return answer
        if request.method == "POST" and getattr(answer, "url", "") == meant_for:
            post = kept_posts.pop(request, request.GET.get("kept", ""))
            if post and post.path == meant_for:
                return kept_posts.carried_on(request, post)
        return answer

    return page
