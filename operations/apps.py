"""Operations: what a board's platform team sees and runs – health, metrics, backup, restore, verify."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "operations"
