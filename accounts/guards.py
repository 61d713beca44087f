"""Guards of pages: who may open one, beyond being signed in, which Django's middleware asks of all.

The board's pages are for its operators, who are superusers; for everybody else they do not exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accounts import kept_posts
from accounts.reauthentication import require_recent_password

View = Callable[..., Any]
NOT_ASKED = ("takes_a_file", "only_searches")  # what a view says of itself by the decorators below


def is_of_the_board(request: HttpRequest) -> bool:
    user = request.user
    return bool(user.is_active and user.is_staff and user.is_superuser)


def board_required(view: View) -> View:
    """A page for the board alone. Whatever is posted to it, the password is asked for first when the last
    time is a while ago, and what was typed is carried on with (`accounts.reauthentication`); but for the two
    kinds of views below, which change nothing."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_of_the_board(request):
            raise Http404
        if request.method == "POST" and not any(hasattr(view, one) for one in NOT_ASKED):
            require_recent_password(request)  # type: ignore[arg-type]
        return view(request, *args, **kwargs)

    return page


def takes_a_file(view: View) -> View:
    """It keeps a file, which changes nothing yet, or asks for the password before the form. A file cannot be kept while
    it is asked for."""
    return _said("takes_a_file", view)


def never_kept(view: View) -> View:
    """What is posted to it holds a secret other than the account's own, such as a passphrase. The page asks for the
    password before its form; when the time runs out all the same, nothing of what was posted is kept."""
    return _said(kept_posts.NEVER_KEPT, view)


def only_searches(view: View) -> View:
    """It shows the same to whoever gets it, and what is searched for is posted so that no name stands in an address.
    What takes the password again is acts (rule 26): this is none, and writes nothing."""
    return _said("only_searches", view)


def _said(what: str, view: View) -> View:
    setattr(view, what, True)
    return view
