"""The addresses of the candidate site: /results/…"""

from django.urls import path

from candidate_site import documents, views
from candidate_site.waiting import waiting

app_name = "candidate_site"

urlpatterns = [
    path("", views.sign_in, name="sign_in"),
    path("mine/", views.mine, name="my_results"),
    path("mine/<str:place>/", views.page, name="results_page"),
    path("mine/<str:place>/calendar/", views.calendar, name="calendar"),
    path("log-out/", views.log_out, name="log_out"),
    path("privacy/", documents.privacy, name="privacy"),
    path("accessibility/", documents.accessibility, name="accessibility"),
    path("waiting/", waiting, name="waiting"),
]
