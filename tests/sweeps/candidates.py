"""The candidate site."""

from tests.sweeps.page import Page

OWN = {"place": "OWN PAGE"}  # of the candidate who has logged in

#                                          anon cand strg asso main view board
PAGES = {
    "candidate_site:sign_in": Page(
        get="200 200 200 200 200 200 200",
        post="200 200 200 200 200 200 200",  # nothing typed: the form again
    ),
    "candidate_site:my_results": Page(
        get="303 303 303 303 303 303 303",  # to the form
        post="303 303 303 303 303 303 303",  # to the own page, or to the form
    ),
    "candidate_site:results_page": Page(
        args=OWN,
        get="303 200 303 303 303 303 303",
        post="405 405 405 405 405 405 405",
    ),
    "candidate_site:calendar": Page(
        is_page=False,
        args=OWN,
        get="303 200 303 303 303 303 303",  # a file
        post="405 405 405 405 405 405 405",
    ),
    "candidate_site:log_out": Page(
        get="303 303 303 303 303 303 303",  # to the form
        post="303 303 303 303 303 303 303",
    ),
    "candidate_site:privacy": Page(
        get="200 200 200 200 200 200 200",
        post="405 405 405 405 405 405 405",
    ),
    "candidate_site:accessibility": Page(
        get="200 200 200 200 200 200 200",
        post="405 405 405 405 405 405 405",
    ),
    "candidate_site:waiting": Page(
        get="503 503 503 503 503 503 503",
        post="503 503 503 503 503 503 503",
    ),
}
