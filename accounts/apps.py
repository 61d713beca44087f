from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import pre_save

from accounts import session_store


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from accounts.people import menu

        user_logged_in.connect(menu.signed_in, dispatch_uid="what the menu shows")
        user_logged_in.connect(session_store.began, dispatch_uid="when a session was last seen")
        pre_save.connect(session_store.name_row, "usersessions.UserSession")
