"""Candidate Results website administration."""

from tests.sweeps.page import AT_ASC01, AT_MAIN1, Page

FILE = {**AT_ASC01, "file": "LETTER FILE"}
BATCH = {**AT_MAIN1, "batch": "LETTER BATCH"}

#                                          anon cand strg asso main view board
PAGES = {
    "centres:choose_series": Page(
        get="302 302 200 200 200 403 403",
        post="302 302 405 405 405 405 405",
    ),
    "overview:show": Page(
        args=AT_MAIN1,
        get="302 302 404 404 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "overview:readiness": Page(
        is_page=False,
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "overview:badges": Page(
        is_page=False,
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "credentials:centre": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 404 302 302 403 404",  # nobody ticked: what the search finds
    ),
    "centres:change_subcentre": Page(
        args=AT_MAIN1,
        get="302 302 404 404 404 404 404",  # without naming a subcentre
        post="302 302 405 405 405 405 405",
    ),
    "centres:edit_status": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 200 403 404",  # empty: the form again
    ),
    "centres:edit_status_of_many": Page(
        args=AT_MAIN1,
        get="302 302 404 404 302 403 404",  # to the attached centres
        post="302 302 404 404 302 403 404",  # which name the centres
    ),
    "centres:subcentres": Page(
        args=AT_MAIN1,
        get="302 302 404 404 200 403 404",
        post="302 302 404 404 200 403 404",
    ),
    "credentials:associates": Page(
        args=AT_MAIN1,
        get="302 302 404 404 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "credentials:batch_create": Page(
        args=AT_MAIN1,
        get="302 302 404 404 302 403 404",  # to the attached centres
        post="302 302 404 404 200 403 404",  # asks first
    ),
    "credentials:batch": Page(
        args=BATCH,
        get="302 302 404 404 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "credentials:batch_progress": Page(
        is_page=False,
        args=BATCH,
        get="302 302 404 404 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "credentials:batch_download": Page(
        is_page=False,
        args=BATCH,
        get="302 302 404 404 200 403 404",  # a zip that says why it holds no letters
        post="302 302 405 405 405 405 405",
    ),
    "credentials:batch_retry": Page(
        args=BATCH,
        get="302 302 404 404 302 403 404",  # to the batch's page
        post="302 302 404 404 302 403 404",
    ),
    "credentials:create": Page(
        args=AT_ASC01,
        get="302 302 404 302 302 403 404",  # to the centre's page
        post="302 302 404 200 200 403 404",  # asks first
    ),
    "credentials:find": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 200 403 404",
    ),
    "credentials:preview": Page(
        is_page=False,
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",  # a PDF
        post="302 302 405 405 405 405 405",
    ),
    "credentials:letter_files": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 200 403 404",  # nobody ticked: all files
    ),
    "centres:put_in_group": Page(
        args=AT_ASC01,
        get="302 302 404 302 302 403 404",  # nobody ticked: to the list
        post="302 302 404 302 302 403 404",
    ),
    "centres:groups": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 404 200 200 403 404",  # empty: the form again
    ),
    "credentials:letter_file": Page(
        args=FILE,
        get="302 302 404 200 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "credentials:letter_file_progress": Page(
        is_page=False,
        args=FILE,
        get="302 302 404 200 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
    "credentials:letter_file_download": Page(
        args=FILE,
        get="302 302 404 302 302 403 404",  # nothing stored: back, with the reason
        post="302 302 405 405 405 405 405",
    ),
    "credentials:letter_file_share": Page(
        args=FILE,
        get="302 302 404 404 200 403 404",
        post="302 302 404 404 302 403 404",  # what no letter was made of
    ),
    "credentials:letter_file_retry": Page(
        args=FILE,
        get="302 302 404 302 302 403 404",  # to the file's page
        post="302 302 404 302 302 403 404",
    ),
    "centres:audit": Page(
        args=AT_ASC01,
        get="302 302 404 200 200 403 404",
        post="302 302 405 405 405 405 405",
    ),
}
