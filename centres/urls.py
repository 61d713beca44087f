"""The pages of settings of a centre in a series: /candidate-results/…"""

from django.urls import path

from centres.views import (
    audit,
    change_subcentre,
    choose_series,
    groups,
    status,
    status_of_many,
    subcentres,
)

app_name = "centres"

AT_CENTRE = "<str:series>/<str:centre>/"

urlpatterns = [
    path("", choose_series.choose_series, name="choose_series"),
    path(
        AT_CENTRE + "change-subcentre/", change_subcentre.change_subcentre, name="change_subcentre"
    ),
    path(AT_CENTRE + "status/edit/", status.edit, name="edit_status"),
    path(
        AT_CENTRE + "attached-centres/status/edit/",
        status_of_many.edit,
        name="edit_status_of_many",
    ),
    path(AT_CENTRE + "groups/", groups.edit, name="groups"),
    path(AT_CENTRE + "groups/put/", groups.put_in_group, name="put_in_group"),
    path(AT_CENTRE + "subcentres/", subcentres.manage, name="subcentres"),
    path(AT_CENTRE + "audit/", audit.show, name="audit"),
]
