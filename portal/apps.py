"""The portal, and Django's admin with the board's own front page."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class PortalConfig(AppConfig):
    name = "portal"
    default = True

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from portal import news, own_sessions

        user_logged_in.connect(own_sessions.began, dispatch_uid="portal.own_sessions")
        user_logged_in.connect(news.signed_in, dispatch_uid="portal.news")


class BoardAdminConfig(admin.AdminConfig):
    default_site = "portal.board.BoardSite"
    default = False
