"""Results day and its call list: /candidate-results/…/results-day/"""

from django.urls import path

from results_day import views

app_name = "results_day"

RESULTS_DAY = "<str:series>/<str:centre>/results-day/"

urlpatterns = [
    path(RESULTS_DAY, views.show, name="show"),
    path(RESULTS_DAY + "not-seen/", views.call_list, name="call_list"),
    path(RESULTS_DAY + "not-seen/download/", views.download, name="call_list_csv"),
]
