"""Overview: /candidate-results/…/overview/"""

from django.urls import path

from overview import views

app_name = "overview"

AT_CENTRE = "<str:series>/<str:centre>/overview/"

urlpatterns = [
    path(AT_CENTRE, views.show, name="show"),
    path(AT_CENTRE + "readiness/", views.readiness, name="readiness"),
    path(AT_CENTRE + "badges/", views.badges, name="badges"),
]
