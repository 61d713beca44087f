"""*View entries and results*: its lists, by qualification and by candidate."""

from django.urls import path

from results.staff_site.views import associates, candidates, choose_series, qualifications

AT_CENTRE = "<str:series>/<str:centre>/"

urlpatterns = [
    path("", choose_series.choose, name="choose_series"),
    path(AT_CENTRE, qualifications.show, name="centre"),
    path(AT_CENTRE + "candidates/", candidates.find, name="candidates"),
    path(AT_CENTRE + "candidates/<str:number>/", candidates.show, name="candidate"),
    path(AT_CENTRE + "associates/", associates.show, name="associates"),
]
