"""Something that another process does while a page is made: between one of its queries and the next."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def after_query(number: int, act: Callable[[], Any]) -> Iterator[None]:
    """Within this block, `act` is done once that query has its answer. There must be so many."""
    seen = 0

    def watch(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        answer = execute(sql, params, many, context)
        seen += 1
        if seen == number:
            act()
        return answer

    with connection.execute_wrapper(watch):
        yield
    assert seen >= number
