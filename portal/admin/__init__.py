"""Records of the board: what is stored, in Django's admin, each part where its rows are."""

from portal.admin import accounts, centres, credentials, results

__all__ = ["accounts", "centres", "credentials", "results"]
