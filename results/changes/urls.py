"""*What changed*, of a centre in a series: below *View entries and results*."""

from django.urls import path

from results.changes import views

urlpatterns = [
    path("", views.show, name="changes"),
    path("csv/", views.download, name="changes_csv"),
    path("mark-as-seen/", views.mark, name="changes_mark"),
    path("e-mail/", views.mail, name="changes_mail"),
]
