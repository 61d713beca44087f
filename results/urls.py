"""*View entries and results*: its pages, and of a centre in a series what can be downloaded, what
changed and what is missing."""

from django.urls import include, path

from results.staff_site.urls import AT_CENTRE

app_name = "results"

urlpatterns = [
    path("", include("results.staff_site.urls")),
    path(AT_CENTRE + "download/", include("results.exports.urls")),
    path(AT_CENTRE + "changes/", include("results.changes.urls")),
    path(AT_CENTRE + "missing/", include("results.missing.urls")),
]
