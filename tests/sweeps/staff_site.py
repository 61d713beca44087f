"""View entries and results."""

from tests.sweeps.page import AT_ASC01, AT_MAIN1, Page

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
    "entries_and_results:change_subcentre": Page(  # without a centre to change to
        args=AT_ASC01,
        get="302 302 404 404 404 404 404",
        post="302 302 405 405 405 405 405",
        is_page=False,
    ),
    "entries_and_results:candidates": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "entries_and_results:candidate": Page(
        args={**AT_ASC01, "number": "0001"},
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "entries_and_results:associates": Page(
        args=AT_MAIN1,
        get="302 302 404 404 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
}
