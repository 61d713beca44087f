"""Load files in tests: what a load says at its end, and which faults it names."""

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from centres.models import (
    AuditEvent,
    Candidate,
    Centre,
    Entry,
    Membership,
    Release,
    Series,
    SubcentreLink,
    Syllabus,
)
from results.models import Result, ResultChange

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
KINDS = ("centres", "syllabuses", "series", "staff", "entries", "results")
LOADED = (
    Centre,
    SubcentreLink,
    Syllabus,
    Series,
    Release,
    User,
    Membership,
    Candidate,
    Entry,
    Result,
    ResultChange,
)


def contents() -> dict[str, list]:
    """All that loads write, the audit trail included."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (*LOADED, AuditEvent)
    }


def load(kind: str, content: str | bytes | Path, **options) -> str:
    """Load it, and return what stands on stdout."""
    out, errors = StringIO(), StringIO()
    with _file(content) as path:
        call_command("load", kind, path, stdout=out, stderr=errors, **options)
    assert errors.getvalue() == ""
    return out.getvalue().strip()


def faults(kind: str, content: str | bytes | Path, **options) -> list[str]:
    """Load it, see it refused with nothing changed, and return every bad row as `line N, column: reason`."""
    return _refused(kind, content, **options)[0]


def told(kind: str, content: str | bytes | Path, **options) -> list[str]:
    """The same, and return what the command tells on stderr: a line for each column and pattern."""
    return _refused(kind, content, **options)[1]


def _refused(kind: str, content: str | bytes | Path, **options) -> tuple[list[str], list[str]]:
    before = contents()
    out, errors = StringIO(), StringIO()
    with (
        _file(content) as path,
        tempfile.TemporaryDirectory() as folder,
        pytest.raises(CommandError, match="Nothing was changed") as refused,
    ):
        bad_rows = Path(folder, "bad.csv")
        try:
            call_command(
                "load", kind, path, stdout=out, stderr=errors, bad_rows=str(bad_rows), **options
            )
        finally:
            rows = csv.DictReader(bad_rows.read_text(encoding="utf-8-sig").splitlines())
            every = [f"{row['place']}, {row['column']}: {row['reason']}" for row in rows]
    assert refused.value.returncode == 1
    assert contents() == before
    assert out.getvalue() == ""
    return every, errors.getvalue().splitlines()


def load_sample(*kinds: str) -> None:
    for kind in kinds or KINDS:
        load(kind, SAMPLE / f"{kind}.csv")


@contextmanager
def _file(content: str | bytes | Path) -> Iterator[str]:
    if isinstance(content, Path):
        yield str(content)
        return
    with tempfile.NamedTemporaryFile(prefix="load-") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        yield file.name
