"""The app `portal`: what it connects at its start."""

import sys

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.core.signals import request_finished
from django.db.models.signals import post_migrate, pre_save
from django.utils.module_loading import import_string

from portal import clearing, logs, request_ids


class PortalConfig(AppConfig):
    name = "portal"
    default = True

    def ready(self) -> None:
        from portal import start, tls

        if not settings.DEBUG:
            sys.excepthook = logs.uncaught
        if settings.SENTRY_DSN:  # the library is loaded where it is wanted
            begin = import_string("portal.error_reports.begin")
            begin(settings.SENTRY_DSN, settings.VERSION)
        checks.register(start.check)
        checks.register(tls.check)
        post_migrate.connect(
            start.after_migrate, sender=apps.get_app_config("core"), dispatch_uid="portal.start"
        )
        request_finished.connect(request_ids.forget)
        pre_save.connect(clearing.hold_nothing_typed, "axes.AccessAttempt")
        pre_save.connect(clearing.hold_nothing_typed, "axes.AccessLog")
        pre_save.connect(clearing.hold_no_text_of_errors, "django_tasks_database.DBTaskResult")
