"""The candidate site."""

from tests.sweeps.page import Page

OWN = {"place": "OWN PAGE"}  # of the candidate who has logged in

#                                          anon cand strg asso main view board
PAGES = {
    "results:sign_in": Page(
        get="200 200 200 200 200 200 200",
        post="200 200 200 200 200 200 200",  # nothing typed: the form again
    ),
    "results:mine": Page(
        get="303 303 303 303 303 303 303",  # to the form
        post="303 303 303 303 303 303 303",  # to the own page, or to the form
    ),
    "results:page": Page(
        args=OWN,
        get="303 200 303 303 303 303 303",
        post="405 405 405 405 405 405 405",
    ),
    "results:calendar": Page(
        is_page=False,
        args=OWN,
        get="303 200 303 303 303 303 303",  # a file
        post="405 405 405 405 405 405 405",
    ),
    "results:log_out": Page(
        get="303 303 303 303 303 303 303",  # to the form
        post="303 303 303 303 303 303 303",
    ),
    "results:waiting": Page(
        get="503 503 503 503 503 503 503",
        post="503 503 503 503 503 503 503",
    ),
}
