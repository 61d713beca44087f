"""Models of centres: who is who and what is agreed, the rows under every rule of this service."""

from centres.models.arrangements import (
    CentreArrangement,
    ContactChoice,
    SelectedCandidate,
    Status,
    SubcentreArrangement,
    SubcentreDefaults,
)
from centres.models.audit import AuditEvent
from centres.models.candidate import Candidate, Entry, EntryQuerySet
from centres.models.centre import Centre, SubcentreLink
from centres.models.membership import Membership, Role
from centres.models.series import Qualification, Release, Series, Syllabus

__all__ = [
    "AuditEvent",
    "Candidate",
    "Centre",
    "CentreArrangement",
    "ContactChoice",
    "Entry",
    "EntryQuerySet",
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
