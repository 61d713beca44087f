"""The pages for people: the staff of ASC01, reached by its own officer and by that of its main centre."""

from tests.sweeps.page import Page

ASC01 = {"centre": "ASC01"}
PERSON = {**ASC01, "username": "officer.asc01"}

#                                          anon cand strg asso main view board
PAGES = {
    "people:centres": Page(
        get="302 302 302 302 200 403 403",  # to the one centre of who has one alone
        post="302 302 405 405 405 405 405",
    ),
    "people:centre": Page(
        args=ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "people:invite": Page(
        args=ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 200 403 404",  # empty: the form again
    ),
    "people:add": Page(
        args=ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 200 403 404",
    ),
    "people:person": Page(
        args=PERSON,
        get="302 302 404 200 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "people:rights": Page(
        args=PERSON,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 200 403 404",  # empty: the form again
    ),
    "people:suspend": Page(
        args=PERSON,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 302 403 404",  # the last officer cannot: asked again, with the reason
    ),
    "people:lift": Page(
        args=PERSON,
        get="302 302 404 200 200 403 404",
        post="302 302 404 302 302 403 404",
    ),
    "people:remove": Page(
        args=PERSON,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 302 403 404",
    ),
    "people:make_link": Page(
        args=PERSON,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 200 403 404",
    ),
    "people:start_recovery": Page(
        args=PERSON,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 200 403 404",
    ),
}
