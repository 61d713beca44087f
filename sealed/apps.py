"""Sealed results: until two keyholders open them, no query, dump, backup or administrator can read a grade."""

from django.apps import AppConfig


class SealedConfig(AppConfig):
    name = "sealed"
