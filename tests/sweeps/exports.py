"""Download results, and what changed."""

from tests.sweeps.page import AT_ASC01, Page

EXPORT = {**AT_ASC01, "export": "EXPORT"}

#                                          anon cand strg asso main view board
PAGES = {
    "results:download": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 200 404",
        post="302 302 404 200 200 200 404",  # nothing chosen: the form again
    ),
    "results:download_file": Page(
        is_page=False,
        args={**AT_ASC01, "what": "listing", "format": "xlsx"},
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "results:export": Page(  # the main centre's officer's own
        args=EXPORT,
        get="302 302 404 404 200 404 404",
        post="302 302 405 405 405 405 405",
    ),
    "results:export_progress": Page(
        is_page=False,
        args=EXPORT,
        get="302 302 404 404 200 404 404",
        post="302 302 405 405 405 405 405",
    ),
    "results:export_download": Page(
        is_page=False,
        args=EXPORT,
        get="302 302 404 404 302 404 404",  # not made yet: back, with the reason
        post="302 302 405 405 405 405 405",
    ),
    "results:export_share": Page(
        args=EXPORT,
        get="302 302 404 404 302 404 404",  # to the file's page
        post="302 302 404 404 302 404 404",
    ),
    "results:export_retry": Page(
        args=EXPORT,
        get="302 302 404 404 302 404 404",
        post="302 302 404 404 302 404 404",
    ),
    "results:export_destroy": Page(
        args=EXPORT,
        get="302 302 404 404 302 404 404",  # to the file's page
        post="302 302 404 404 302 404 404",
    ),
    "results:changes": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "results:changes_csv": Page(
        is_page=False,
        args=AT_ASC01,
        get="302 302 404 200 200 200 404",
        post="302 302 405 405 405 405 405",
    ),
    "results:changes_mark": Page(
        args=AT_ASC01,
        get="302 302 404 302 302 302 404",  # to the page
        post="302 302 404 302 302 302 404",
    ),
    "results:changes_mail": Page(
        args=AT_ASC01,
        get="302 302 404 302 302 302 404",  # to the page
        post="302 302 404 302 302 302 404",
    ),
}
