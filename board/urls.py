"""Addresses below /board/, for the board alone: its pages, those of files to load, and records."""

from typing import Any

from django.contrib import admin
from django.urls import include, path

from accounts.guards import board_required
from board.views import (
    accounts,
    audit,
    calendar,
    candidates,
    centres,
    corrections,
    holds,
    missing,
    qualifications,
    releases,
    search,
    service_state,
    start,
)

pages: dict[str, tuple[Any, str]] = {
    "": (start.show, "start"),
    "home/figures/": (start.show_figures, "home_figures"),
    "home/service/": (start.show_service, "home_service"),
    "search/": (search.show, "search"),
    "centres/": (centres.show_all, "centres"),
    "centres/<str:number>/": (centres.show, "centre"),
    "centres/<str:number>/main-centre/": (centres.link, "centre_link"),
    "candidates/<str:series>/<str:centre>/<str:number>/": (candidates.show, "candidate"),
    "holds/": (holds.show_all, "holds"),
    "holds/place/": (holds.place, "hold_place"),
    "holds/request-release/": (holds.request_release, "hold_request_release"),
    "holds/release/": (holds.release, "hold_release"),
    "calendar/": (calendar.show, "calendar"),
    "calendar/<int:year>/": (calendar.show, "calendar_year"),
    "missing/": (missing.show, "missing"),
    "missing/csv/": (missing.download, "missing_csv"),
    "releases/": (releases.show_all, "releases"),
    "releases/propose/": (releases.propose, "release_propose"),
    "releases/<int:proposal>/": (releases.show, "release"),
    "releases/<int:proposal>/confirm/": (releases.confirm, "release_confirm"),
    "releases/<int:proposal>/refuse/": (releases.refuse, "release_refuse"),
    "corrections/": (corrections.show_all, "corrections"),
    "corrections/of/<int:result>/": (corrections.correct, "correct"),
    "corrections/<int:correction>/": (corrections.show, "correction"),
    "corrections/<int:correction>/confirm/": (corrections.confirm, "correction_confirm"),
    "corrections/<int:correction>/refuse/": (corrections.refuse, "correction_refuse"),
    "accounts/": (accounts.show_all, "accounts"),
    "accounts/of/<str:username>/": (accounts.show_person, "person"),
    "accounts/of/<str:username>/name/": (accounts.rename, "person_name"),
    "accounts/propose/": (accounts.propose, "account_propose"),
    "accounts/<int:account>/": (accounts.show, "account"),
    "accounts/<int:account>/confirm/": (accounts.confirm, "account_confirm"),
    "accounts/<int:account>/refuse/": (accounts.refuse, "account_refuse"),
    "qualifications/": (qualifications.show_all, "qualifications"),
    "qualifications/add/": (qualifications.add, "qualification_add"),
    "qualifications/<path:name>/grades/": (qualifications.change_grades, "qualification_grades"),
    "audit/": (audit.show, "audit"),
    "audit/download/": (audit.download, "audit_download"),
    "state/": (service_state.show, "service_state"),
}
board = [path(where, board_required(page), name=name) for where, (page, name) in pages.items()]

urlpatterns = [
    path("", include((board, "board"))),
    path("loading/", include("loading.urls")),
    path("sealed-results/", include("sealed.urls")),
    path("records/", admin.site.urls),
]
