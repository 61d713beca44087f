"""What every page may name: the board, and whom to e-mail."""

from django.conf import settings
from django.http import HttpRequest


def service(request: HttpRequest) -> dict[str, str]:
    return {"BOARD_NAME": settings.BOARD_NAME, "SUPPORT_EMAIL": settings.SUPPORT_EMAIL}
