"""Addresses of the service, all of them."""

from django.urls import include, path

from portal import views

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("to-do/", views.to_do, name="to_do"),
    path("", include("accounts.urls")),
    path("people/", include("accounts.people.urls")),
    path("candidate-results/", include("centres.urls")),
    path("candidate-results/", include("credentials.urls")),
    path("candidate-results/", include("overview.urls")),
    path("candidate-results/", include("results_day.urls")),
    path("entries-and-results/", include("results.urls")),
    path("file-exchange/", include("exchange.urls")),
    path("guidance/", include("guidance.urls")),
    path("results/", include("candidate_site.urls")),
    path("", include("privacy.urls")),
    path("board/", include("board.urls")),
    path("health/", include("operations.urls")),
]

handler400 = "portal.views.bad_request"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
