"""Guards of pages: who may open one, beyond being signed in, which Django's middleware asks of all.

The board's pages are for its operators, who are superusers; for everybody else they do not exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accounts.reauthentication import require_recent_password

NOT_ASKED = ("takes_a_file", "only_searches")  # attributes of views


def is_of_the_board(request: HttpRequest) -> bool:
    user = request.user
    return bool(user.is_active and user.is_staff and user.is_superuser)


def board_required(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page for the board alone. Whatever is posted to it, the password is asked for first when the last
    time is a while ago, and what was typed is carried on with (`accounts.reauthentication`). A file alone cannot
    be kept so, and to give one changes nothing yet: that page `takes_a_file`. A page that `only_searches` when
    it is posted changes nothing either: what is looked for is posted so that no name stands in an address."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_of_the_board(request):
            raise Http404
        if request.method == "POST" and not any(hasattr(view, one) for one in NOT_ASKED):
            require_recent_password(request)  # type: ignore[arg-type]
        return view(request, *args, **kwargs)

    return page
