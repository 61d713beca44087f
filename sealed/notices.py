"""Notices of sealed results: who is told what, when (rule 28)."""

from sealed.models import Keyholder


def tell_wrong_try(holder: Keyholder) -> None:
    """The other keyholders: somebody has tried this one's passphrase wrongly."""
