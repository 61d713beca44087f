"""File Exchange."""

from tests.sweeps.page import Page

#                                          anon cand strg asso main view board
PAGES = {
    "file_exchange": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 405 405 405 405 405",
    ),
}
