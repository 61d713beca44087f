"""The board's desk in Django's admin: what is loaded, releases and holds, each act audited.

All of it stands in this room, for the admin is a way in and not a rule of the rooms below.
"""

from portal.admin import centres, cohort, holds, kept, results

__all__ = ["centres", "cohort", "holds", "kept", "results"]
