"""*View entries and results*."""

from django.urls import include, path

from results.staff_site.views import associates, candidates, choosing, qualifications

app_name = "entries_and_results"

AT_CENTRE = "<str:series>/<str:centre>/"

urlpatterns = [
    path("", choosing.choose, name="choose"),
    path(AT_CENTRE, qualifications.show, name="centre"),
    path(AT_CENTRE + "change-subcentre/", choosing.change_subcentre, name="change_subcentre"),
    path(AT_CENTRE + "candidates/", candidates.find, name="candidates"),
    path(AT_CENTRE + "candidates/<str:number>/", candidates.show, name="candidate"),
    path(AT_CENTRE + "associates/", associates.show, name="associates"),
    path(AT_CENTRE, include("results.taking_away.urls")),
]
