"""View entries and results."""

from tests.sweeps.page import AT_ASC01, AT_MAIN1, Page

#                                          anon cand strg asso main view board
PAGES = {
    "results:choose_series": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 405 405 405 405 405",
    ),
    "results:centre": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "results:candidates": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 200 404",
        post="302 302 404 302 302 302 404",
    ),
    "results:candidate": Page(
        args={**AT_ASC01, "number": "0001"},
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "results:missing": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "results:missing_csv": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
        is_page=False,
    ),
    "results:associates": Page(
        args=AT_MAIN1,
        get="302 302 404 404 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
}
