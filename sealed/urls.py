"""Addresses of sealed results, for the board alone: /board/sealed-results/…"""

from typing import Any

from django.urls import path

from accounts.guards import board_required
from sealed.views import ceremonies, giving, keyholders, opening, series

app_name = "sealed"

pages: dict[str, tuple[Any, str]] = {
    "": (series.show_all, "start"),
    "series/<str:series>/": (series.show, "series"),
    "series/<str:series>/seal/": (series.seal, "seal"),
    "series/<str:series>/give/": (giving.give, "give"),
    "series/<str:series>/open/": (ceremonies.open_series, "open"),
    "series/<str:series>/opening/": (opening.show, "opening"),
    "series/<str:series>/opening/progress/": (opening.progress, "opening_progress"),
    "series/<str:series>/opening/retry/": (opening.retry, "opening_retry"),
    "series/<str:series>/opening/bad-rows/": (opening.bad_rows, "bad_rows"),
    "keyholders/": (keyholders.show_all, "keyholders"),
    "keyholders/keys/": (keyholders.make_keys, "make_keys"),
    "keyholders/try/": (keyholders.try_passphrase, "try_passphrase"),
    "keyholders/change/": (keyholders.change, "change"),
    "rehearse/": (ceremonies.rehearse, "rehearse"),
    "ceremonies/<int:ceremony>/": (ceremonies.show, "ceremony"),
    "ceremonies/<int:ceremony>/progress/": (ceremonies.progress, "ceremony_progress"),
    "ceremonies/<int:ceremony>/stop/": (ceremonies.stop, "ceremony_stop"),
}
urlpatterns = [
    path(where, board_required(page), name=name) for where, (page, name) in pages.items()
]
