"""The marks of a result's components (papers, coursework), as the board's workbook gives them.

Of each component that a candidate sat: its number, the raw and the adjusted mark, and the grade, each
as the board wrote it; what it did not write is empty. They are part of the result: whoever may not see
its grade may not see them (`results.release`, `results.staff_release`).
"""

from typing import Any, NamedTuple

from django.db import models

from centres.loading.values import legible, matching, plain, remembered, text

a_mark = matching(
    r"[0-9]{1,4}([.,][0-9]{1,6})?|[A-Za-z*]{1,10}", "a mark. Write a number, or a word such as ABS."
)
NONE = ("", "-", "–", "—")  # how files write that there is none


class Component(NamedTuple):
    """A component that the candidate sat."""

    number: str
    raw: str
    adjusted: str
    grade: str


Components = tuple[Component, ...]


@remembered
def mark(cell: str) -> str:
    """A raw or an adjusted mark; empty where there is none. Raises Wrong."""
    value = plain(cell)
    return "" if value in NONE else a_mark(value)


@remembered
def grade(cell: str) -> str:
    """A component's grade, of whatever scale; empty where there is none. Raises Wrong."""
    value = plain(cell)
    return "" if value in NONE else text(10)(value)


CONVERTERS = {"raw": mark, "adjusted": mark, "grade": grade}


def in_words(components: Components) -> str:
    """As whoever looks at a load reads them: “12: raw 65, grade B; 33: raw ABS”."""
    said = (
        (one.number, [f"{part} {value}" for part, value in one._asdict().items() if value][1:])
        for one in components
    )
    return legible("; ".join(f"{number}: {', '.join(parts)}" for number, parts in said), 200)


class ComponentsField(models.JSONField):
    """Keeps them in one column, as lists: no other row to write or to join for each of them."""

    description = "The marks of a result's components"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Components | None:
        rows = super().from_db_value(value, expression, connection)
        return None if rows is None else tuple(Component(*row) for row in rows)
