"""View entries and results."""

from tests.sweeps.page import AT_ASC01, Page

#                                          anon cand strg asso main view board
PAGES = {
    "entries_and_results:choose": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 405 405 405 405 405",
    ),
    "entries_and_results:centre": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
}
