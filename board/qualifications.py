"""Qualifications and the grades they can end in. No file holds them, so that one person of the board adds one.

Two people confirm releases by its name, so that never changes (rule 26); its scale of grades opens nothing.
"""

from django.db import transaction

from accounts.models import User
from centres import audit
from centres.models import Qualification


def add(new: Qualification, *, by: User) -> None:
    with transaction.atomic():
        new.save(force_insert=True)
        _record("board_added", new, by, old={}, new={"name": new.name, "grades": new.grades})


def change_grades(qualification: Qualification, *, grades: str, by: User) -> None:
    """The new scale; nothing is written where it is the old one."""
    with transaction.atomic():
        stored = Qualification.objects.select_for_update().get(pk=qualification.pk)
        if stored.grades == grades:
            return
        was, stored.grades = stored.grades, grades
        stored.save(update_fields=["grades"])
        _record("board_changed", stored, by, old={"grades": was}, new={"grades": grades})


def _record(action: str, one: Qualification, by: User, **changes: dict[str, str]) -> None:
    audit.record(action, by=by, subject=f"qualification: {one}", **changes)
