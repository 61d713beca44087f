"""The marks of a result's components (papers, coursework), as the board's workbook gives them.

Of each component that a candidate sat: its number, the raw and the adjusted mark, and the grade, each
as the board wrote it; what it did not write is empty. They are part of the result: whoever may not see
its grade may not see them (`results.release`, `results.staff_release`).
"""

from typing import Any, NamedTuple

from django.db import models


class Component(NamedTuple):
    """A component that the candidate sat."""

    number: str
    raw: str
    adjusted: str
    grade: str


Components = tuple[Component, ...]


class ComponentsField(models.JSONField):
    """Keeps them in one column, as lists: no other row to write or to join for each of them."""

    description = "The marks of a result's components"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Components | None:
        rows = super().from_db_value(value, expression, connection)
        return None if rows is None else tuple(Component(*row) for row in rows)
