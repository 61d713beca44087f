"""/guidance/…"""

from django.urls import path

from guidance import views

app_name = "guidance"

urlpatterns = [
    path("", views.index, name="index"),
    path("guidance.pdf", views.document, name="document"),
    path("for-candidates/", views.for_candidates, name="for_candidates"),
    path("for-candidates/for-candidates.pdf", views.for_candidates_pdf, name="for_candidates_pdf"),
    path("<slug:slug>/", views.topic, name="topic"),
]
