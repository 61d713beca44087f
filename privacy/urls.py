"""The addresses of what Direct says of itself: /privacy/ and /accessibility/."""

from django.urls import path

from privacy.views import documents

app_name = "privacy"

urlpatterns = [
    path("privacy/", documents.privacy, name="privacy"),
    path("accessibility/", documents.accessibility, name="accessibility"),
]
