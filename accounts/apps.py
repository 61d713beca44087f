from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import pre_save

from accounts import page_owners, session_store


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from accounts.people import menu

        user_logged_in.connect(menu.signed_in, dispatch_uid="what the menu shows")
        user_logged_in.connect(session_store.began, dispatch_uid="when a session was last seen")
        user_logged_out.connect(page_owners.forget, dispatch_uid="whose pages a browser has")
        pre_save.connect(session_store.name_row, "usersessions.UserSession")
