"""The portal: what it connects at its start."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core import checks
from django.db.models.signals import post_migrate, pre_save

from centres import staff_sessions
from portal import clearing


class PortalConfig(AppConfig):
    name = "portal"
    default = True

    def ready(self) -> None:
        from portal import start
        from portal.staff import news, own_sessions

        user_logged_in.connect(own_sessions.began, dispatch_uid="portal.staff.own_sessions")
        user_logged_in.connect(news.signed_in, dispatch_uid="portal.staff.news")
        checks.register(start.check)
        post_migrate.connect(start.after_migrate, sender=self, dispatch_uid="portal.start")
        pre_save.connect(staff_sessions.name_row, "usersessions.UserSession")
        pre_save.connect(clearing.hold_nothing_typed, "axes.AccessAttempt")
        pre_save.connect(clearing.hold_nothing_typed, "axes.AccessLog")
        pre_save.connect(clearing.hold_no_text_of_errors, "django_tasks_database.DBTaskResult")
