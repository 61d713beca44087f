"""The staff of one's centres: /people/…"""

from django.urls import path

from accounts.people import act_views, views

app_name = "people"

PERSON = "<str:centre>/staff/<str:username>/"

urlpatterns = [
    path("", views.centres, name="centres"),
    path("<str:centre>/", views.centre, name="centre"),
    path("<str:centre>/invite/", views.invite, name="invite"),
    path("<str:centre>/add/", views.add, name="add"),
    path(PERSON, views.person, name="person"),
    path(PERSON + "rights/edit/", views.change, name="rights"),
    path(PERSON + "suspend/", act_views.suspend, name="suspend"),
    path(PERSON + "suspension/lift/", act_views.lift, name="lift"),
    path(PERSON + "remove/", act_views.remove, name="remove"),
    path(PERSON + "link/make/", act_views.make_link, name="make_link"),
    path(PERSON + "recovery/start/", act_views.start_recovery, name="start_recovery"),
]
