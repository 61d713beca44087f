"""Where the drill for sealed results looks, and what it plants there, to see that it would be seen."""

import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.db import connection

from core import encrypted_files
from tests.bench.processes import running
from tests.drills.looking import Looking, pieces_of, processes_of, wal_of
from tests.drills.outcomes import Cohort
from tests.drills.thief import boxes_in, opened_by_the_site
from tests.postgres import Server

PATIENCE = 60  # seconds until what was written is archived
KEEPS = "import sys, time; kept = sys.stdin.read().split(','); print(len(kept), flush=True); time.sleep(10**6)"

FILES, DUMP, WAL, LOG = "the database's files", "the dump", "the WAL", "the database's log"
SITE, TEMPORARY, STORED = "the site's folder", "temporary files", "what the site's keys open"
MEMORY = "the memory of "
Planted = dict[str, set[int]]
"""Place -> the rows whose outcomes were planted there."""


class Places:
    """`folder`: the drill's own, with logs and temporary files of the site. `dump`: where one is put."""

    def __init__(self, server: Server, folder: Path, dump: Path) -> None:
        self.server, self.folder, self.dump = server, folder, dump
        self.data = server.log.parent / "data"

    def look(self, scanner: Looking) -> None:
        """Through all of them."""
        self._settle()
        scanner.look_at_files(FILES, self.data)
        scanner.look(WAL, wal_of(self.data.with_name("archive")))
        for place, path in ((LOG, self.server.log), (DUMP, self.dump)):
            with path.open("rb") as file:
                scanner.look(place, pieces_of(file))
        scanner.look_at_files(SITE, settings.DATA_DIR)
        scanner.look_at_files(TEMPORARY, self.folder / "tmp")
        for _, content in opened_by_the_site():
            scanner.look(STORED, content)
        self._look_at_memory(scanner)

    def boxes(self) -> set[bytes]:
        """All that may be a box, in the dump and the log."""
        with self.dump.open("rb") as dump, self.server.log.open("rb") as log:
            return set(boxes_in(chain(dump, log)))

    def _settle(self) -> None:
        """All is on the disk, archived and dumped."""
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute("SELECT pg_walfile_name(pg_switch_wal())")
            [last] = cursor.fetchone()
        end = time.monotonic() + PATIENCE
        while not (self.data.with_name("archive") / last).exists():
            if time.monotonic() > end:
                raise RuntimeError(f"{last} was not archived")
            time.sleep(0.1)
        program = Path(self.server.command[0]).with_name("pg_dump")
        command = [program, f"--file={self.dump}", os.environ["DATABASE_URL"]]
        subprocess.run(command, check=True)

    def web(self) -> set[int]:
        """The processes of the site."""
        return {pid for pid, name in _processes() if "gunicorn" in name}

    def _look_at_memory(self, scanner: Looking) -> None:
        """Of every process below this one: the site, the worker, PostgreSQL."""
        shared = True
        for pid, name in _processes():
            of_database = "postgres" in name
            what = "PostgreSQL" if of_database else f"a process, {_short(name)}"
            # What the processes of PostgreSQL share is looked at once.
            scanner.look_at_memory(MEMORY + what, pid, shared=shared or not of_database)
            shared = shared and not of_database

    @contextmanager
    def planted(self, cohort: Cohort, dice: random.Random, *, each: int) -> Iterator[Planted]:
        """So many outcomes in each place, each in another form."""
        many = min(each, cohort.rows // 6)
        rows = iter(dice.sample(range(cohort.rows), 6 * many))
        table, log, wal, kept, left, memory = ([next(rows) for _ in range(many)] for _ in range(6))
        self._into_the_database(cohort, table, log, wal)
        stored = encrypted_files.keep([_lines(cohort, kept).encode()])
        whole = self.folder / "tmp" / "upload.csv.gz"
        whole.write_bytes(gzip.compress(_lines(cohort, left[::2]).encode()))
        other = {cohort.first_entry + row: cohort.scale.grade(row) for row in left[1::2]}
        (self.folder / "tmp" / "left.json").write_text(json.dumps(other), encoding="utf-16")
        command = [sys.executable, "-c", KEEPS]
        with running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            process.stdin.write(",".join(cohort.scale.written(row) for row in memory))  # type: ignore[union-attr]
            process.stdin.close()  # type: ignore[union-attr]
            process.stdout.readline()  # type: ignore[union-attr]
            yield {
                FILES: {*table}, DUMP: {*table}, LOG: {*log}, WAL: {*wal}, STORED: {*kept}, TEMPORARY: {*left},
                MEMORY + f"a process, {_short(' '.join(command))}": {*memory},
            }  # fmt: skip
        encrypted_files.drop(stored)

    def _into_the_database(self, cohort: Cohort, table: list, log: list, wal: list) -> None:
        """Into a table, a line of the log, and a record of the WAL alone."""
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE planted (entry_id bigint, grade varchar(10))")
            for row in log:
                candidate = cohort.candidate_of(row)
                said = f"{cohort.who(candidate)}: {cohort.scale.grade(row)}"
                cursor.execute("SELECT %s", [said])
            cursor.execute("SET log_statement = none")
            values = [(cohort.first_entry + row, cohort.scale.grade(row)) for row in table]
            cursor.execute("INSERT INTO planted VALUES " + ", ".join(map(str, values)))
            for row in wal:
                said = (
                    f"{cohort.first_candidate + cohort.candidate_of(row)} {cohort.scale.grade(row)}"
                )
                cursor.execute("SELECT pg_logical_emit_message(false, 'planted', %s)", [said])
            cursor.execute("RESET log_statement")


def _processes() -> Iterator[tuple[int, str]]:
    """Those below this one, and their commands."""
    for pid in processes_of(os.getpid())[1:]:
        with suppress(OSError):  # it has ended meanwhile
            if name := Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode():
                yield pid, name


def _lines(cohort: Cohort, rows: Iterable[int]) -> str:
    said = ((cohort.who(cohort.candidate_of(row)), cohort.scale.written(row)) for row in rows)
    return "".join(f"{who},{grade}\n" for who, grade in said)


def _short(command: str) -> str:
    """What a process is called, without its path."""
    words = command.split()
    return " ".join(word.rpartition("/")[2] for word in words[:4])[:60]
