"""The portal, and Django's admin with the board's own front page."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class PortalConfig(AppConfig):
    name = "portal"
    default = True


class BoardAdminConfig(admin.AdminConfig):
    default_site = "portal.board.BoardSite"
    default = False
