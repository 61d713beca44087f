"""Privacy: what is kept of whom, until when; what is given out or removed of one person (rule 27)."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"
