"""Addresses below /health/."""

from django.urls import path

from operations import views

urlpatterns = [
    path("", views.health, name="health"),
    path("live/", views.live, name="live"),
    path("ready/", views.ready, name="ready"),
]
