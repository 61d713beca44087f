"""The portal, and Django's admin with the board's own front page."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class PortalConfig(AppConfig):
    name = "portal"
    default = True

    def ready(self) -> None:
        from allauth.usersessions.models import UserSession
        from axes.models import AccessAttempt, AccessLog
        from django.contrib.auth.signals import user_logged_in
        from django.core import checks
        from django.db.models.signals import post_migrate, pre_save
        from django_tasks_db.models import DBTaskResult

        from centres import only_grows, staff_sessions, upkeep
        from portal import clearing, start
        from portal.desk import looking  # noqa: F401  # says that it does the work of its model
        from portal.desk.loads import destroy_expired
        from portal.desk.state import forget_signs, give_sign
        from portal.staff import news, own_sessions

        user_logged_in.connect(own_sessions.began, dispatch_uid="portal.staff.own_sessions")
        user_logged_in.connect(news.signed_in, dispatch_uid="portal.staff.news")
        checks.register(start.check)
        post_migrate.connect(start.after_migrate, sender=self, dispatch_uid="portal.start")
        upkeep.before_the_first(start.require)
        for name in ("ProposedRelease", "ProposedCorrection", "ProposedAccess"):
            proposal, decision = self.get_model(name), ["decision", "decided_by", "decided_at"]
            only_grows.guard(proposal, but=decision, until="OLD.decided_at IS NOT NULL")
        pre_save.connect(staff_sessions.name_row, UserSession)
        pre_save.connect(clearing.hold_nothing_typed, AccessAttempt)
        pre_save.connect(clearing.hold_nothing_typed, AccessLog)
        pre_save.connect(clearing.hold_no_text_of_errors, DBTaskResult)
        upkeep.every_hour(clearing.clear)
        upkeep.every_beat(give_sign)
        upkeep.every_minute(destroy_expired, forget_signs)


class BoardAdminConfig(admin.AdminConfig):
    default_site = "portal.board.BoardSite"
    default = False
