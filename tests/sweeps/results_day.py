"""Results day and its call list."""

from tests.sweeps.page import AT_ASC01, Page

#                                          anon cand strg asso main view board
PAGES = {
    "results_day:show": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "results_day:call_list": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "results_day:call_list_csv": Page(
        is_page=False,
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
}
