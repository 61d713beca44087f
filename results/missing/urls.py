"""*What is missing*, of a centre in a series: below *View entries and results*."""

from django.urls import path

from results.missing import views

urlpatterns = [
    path("", views.show, name="missing"),
    path("csv/", views.download, name="missing_csv"),
]
