"""*View entries and results*."""

from django.urls import path

from results.staff_site import views

app_name = "entries_and_results"

urlpatterns = [
    path("", views.choose, name="choose"),
    path("<str:series>/<str:centre>/", views.centre, name="centre"),
]
