"""How long a whole board takes to be back: its database lost, restored by pgBackRest to a point in time, and let go on.

Its rows are made by the database itself, from one candidate: nobody looks at them, but each has what a candidate of
a board has: two entries, two results, a login.
"""

import contextlib
import datetime as dt
import os
import subprocess
import sys
import time

from django.conf import settings
from django.db import connection, transaction
from django.db.models import AutoField, Model
from django.utils import timezone

from centres.models import Candidate, Centre, Entry
from core import restored, site_identity
from credentials.models import Credentials
from results.models import Result
from tests.builders import World, make_login
from tests.pgbackrest import Archived

OF_A_CENTRE = 200
AT_MOST = 15 * 60  # seconds


def run(*, times: int, seed: int, archived: Archived) -> dict:
    """`times`: how many candidates."""
    with transaction.atomic():
        site_identity.begin()
        restored.note_first()
    began = time.monotonic()
    make_board(times)
    print(f"{Candidate.objects.count()} candidates made in {_since(began)} s", flush=True)
    began = time.monotonic()
    archived.pgbackrest("--type=full", "backup")
    backup = _since(began)
    login = make_login(Candidate.objects.latest("pk"))[2]
    at = timezone.now()
    time.sleep(1)
    Candidate.objects.latest("pk").save()  # something comes after the point
    archived.archive_all(archived.folder / "socket")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        [size] = cursor.fetchone()
    found = _restore(archived, at + dt.timedelta(seconds=0.5), str(login.pk))
    return {
        "candidates": Candidate.objects.count(),
        "database_gib": round(size / 1024**3, 2),
        "backup_seconds": backup,
        **found,
        "violations": [] if found["seconds"] <= AT_MOST else ["It took more than 15 minutes."],
    }


def make_board(candidates: int) -> None:
    world = World()
    world.open_all()
    make_login(world.candidate)
    first, entry = world.candidate, world.candidate.entries.first()
    Result.objects.get_or_create(entry=entry, defaults={"grade": "B"})
    made = {"number": "lpad((20000 + n)::text, 5, '0')"}
    _multiply(Centre, world.main.pk, f"generate_series(1, {candidates // OF_A_CENTRE}) n", made)
    known = {
        "centre_id": "c.id",
        "number": "lpad(n::text, 4, '0')",
        "name": "'BLOGGS: ' || n",
        "uci": "'made'",
    }
    others = "(SELECT id FROM centres_centre WHERE number >= '20001' AND number <= '99999') c"
    _multiply(
        Candidate, first.pk, f"{others} CROSS JOIN generate_series(1, {OF_A_CENTRE}) n", known
    )
    new = f"(SELECT id FROM centres_candidate WHERE id > {first.pk} AND uci = 'made') c"
    _multiply(Entry, entry.pk, new, {"candidate_id": "c.id"})
    entries = f"(SELECT e.id FROM centres_entry e JOIN {new} ON c.id = e.candidate_id) c"
    _multiply(Result, entry.result.pk, entries, {"entry_id": "c.id"})
    digest = "decode(md5(random()::text) || md5(random()::text), 'hex')"
    login = {"candidate_id": "c.id", "id": "gen_random_uuid()", "digest": digest}
    _multiply(Credentials, Credentials.objects.get().pk, new, login)


def _multiply(model: type[Model], pk: object, by: str, new: dict[str, str]) -> None:
    """A row like this one for each of `by`, with what is `new`, in SQL."""
    table = model._meta.db_table
    columns = [one.column for one in model._meta.concrete_fields if not isinstance(one, AutoField)]
    values = ", ".join(new.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} t CROSS JOIN {by} WHERE t.id = %s",
            [pk],
        )


def _restore(archived: Archived, at: dt.datetime, login: str) -> dict:
    began = time.monotonic()
    name = connection.settings_dict["NAME"]
    with archived.restored(at.isoformat(sep=" "), name) as url, contextlib.chdir(settings.BASE_DIR):
        database = _since(began)
        environment = os.environ | {"DATABASE_URL": url}
        for words in (["check"], ["restored", "--go-on", "--by", "board"]):
            subprocess.run(
                [sys.executable, "manage.py", *words],
                env=environment,
                check=True,
                stdout=sys.stderr,
            )
        seconds = _since(began)
        there = (
            "from credentials.models import Credentials as C; from centres.models import Candidate as D; "
            f"print(D.objects.count(), C.objects.filter(pk='{login}').count())"
        )
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", there]
        said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    counts = [int(one) for one in said.stdout.split()]
    assert counts == [Candidate.objects.count(), 1], counts
    return {"database_seconds": database, "seconds": seconds}


def _since(began: float) -> float:
    return round(time.monotonic() - began, 1)
