"""Every address × every role: what is expected stands here, written by hand, a file for each part."""

from tests.sweeps import (
    accounts,
    candidate_results,
    candidates,
    exports,
    file_exchange,
    guidance,
    people,
    portal,
    staff_site,
)

PARTS = (
    portal,
    accounts,
    people,
    candidate_results,
    staff_site,
    exports,
    file_exchange,
    candidates,
    guidance,
)
PAGES = {name: page for part in PARTS for name, page in part.PAGES.items()}
