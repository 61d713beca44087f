"""Addresses of the board's desk, below /board/. `portal.board` lets nobody else in."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from portal.desk.views import accounts, calendar, corrections, loads, releases, state, trail


def addresses(guarded: Callable[[Any], Any]) -> list[URLPattern]:
    """Every page, behind the guard of the board's site."""
    return [
        path("loading/", guarded(loads.show_all), name="loading"),
        path("loading/<uuid:load>/", guarded(loads.show), name="load"),
        path("loading/<uuid:load>/progress/", guarded(loads.progress), name="load_progress"),
        path("loading/<uuid:load>/apply/", guarded(loads.apply), name="load_apply"),
        path("loading/<uuid:load>/discard/", guarded(loads.discard), name="load_discard"),
        path("loading/<uuid:load>/retry/", guarded(loads.retry), name="load_retry"),
        path("loading/<uuid:load>/download/", guarded(loads.download), name="load_download"),
        path("loading/<uuid:load>/bad-rows/", guarded(loads.faults), name="load_faults"),
        path("calendar/", guarded(calendar.show), name="calendar"),
        path("calendar/<int:year>/", guarded(calendar.show), name="calendar_year"),
        path("releases/", guarded(releases.show_all), name="releases"),
        path("releases/propose/", guarded(releases.propose), name="release_propose"),
        path("releases/<int:proposal>/", guarded(releases.show), name="release"),
        path("releases/<int:proposal>/confirm/", guarded(releases.confirm), name="release_confirm"),
        path("releases/<int:proposal>/refuse/", guarded(releases.refuse), name="release_refuse"),
        path("corrections/", guarded(corrections.show_all), name="corrections"),
        path("corrections/of/<int:result>/", guarded(corrections.correct), name="correct"),
        path("corrections/<int:correction>/", guarded(corrections.show), name="correction"),
        path(
            "corrections/<int:correction>/confirm/",
            guarded(corrections.confirm),
            name="correction_confirm",
        ),
        path(
            "corrections/<int:correction>/refuse/",
            guarded(corrections.refuse),
            name="correction_refuse",
        ),
        path("accounts/", guarded(accounts.show_all), name="accounts"),
        path("accounts/propose/", guarded(accounts.propose), name="account_propose"),
        path("accounts/<int:account>/", guarded(accounts.show), name="account"),
        path("accounts/<int:account>/confirm/", guarded(accounts.confirm), name="account_confirm"),
        path("accounts/<int:account>/refuse/", guarded(accounts.refuse), name="account_refuse"),
        path("audit/", guarded(trail.show), name="audit"),
        path("audit/download/", guarded(trail.download), name="audit_download"),
        path("state/", guarded(state.show), name="state"),
    ]
