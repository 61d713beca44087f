"""What the board's desk keeps: files to load, what is proposed, and that workers live."""

from portal.desk.models import (
    LoadedFile,
    ProposedAccess,
    ProposedCorrection,
    ProposedRelease,
    WorkerSign,
)

__all__ = ["LoadedFile", "ProposedAccess", "ProposedCorrection", "ProposedRelease", "WorkerSign"]
