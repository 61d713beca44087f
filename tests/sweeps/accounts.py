"""Signing in, and the own account."""

from tests.sweeps.page import Page

#                                          anon cand strg asso main view board
PAGES = {
    "account_login": Page(
        get="200 200 302 302 302 302 302",
        post="200 200 302 302 302 302 302",
    ),
    "kept_post": Page(
        args={"name": "nothing"},
        get="302 302 302 302 302 302 302",  # nothing is kept
        post="302 302 405 405 405 405 405",
    ),
    "account_logout": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 302 302 302 302 302",
    ),
    "mfa_authenticate": Page(
        get="302 302 302 302 302 302 302",
        post="302 302 302 302 302 302 302",
    ),
    "set_password": Page(
        args={"uidb64": "MQ", "token": "none"},
        get="200 200 200 200 200 200 200",  # this link does not work any more
        post="200 200 200 200 200 200 200",
    ),
    "mfa_index": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 405 405 405 405 405",
    ),
    "account_change_password": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 200 200 200 200 200",
    ),
    "account_reauthenticate": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 200 200 200 200 200",
    ),
    "mfa_reauthenticate": Page(
        get="302 302 302 302 302 302 302",
        post="302 302 302 302 302 302 302",
    ),
    "mfa_activate_totp": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 200 200 200 200 200",
    ),
    "mfa_deactivate_totp": Page(
        get="302 302 404 404 404 404 404",  # there is none to remove
        post="302 302 404 404 404 404 404",
    ),
    "mfa_view_recovery_codes": Page(
        get="302 302 404 404 404 404 404",
        post="302 302 405 405 405 405 405",
    ),
    "mfa_generate_recovery_codes": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 200 200 200 200 200",
    ),
    "mfa_download_recovery_codes": Page(
        get="302 302 404 404 404 404 404",
        post="302 302 404 404 404 404 404",
    ),
    "mfa_add_webauthn": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 200 200 200 200 200",
    ),
    "mfa_remove_webauthn": Page(
        args={"pk": "1"},
        get="302 302 404 404 404 404 404",  # there is none to remove
        post="302 302 404 404 404 404 404",
    ),
    "mfa_reauthenticate_webauthn": Page(
        get="302 302 302 302 302 302 302",  # to the password: there is no passkey
        post="302 302 302 302 302 302 302",
    ),
    "own_sessions": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 404 404 404 404 404",  # without naming one
    ),
    "stop_recovery": Page(
        get="302 302 405 405 405 405 405",
        post="302 302 302 302 302 302 302",
    ),
    "recover": Page(
        args={"recovery": "00000000-0000-4000-8000-000000000000", "token": "none"},
        get="200 200 200 200 200 200 200",  # this link does not work any more
        post="200 200 200 200 200 200 200",
    ),
}
