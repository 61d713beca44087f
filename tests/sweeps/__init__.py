"""Every address × every role: what is expected stands here, written by hand, a file for each part."""

from tests.sweeps import (
    accounts,
    candidate_results,
    candidates,
    entries_and_results,
    file_exchange,
    guidance,
    people,
    portal,
    taking_away,
)

PARTS = (
    portal,
    accounts,
    people,
    candidate_results,
    entries_and_results,
    taking_away,
    file_exchange,
    candidates,
    guidance,
)
PAGES = {name: page for part in PARTS for name, page in part.PAGES.items()}
