"""Prepared queries: compiled once, then asked again and again with other values.

Django turns a queryset into SQL anew each time it is asked, and PostgreSQL plans it anew; for the
terms of a centre both take many times as long as the answer itself. What is asked at every visit of
a candidate is therefore a queryset with a `Parameter` in the place of each value: compiled when it is
first asked in a process, planned when it is first asked over a connection. So the rule stands where
it stood, once, and the one minute that matters pays for nothing but the look-up.

A pgbouncer in transaction mode gives each transaction another connection, so there nothing is planned before
(`DATABASE_POOLING`): the compiled text is asked, with its values. In session mode a connection may come from
another process with what that has planned: a statement's name is made of its text, and means the same to all.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, TypeVar
from weakref import WeakSet

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql import Query, UpdateQuery

from core import restored

Answer = TypeVar("Answer")


class Parameter(Expression):
    """The place of a value that is known only when the query is asked."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler, connection) -> tuple[str, list]:  # type: ignore[override]
        return "%s", [self]

    def adapted(self, value: Any) -> Any:
        """The value as the database's driver takes it."""
        return self.output_field.get_db_prep_value(value, connection)


class Prepared:
    """A queryset of `.values(…)` with Parameters in it; `build` makes it when it is first asked."""

    def __init__(self, build: Callable[[], QuerySet]) -> None:
        self._build = build
        self._compiled: dict[type[_Compiled], _Compiled] = {}

    def rows(self, **values: Any) -> Iterator[dict[str, Any]]:
        """The rows for these values of the parameters, each as `.values()` gives it (one query).

        Raises KeyError without a value for each of them.
        """
        return self._asked(values, lambda cursor: self.statement.dicts(cursor.fetchall()))

    def first(self, **values: Any) -> dict[str, Any] | None:
        return next(self.rows(**values), None)

    def _asked(self, values: dict[str, Any], answer: Callable[[Any], Answer]) -> Answer:
        """Ask over the connection of the request before, without asking first whether it still
        stands; where it does not, over a new one. So the writes among these must bear being said
        twice."""
        connection.health_check_done = True  # type: ignore[attr-defined]
        try:
            return self._asked_once(values, answer)
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block or connection.is_usable():
                raise
            connection.close()
            connection.ensure_connection()
            if restored.closes_pages(looks=False):
                raise  # what is there now was restored meanwhile: it is as if it were away
            return self._asked_once(values, answer)

    def _asked_once(self, values: dict[str, Any], answer: Callable[[Any], Answer]) -> Answer:
        with connection.cursor() as cursor:
            self.statement.execute(cursor, values)
            return answer(cursor)

    @property
    def statement(self) -> "_Compiled":
        plans = connection.vendor == "postgresql" and settings.DATABASE_POOLING != "transaction"
        made = _Planned if plans else _Compiled
        if made not in self._compiled:
            self._compiled[made] = self._made(made)
        return self._compiled[made]

    def _made(self, how: type["_Compiled"]) -> "_Compiled":
        return how(self._query())

    def _query(self) -> Query:
        return self._build().query.chain()


class PreparedWithRows(Prepared):
    """A query of at most one row, and with it the rows of another that are the row's: PostgreSQL is asked
    once, SQLite twice. Where the one finds nothing, nothing of the other leaves the database.

    `given`: Parameter of the other -> the column of the one that is its value."""

    def __init__(self, one: Prepared, rows: Prepared, given: dict[str, str]) -> None:
        super().__init__(one._build)
        self._one, self._rows, self._given = one, rows, given

    def ask(self, **values: Any) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        """The row, None without one, and the rows that are its own, as `.values()` gives each."""
        if connection.vendor == "postgresql":
            return self._asked(values, lambda cursor: self.statement.split(cursor.fetchall()))
        one = self._one.first(**values)
        if one is None:
            return None, []
        found = {name: one[column] for name, column in self._given.items()}
        return one, list(self._rows.rows(**values, **found))

    def _made(self, how: type["_Compiled"]) -> "_Compiled":
        return how(self._query(), beside=(_Compiled(self._rows._query()), self._given))


