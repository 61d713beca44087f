"""Addresses below /board/erasures/, for the board alone."""

from typing import Any

from django.urls import path

from accounts.guards import board_required
from privacy.views import erasures

app_name = "erasures"

pages: dict[str, tuple[Any, str]] = {
    "": (erasures.show_all, "erasures"),
    "<int:erasure>/": (erasures.show, "erasure"),
    "<int:erasure>/confirm/": (erasures.confirm, "confirm"),
    "<int:erasure>/refuse/": (erasures.refuse, "refuse"),
}
urlpatterns = [
    path(where, board_required(page), name=name) for where, (page, name) in pages.items()
]
