"""File Exchange: between ASC01 and its main centre, and between ASC01 and the board."""

from tests.sweeps.page import AT_ASC01, Page

WITH_MAIN = {"centre": "ASC01", "other": "MAIN1"}
WITH_BOARD = {"centre": "ASC01", "other": "board"}
FILE = {**WITH_MAIN, "file": "EXCHANGE FILE"}
VERSION = {**FILE, "number": "1"}

#                                          anon cand strg asso main view board
PAGES = {
    "exchange:overview": Page(
        get="302 302 200 200 200 200 200",
        post="302 302 405 405 405 405 405",
    ),
    "exchange:centre": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "exchange:exchange": Page(
        args=WITH_BOARD,
        get="302 302 404 200 200 200 200",
        post="302 302 405 405 405 405 405",
    ),
    "exchange:upload": Page(
        args=WITH_MAIN,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 200 403 404",  # empty: the form again
    ),
    "exchange:tus_create": Page(
        is_page=False,
        args=WITH_BOARD,
        get="302 302 405 405 405 405 405",
        post="302 302 412 412 412 412 412",  # without the version of tus
    ),
    "exchange:tus_upload": Page(
        is_page=False,
        args={**WITH_MAIN, "upload": "EXCHANGE UPLOAD"},
        get="302 302 405 405 405 405 405",
        post="302 302 412 412 412 412 412",
    ),
    "exchange:upload_cancel": Page(
        is_page=False,
        args={**WITH_MAIN, "upload": "EXCHANGE UPLOAD"},
        get="302 302 405 405 405 405 405",
        post="302 302 404 302 404 403 404",
    ),
    "exchange:file": Page(
        args=FILE,
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "exchange:download": Page(
        is_page=False,
        args=VERSION,
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "exchange:withdraw": Page(
        args=VERSION,
        get="302 302 404 200 200 403 404",
        post="302 302 404 302 302 403 404",
    ),
}