class PreparedUpdate(Prepared):
    """The same for `.update(…)`: `build` gives the rows, `values` are expressions with Parameters."""

    def __init__(self, build: Callable[[], QuerySet], **values: Expression) -> None:
        super().__init__(build)
        self._values = values

    def run(self, **values: Any) -> int:
        """Write; returns how many rows there were (one query)."""
        return self._asked(values, lambda cursor: cursor.rowcount)

    def _query(self) -> Query:
        query = super()._query().chain(UpdateQuery)
        query.add_update_values(self._values)  # type: ignore[attr-defined]
        return query


class _Compiled:
    """The SQL of a query, and how its columns become values."""

    def __init__(self, query: Query, beside: "JoinedRows | None" = None) -> None:
        self._compiler = query.get_compiler(connection=connection)
        self.sql, self.params = self._compiler.as_sql()
        self.names = list(query.selected or ())
        self._converters = self._compiler.get_converters(
            [column for column, *_ in self._compiler.select or ()]
        )
        if beside:
            self._join(*beside)

    def execute(self, cursor: Any, values: dict[str, Any]) -> None:
        params = [
            one.adapted(values[one.name]) if isinstance(one, Parameter) else one
            for one in self.params
        ]
        cursor.execute(self.sql, params)

    def dicts(self, rows: Any) -> Iterator[dict[str, Any]]:
        if self._converters:
            rows = self._compiler.apply_converters(rows, self._converters)
        return (dict(zip(self.names, row, strict=True)) for row in rows)

    def _join(self, rows: "_Compiled", given: dict[str, str]) -> None:
        """Ask for the rows of another beside each row of this one."""
        columns = {name: f"one_{place}" for place, name in enumerate(self.names)}
        theirs = [
            columns[given[one.name]] if _is_given(one, given) else "%s" for one in rows.params
        ]
        self.sql = (
            f"SELECT * FROM ({self.sql}) one ({', '.join(columns.values())}) "  # noqa: S608 # nosec B608 # Django's own SQL
            f"LEFT JOIN LATERAL ({rows.sql.replace('%%', '%%%%') % tuple(theirs)}) theirs ON TRUE"
        )
        self.params = (*self.params, *(one for one in rows.params if not _is_given(one, given)))
        self.theirs = rows

    def split(self, fetched: Any) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        """The one's row, and the rows beside it: there are none where all of them is NULL."""
        if not fetched:
            return None, []
        width = len(self.names)
        [one] = self.dicts([fetched[0][:width]])
        beside = (row[width:] for row in fetched)
        return one, list(self.theirs.dicts(row for row in beside if any(row)))


JoinedRows = tuple[_Compiled, dict[str, str]]


def _is_given(param: Any, given: dict[str, str]) -> bool:
    return isinstance(param, Parameter) and param.name in given


class _Planned(_Compiled):
    """The same as a statement that a connection to PostgreSQL has planned before."""

    def __init__(self, query: Query, beside: JoinedRows | None = None) -> None:
        super().__init__(query, beside)
        found = (one for one in self.params if isinstance(one, Parameter))
        self.parameters = list({one.name: one for one in found}.values())
        types = ", ".join(str(one.output_field.db_type(connection)) for one in self.parameters)
        self._planned = f"({types}) AS {self._filled()}"
        self._name = f"prepared_{sha256(self._planned.encode()).hexdigest()[:32]}"
        self.text = f"EXECUTE {self._name} ({', '.join(['%s'] * len(self.parameters))})"
        self._planned_on: WeakSet[Any] = WeakSet()

    def execute(self, cursor: Any, values: dict[str, Any]) -> None:
        if connection.connection not in self._planned_on:
            self._plan()
        cursor.execute(self.text, [one.adapted(values[one.name]) for one in self.parameters])

    def _filled(self) -> str:
        """The text with the constants in it, the parameters numbered."""
        places = {one.name: f"${place}" for place, one in enumerate(self.parameters, 1)}
        with connection.connection.cursor() as cursor:
            return self.sql % tuple(
                places[one.name]
                if isinstance(one, Parameter)
                else cursor.mogrify("%s", [one]).decode()
                for one in self.params
            )

    def _plan(self) -> None:
        """Tell this connection of the statement, where nobody who had it before has."""
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = %s", [self._name])
            if cursor.fetchone() is None:
                cursor.execute(f"PREPARE {self._name} {self._planned}")
        self._planned_on.add(connection.connection)
