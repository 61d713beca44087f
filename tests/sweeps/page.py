"""What is expected of a page, for each role, and the places that the addresses name."""

from dataclasses import dataclass, field

ROLES = ("anonymous", "candidate", "stranger", "associate", "main", "viewer", "board")


@dataclass
class Page:
    """Status codes in the order of ROLES; "-" where a role is not tried.

    `args` name the objects of the address; those in CAPITALS are made by `tests.sweeps.made`. What is for
    machines, a part of a page or a file is no page (`is_page`), and not scanned for accessibility.
    """

    get: str
    post: str
    args: dict[str, str] = field(default_factory=dict)
    is_page: bool = True


AT_ASC01 = {"series": "2026-06", "centre": "ASC01"}
AT_MAIN1 = {"series": "2026-06", "centre": "MAIN1"}
