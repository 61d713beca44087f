from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import pre_save

from centres import staff_sessions


class AccountsConfig(AppConfig):
    name = "portal.staff"
    label = "accounts"

    def ready(self) -> None:
        from centres import telling
        from portal.people import menu

        user_logged_in.connect(menu.signed_in, dispatch_uid="who manages people")
        user_logged_in.connect(telling.signed_in, dispatch_uid="what is new to somebody")
        user_logged_in.connect(staff_sessions.began, dispatch_uid="when a session was last seen")
        pre_save.connect(staff_sessions.name_row, "usersessions.UserSession")
