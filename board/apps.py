"""The board's pages, and Django's admin as its records."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class BoardConfig(AppConfig):
    name = "board"
    verbose_name = "Board"
    default = True


class RecordsConfig(admin.AdminConfig):
    default_site = "board.site.BoardSite"
    default = False
