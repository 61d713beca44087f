"""Who takes letters away gives the password again, if the last time is REAUTHENTICATION_MINUTES ago.

A way straight into a download would leave the browser on the page that asked. So it goes back to the
page with the download, every choice kept, which then says that the download is ready.
"""

from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from centres.access import StaffRequest

CONFIRMED = "confirmed"  # in the address of the page that one comes back to


def password_again(request: StaffRequest, *, back_to: str) -> HttpResponse | None:
    """The way to the password, and from there to the page `back_to`; None when it is not needed.

    Ask it of those alone who may have the letters: what others get does not depend on a password.
    """
    if not is_reauthentication_required(request, app="credentials"):
        return None
    choices = request.GET.copy()
    choices[CONFIRMED] = "1"
    back = f"{back_to}?{choices.urlencode()}"
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")
