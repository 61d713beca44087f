"""The front door."""

from tests.sweeps.page import Page

#                                          anon cand strg asso main view board
PAGES = {
    "dashboard": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 405 405 405 405 405",
    ),
    "to_do": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 405 405 405 405 405",
    ),
    "privacy:privacy": Page(
        get="200 200 200 200 200 200 200",
        post="405 405 405 405 405 405 405",
    ),
    "privacy:accessibility": Page(
        get="200 200 200 200 200 200 200",
        post="405 405 405 405 405 405 405",
    ),
    "health": Page(
        is_page=False,
        get="200 200 200 200 200 200 200",
        post="405 405 405 405 405 405 405",
    ),
    "ready": Page(
        is_page=False,
        get="200 200 200 200 200 200 200",
        post="405 405 405 405 405 405 405",
    ),
    "live": Page(
        is_page=False,
        get="200 200 200 200 200 200 200",
        post="405 405 405 405 405 405 405",
    ),
}
