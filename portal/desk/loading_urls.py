"""/board/loading/…, for the board alone."""

from typing import Any

from django.urls import path

from portal.desk.views import loads
from portal.staff.guards import board_required

app_name = "loading"

pages: dict[str, tuple[Any, str]] = {
    "": (loads.show_all, "files"),
    "<uuid:load>/": (loads.show, "file"),
    "<uuid:load>/progress/": (loads.progress, "progress"),
    "<uuid:load>/apply/": (loads.apply, "apply"),
    "<uuid:load>/discard/": (loads.discard, "discard"),
    "<uuid:load>/retry/": (loads.retry, "retry"),
    "<uuid:load>/download/": (loads.download, "download"),
    "<uuid:load>/bad-rows/": (loads.faults, "bad_rows"),
}
urlpatterns = [
    path(where, board_required(page), name=name) for where, (page, name) in pages.items()
]
