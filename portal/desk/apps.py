"""Django's admin as the board's records."""

from django.contrib.admin.apps import AdminConfig


class BoardAdminConfig(AdminConfig):
    default_site = "portal.board.BoardSite"
    default = False
