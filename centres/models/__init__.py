"""Who is who and what is agreed: the rows under every rule of this service."""

import centres.models.accounts
import centres.models.kept  # noqa: F401 - its models are of this application
from centres.models.arrangements import (
    CentreArrangement,
    ContactChoice,
    SelectedCandidate,
    Status,
    SubcentreArrangement,
    SubcentreDefaults,
)
from centres.models.audit import AuditEvent
from centres.models.candidate import Candidate, Entry
from centres.models.centre import Centre, SubcentreLink
from centres.models.cohort import Qualification, Release, Series, Syllabus
from centres.models.staff import Membership, Role

__all__ = [
    "AuditEvent",
    "Candidate",
    "Centre",
    "CentreArrangement",
    "ContactChoice",
    "Entry",
    "Membership",
    "Qualification",
    "Release",
    "Role",
    "SelectedCandidate",
    "Series",
    "Status",
    "SubcentreArrangement",
    "SubcentreDefaults",
    "SubcentreLink",
    "Syllabus",
]
