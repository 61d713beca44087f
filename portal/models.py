"""What the board's desk keeps: files to load, and what is proposed."""

from portal.desk.models import LoadedFile, ProposedAccess, ProposedCorrection, ProposedRelease

__all__ = ["LoadedFile", "ProposedAccess", "ProposedCorrection", "ProposedRelease"]
