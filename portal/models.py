"""What the board's desk keeps: files to load, proposed releases, and that workers live."""

from portal.desk.models import LoadedFile, ProposedRelease, WorkerSign

__all__ = ["LoadedFile", "ProposedRelease", "WorkerSign"]
