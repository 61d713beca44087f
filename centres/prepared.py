"""A query that is compiled once, then asked again and again with other values.

Django turns a queryset into SQL anew each time it is asked, and PostgreSQL plans it anew; for the
terms of a centre both take many times as long as the answer itself. What is asked at every visit of
a candidate is therefore a queryset with a `Parameter` in the place of each value: compiled when it is
first asked in a process, planned when it is first asked over a connection. So the rule stands where
it stood, once, and the one minute that matters pays for nothing but the look-up.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import Expression, Field, QuerySet


class Parameter(Expression):
    """The place of a value that is known only when the query is asked."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler, connection) -> tuple[str, list]:
        return "%s", [self]

    def adapted(self, value: Any) -> Any:
        """The value as the database's driver takes it."""
        return self.output_field.get_db_prep_value(value, connection)


class Prepared:
    """A queryset of `.values(…)` with Parameters in it; `build` makes it when it is first asked."""

    def __init__(self, build: Callable[[], QuerySet]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, **values: Any) -> Iterator[dict[str, Any]]:
        """The rows for these values of the parameters, each as `.values()` gives it (one query).

        Raises KeyError without a value for each of them.
        """
        if connection.vendor not in self._compiled:
            made = _Planned if connection.vendor == "postgresql" else _Compiled
            self._compiled[connection.vendor] = made(self._build())
        return self._compiled[connection.vendor].rows(values)

    def first(self, **values: Any) -> dict[str, Any] | None:
        return next(self.rows(**values), None)


class _Compiled:
    """The SQL of a queryset, and how its columns become values."""

    def __init__(self, queryset: QuerySet) -> None:
        self._compiler = queryset.query.chain().get_compiler(connection=connection)
        self.sql, self.params = self._compiler.as_sql()
        self._names = list(self._compiler.query.selected)
        columns = [column for column, *_ in self._compiler.select]
        self._converters = self._compiler.get_converters(columns)

    def rows(self, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
        found = self._ask(values)
        if self._converters:
            found = self._compiler.apply_converters(found, self._converters)
        return (dict(zip(self._names, row, strict=True)) for row in found)

    def _ask(self, values: dict[str, Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(
                self.sql,
                [
                    one.adapted(values[one.name]) if isinstance(one, Parameter) else one
                    for one in self.params
                ],
            )
            return cursor.fetchall()


class _Planned(_Compiled):
    """The same as a statement that a connection to PostgreSQL has planned before."""

    numbers = count(1)

    def __init__(self, queryset: QuerySet) -> None:
        super().__init__(queryset)
        found = (one for one in self.params if isinstance(one, Parameter))
        self.parameters = list({one.name: one for one in found}.values())
        self.name = f"prepared_{next(self.numbers)}"
        self.execute = f"EXECUTE {self.name} ({', '.join(['%s'] * len(self.parameters))})"
        self.known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()

    def _ask(self, values: dict[str, Any]) -> Any:
        with connection.cursor() as cursor:
            if connection.connection not in self.known:
                self._plan()
            cursor.execute(self.execute, [one.adapted(values[one.name]) for one in self.parameters])
            return cursor.fetchall()

    def _plan(self) -> None:
        """Tell this connection of the statement: the constants in it, the parameters numbered."""
        places = {one.name: f"${place}" for place, one in enumerate(self.parameters, 1)}
        types = ", ".join(str(one.output_field.db_type(connection)) for one in self.parameters)
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            filled = self.sql % tuple(
                places[one.name]
                if isinstance(one, Parameter)
                else cursor.mogrify("%s", [one]).decode()
                for one in self.params
            )
            cursor.execute(f"PREPARE {self.name} ({types}) AS {filled}")
        self.known[connection.connection] = True
