"""Signing in, and the own account."""

from tests.sweeps.page import Page

#                                          anon cand strg asso main view board
PAGES = {
    "account_login": Page(
        get="200 200 302 302 302 302 302",
        post="200 200 302 302 302 302 302",
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
}
