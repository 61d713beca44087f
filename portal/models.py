"""What the board's desk keeps: files to load, and what is proposed."""

from portal.desk.loaded_file import LoadedFile
from portal.desk.models import ProposedAccess, ProposedCorrection, ProposedRelease

__all__ = ["LoadedFile", "ProposedAccess", "ProposedCorrection", "ProposedRelease"]
