"""Addresses of sign-in, passwords and second factors. Only the allauth pages that we use have one."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import path

from accounts.reauthentication import unless_posted
from accounts.views import account as own_account
from accounts.views import recovery, sessions, sign_in

urlpatterns = [
    path("log-in/", sign_in.log_in, name="account_login"),
    path("log-in/kept/<str:name>/", sign_in.kept_post, name="kept_post"),
    path("log-in/code/", own_account.SecondFactor.as_view(), name="mfa_authenticate"),
    path("log-out/", account.logout, name="account_logout"),
    path("set-password/<uidb64>/<token>/", recovery.SetPasswordView.as_view(), name="set_password"),
    path("recover/<uuid:recovery>/<str:token>/", recovery.recover, name="recover"),
    path("account/", own_account.Account.as_view(), name="mfa_index"),
    path("account/recovery/stop/", own_account.stop_recovery, name="stop_recovery"),
    path("account/sessions/", sessions.show, name="own_sessions"),
    path("account/password/", own_account.ChangePassword.as_view(), name="account_change_password"),
    path(
        "account/confirm/",
        unless_posted("password", account.reauthenticate),
        name="account_reauthenticate",
    ),
    path(
        "account/confirm/code/",
        unless_posted("code", mfa.reauthenticate),
        name="mfa_reauthenticate",
    ),
    path(
        "account/confirm/passkey/",
        unless_posted("credential", own_account.ConfirmByPasskey.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/passkeys/add/", own_account.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove/",
        own_account.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path(
        "account/authenticator/set-up/",
        own_account.SetUpSecondFactor.as_view(),
        name="mfa_activate_totp",
    ),
    path(
        "account/authenticator/remove/",
        own_account.RemoveSecondFactor.as_view(),
        name="mfa_deactivate_totp",
    ),
    path("account/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/codes/make/",
        own_account.MakeRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
