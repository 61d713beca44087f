"""Every address × every role: what is expected stands here, written by hand, a file for each part."""

from tests.sweeps import (
    accounts,
    candidates,
    credentials,
    exchange,
    exports,
    guidance,
    people,
    portal,
    results_day,
    staff_site,
)

PARTS = (
    portal,
    accounts,
    people,
    credentials,
    results_day,
    staff_site,
    exports,
    exchange,
    candidates,
    guidance,
)
PAGES = {name: page for part in PARTS for name, page in part.PAGES.items()}
