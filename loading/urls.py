"""The pages of loading, for the board alone: /board/loading/…"""

from typing import Any

from django.urls import path

from accounts.guards import board_required
from loading import views

app_name = "loading"

pages: dict[str, tuple[Any, str]] = {
    "": (views.show_all, "files"),
    "<uuid:load>/": (views.show, "file"),
    "<uuid:load>/progress/": (views.progress, "progress"),
    "<uuid:load>/apply/": (views.apply, "apply"),
    "<uuid:load>/discard/": (views.discard, "discard"),
    "<uuid:load>/retry/": (views.retry, "retry"),
    "<uuid:load>/download/": (views.download, "download"),
    "<uuid:load>/bad-rows/": (views.faults, "bad_rows"),
}
urlpatterns = [
    path(where, board_required(page), name=name) for where, (page, name) in pages.items()
]
