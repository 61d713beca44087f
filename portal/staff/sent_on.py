"""What was posted before the password was asked for is carried on with (`centres.confirming`): the page
that comes of it stands at the address where the password was given. What is posted from there is sent
on, as it is, to the address that it is meant for, lest it be lost.
"""

from collections.abc import Callable
from functools import wraps

from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

View = Callable[..., HttpResponseBase]


def unless_posted(field: str, view: View) -> View:
    """The page on which somebody confirms that it is them, by this field."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponseBase:
        meant_for = get_next_redirect_url(request)
        if request.method == "POST" and field not in request.POST and meant_for:
            return HttpResponseRedirect(meant_for, preserve_request=True)
        return view(request)

    return page
