"""The addresses of what Direct says of itself, open to all, and of removing a person, for the board alone."""

from typing import Any

from django.urls import include, path

from accounts.guards import board_required
from privacy.views import documents, erasures

open_to_all = [
    path("privacy/", documents.privacy, name="privacy"),
    path("accessibility/", documents.accessibility, name="accessibility"),
]
pages: dict[str, tuple[Any, str]] = {
    "": (erasures.show_all, "erasures"),
    "<int:erasure>/": (erasures.show, "erasure"),
    "<int:erasure>/confirm/": (erasures.confirm, "confirm"),
    "<int:erasure>/refuse/": (erasures.refuse, "refuse"),
}
of_the_board = [
    path(where, board_required(page), name=name) for where, (page, name) in pages.items()
]

urlpatterns = [
    path("", include((open_to_all, "privacy"))),
    path("board/erasures/", include((of_the_board, "erasures"))),
]
