"""Who acts on releases and holds gives the password again, and loses nothing that was typed by it.

A page that asks for typing asks for the password before. If it is due again when the button is pressed,
it is given on a page beside, and the button pressed once more.
"""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from centres.access import StaffRequest
from credentials.views.confirming import password_again

THEN_AGAIN = "Give your password. Then press the button again."


def is_due(request: StaffRequest) -> bool:
    return password_again(request, back_to=request.path) is not None


def beside() -> SafeString:
    """What to say on a page that holds what was typed."""
    address = f"{reverse('account_reauthenticate')}?{urlencode({'next': reverse('admin:index')})}"
    return format_html(
        'Give your password again <a href="{}" target="_blank" rel="noopener">on another page</a>, '
        "come back to this one, and press the button once more.",
        address,
    )
