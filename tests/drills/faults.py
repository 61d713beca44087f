"""The faults that a board meets, each with the alert that must tell it: how it comes, and how it is mended.

Each is a context: within it the fault is there. They take a `WatchedSite`, whatever machines it is made of.
"""

import datetime as dt
import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress

import psycopg2
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from centres.models import Candidate, Centre, Release, Series
from core import encrypted_files, orphans
from core.models import EncryptedFile, KeyFingerprint
from credentials.logins import secret
from credentials.models import LetterFile
from results import holds
from results.models import Hold
from tests.drills import sealed_faults
from tests.drills.watched_site import WatchedSite
from tests.tracked import ROOT

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
Fault = Callable[[WatchedSite], AbstractContextManager[None]]


def stopped(*names: str) -> Fault:
    """These parts are killed, and started again."""

    @contextmanager
    def fault(site: WatchedSite) -> Iterator[None]:
        for name in names:
            site.parts[name].stop()
        yield
        for name in names:
            site.parts[name].start()

    return fault


def restarted(name: str, **environment: Callable[[], str]) -> Fault:
    """This part has something else in its environment."""

    @contextmanager
    def fault(site: WatchedSite) -> Iterator[None]:
        site.parts[name].restart(**{key: value() for key, value in environment.items()})
        yield
        site.parts[name].restart()

    return fault


def letters(**facts: object) -> Fault:
    """A letter file is asked for, and this has become of it. No worker takes it: it is in no queue."""

    @contextmanager
    def fault(site: WatchedSite) -> Iterator[None]:
        centre, series = Centre.objects.latest("pk"), Series.objects.get()
        given = {name: of() if callable(of) else of for name, of in facts.items()}
        file = LetterFile.objects.create(centre=centre, series=series, asked_by="drill", **given)
        yield
        LetterFile.objects.filter(pk=file.pk).delete()

    return fault


def sql(break_: str, mend: str) -> Fault:
    @contextmanager
    def fault(site: WatchedSite) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute(break_)
        yield
        with connection.cursor() as cursor:
            cursor.execute(mend)

    return fault


def again_and_again(act: Callable[[WatchedSite], None], *, at_once: int, pause: float) -> Fault:
    """So many do it at once, each with a pause between."""

    @contextmanager
    def fault(site: WatchedSite) -> Iterator[None]:
        ended = threading.Event()

        def go_on() -> None:
            while not ended.wait(pause):
                act(site)

        threads = [threading.Thread(target=go_on, daemon=True) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        yield
        ended.set()
        for thread in threads:
            thread.join()

    return fault


def both(*faults: Fault) -> Fault:
    @contextmanager
    def fault(site: WatchedSite) -> Iterator[None]:
        with faults[0](site), faults[1](site):
            yield

    return fault


def another_pepper() -> str:
    return ",".join(f"{name}:{b64encode(os.urandom(32)).decode()}" for name in settings.PEPPER_KEYS)


@contextmanager
def connections_held(site: WatchedSite) -> Iterator[None]:
    held = [psycopg2.connect(server_url()) for _ in range(44)]
    yield
    for one in held:
        one.close()


@contextmanager
def refused(site: WatchedSite) -> Iterator[None]:
    """A web process with another key tries to start, and does not."""
    environment = os.environ | {"PEPPER_KEYS": another_pepper()}
    command = [sys.executable, "-c", "import portal.wsgi"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    if done.returncode == 0:
        raise RuntimeError("a web process starts with another key")
    yield
    KeyFingerprint.objects.update(refused_at=None)


@contextmanager
def clock_ahead(site: WatchedSite) -> Iterator[None]:
    ahead = "statement_timestamp() + interval '0.6 seconds'"
    words = "CREATE OR REPLACE FUNCTION gate_clock() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT {}'"
    with connection.cursor() as cursor:
        cursor.execute(words.format(ahead.replace("'", "''")))
    yield
    with connection.cursor() as cursor:
        cursor.execute(words.format("statement_timestamp()"))


def disk(share: float) -> Fault:
    """So much of the disk of DATA_DIR is in use."""

    @contextmanager
    def fault(site: WatchedSite) -> Iterator[None]:
        usage, file = shutil.disk_usage(settings.DATA_DIR), site.folder / "large"
        with file.open("wb") as large:
            os.posix_fallocate(large.fileno(), 0, int(usage.free - (1 - share) * usage.total))
        yield
        file.unlink()

    return fault


@contextmanager
def old_backup(site: WatchedSite) -> Iterator[None]:
    then = time.time() - 27 * 3600
    os.utime(site.stamp, (then, then))
    yield
    site.stamp.touch()


@contextmanager
def file_gone(site: WatchedSite) -> Iterator[None]:
    """A row's file is not there; the worker's hourly look is made at once."""
    row = EncryptedFile.objects.create(
        size=1, sha256="0" * 64, master_key_id="1", wrapped_key=b"1", whole_at=timezone.now()
    )
    orphans.put_in_order()
    yield
    EncryptedFile.objects.filter(pk=row.pk).delete()
    orphans.put_in_order()


@contextmanager
def orphan(site: WatchedSite) -> Iterator[None]:
    """A file that no row knows, of two days ago; the same look."""
    stored = site.folder / "stored"
    path = stored / encrypted_files.name_of(uuid.uuid4())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"made up")
    os.utime(path, (time.time() - 2 * 86_400,) * 2)
    orphans.put_in_order()
    yield
    shutil.rmtree(stored / ".quarantine")
    orphans.put_in_order()


@contextmanager
def storage_away(site: WatchedSite) -> Iterator[None]:
    """As when the disk of it is not mounted."""
    name = site.folder / "site-id"
    name.rename(site.folder / "not-mounted")
    yield
    (site.folder / "not-mounted").rename(name)


def released(at: dt.timedelta) -> Fault:
    """The board has changed when candidates see their results."""

    @contextmanager
    def fault(site: WatchedSite) -> Iterator[None]:
        before = dict(Release.objects.values_list("pk", "candidates_at"))
        Release.objects.update(candidates_at=timezone.now() + at)
        yield
        for pk, then in before.items():
            Release.objects.filter(pk=pk).update(candidates_at=then)

    return fault


@contextmanager
def held(site: WatchedSite) -> Iterator[None]:
    one = holds.place(Hold(reason="A drill", series=Series.objects.get()), by="board")
    yield
    holds.ask_to_let_go(one, by="board")
    holds.let_go(one, by="board.second")


@contextmanager
def renamed(site: WatchedSite) -> Iterator[None]:
    """A school has another name, which none of its letters prints."""
    centre = Candidate.objects.earliest("pk").centre
    Centre.objects.filter(pk=centre.pk).update(name="Another Name")
    yield
    Centre.objects.filter(pk=centre.pk).update(name=centre.name)


def guess_candidate(site: WatchedSite) -> None:
    login = secret.make()
    posted = {"username": login.grouped_username, "password": login.grouped_password}
    site.ask("/results/", timeout=10, **posted)


def guess_staff(username: Callable[[], str]) -> Callable[[WatchedSite], None]:
    def guess(site: WatchedSite) -> None:
        _, page, cookies = site.ask("/log-in/", timeout=10)
        found = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        posted = {"csrfmiddlewaretoken": found, "login": username(), "password": "a guess"}
        site.ask("/log-in/", cookies="; ".join(cookies), timeout=10, **posted)

    return guess


def lock_credentials(site: WatchedSite) -> None:
    """Somebody holds the table of logins for a second and a half."""
    with (
        suppress(psycopg2.Error),
        closing(psycopg2.connect(server_url())) as one,
        one.cursor() as cursor,
    ):
        cursor.execute("LOCK TABLE credentials_credentials IN ACCESS EXCLUSIVE MODE")
        time.sleep(1.5)


@contextmanager
def short_certificate(site: WatchedSite) -> Iterator[None]:
    for days in (10, 90):
        site.certify(days=days)
        site.parts["blackbox"].restart()
        site.parts["haproxy"].restart()
        if days == 10:
            yield


@contextmanager
def database_stopped(site: WatchedSite) -> Iterator[None]:
    connections.close_all()
    site.server.stop()
    yield
    site.server.start()


def server_url() -> str:
    given = connection.get_connection_params()
    return f"host={given['host']} dbname={given['dbname']} user={given['user']}"


RENAME = "ALTER TABLE {} RENAME TO {}"
LAST = "SELECT max(id) FROM django_migrations WHERE app = 'operations'"
SLOW = again_and_again(lock_credentials, at_once=1, pause=0.1)
FAULTS: list[tuple[str, str, Fault]] = [
    ("the worker is killed", "NoWorker", stopped("worker")),
    (
        "a job waits and no worker takes it",
        "QueueStuck",
        letters(
            asked_at=lambda: timezone.now() - 10 * MINUTE, heartbeat=lambda: timezone.now() + HOUR
        ),
    ),
    (
        "a job is on its last attempt",
        "JobOnLastAttempt",
        letters(attempts=9, due_at=lambda: timezone.now() + HOUR),
    ),
    (
        "a job was given up",
        "JobGivenUp",
        letters(attempts=10, state="failed", error="In vain.", heartbeat=timezone.now),
    ),
    ("the database has few connections left", "DatabaseConnections", connections_held),
    ("a machine has another key", "KeysDiffer", restarted("metrics2", PEPPER_KEYS=another_pepper)),
    ("the storage is not there", "KeysDiffer", storage_away),
    ("a process with another key is refused", "KeyRefused", refused),
    (
        "a machine’s code waits for a migration",
        "SchemaDiffers",
        sql(
            f"UPDATE django_migrations SET app = 'none' WHERE id = ({LAST})",
            "UPDATE django_migrations SET app = 'operations' WHERE app = 'none'",
        ),
    ),
    (
        "a machine lacks its static files",
        "StaticFilesDiffer",
        restarted("metrics2", STATIC_DIR=lambda: "/nonexistent"),
    ),
    ("the database’s clock is 0.6 s ahead", "ClocksDiffer", clock_ahead),
    ("the disk is nearly full", "DiskFilling", disk(0.9)),
    ("the disk is full", "DiskFull", disk(0.98)),
    ("no backup for 27 hours", "BackupOld", old_backup),
    ("a file is lost", "FilesMissing", file_gone),
    ("a file is known to no row", "QuarantineGrows", orphan),
    ("results are missing two days before the release", "ResultsMissing", released(2 * DAY)),
    ("a release comes while it is held", "ReleaseHeld", both(held, released(-HOUR))),
    (
        "letters are outdated five days before the release",
        "LettersOutdated",
        both(renamed, released(5 * DAY)),
    ),
    (
        "somebody guesses at candidates’ logins",
        "CandidateLoginsGuessed",
        again_and_again(guess_candidate, at_once=3, pause=0.2),
    ),
    (
        "somebody guesses at usernames of staff",
        "StaffLoginsGuessed",
        again_and_again(guess_staff(lambda: f"a.{uuid.uuid4().hex}"), at_once=3, pause=0.5),
    ),
    (
        "somebody guesses at one account of staff",
        "StaffLockedOut",
        again_and_again(guess_staff(lambda: "officer"), at_once=3, pause=0.1),
    ),
    (
        "pages of results fail",
        "ServerErrors",
        sql(RENAME.format("results_result", "gone"), RENAME.format("gone", "results_result")),
    ),
    ("the table of logins is locked again and again", "CandidateSiteSlow", SLOW),
    (
        "more candidates come than can be served",
        "CandidatesTurnedAway",
        both(SLOW, again_and_again(guess_candidate, at_once=20, pause=0.1)),
    ),
    ("a web machine dies", "MachineDown", stopped("web2")),
    ("both web machines die", "PoolDown", stopped("web1", "web2")),
    ("HAProxy dies", "SiteAway", stopped("haproxy")),
    ("the certificate expires in ten days", "CertificateExpires", short_certificate),
    ("the virus scanner dies", "VirusScannerAway", stopped("scanner")),
    ("a machine tells nothing", "MetricsAway", stopped("metrics2")),
    (
        "a series is still sealed two days before staff see it",
        "SeriesSealed",
        both(sealed_faults.sealed, released(2 * DAY)),
    ),
    (
        "a series is still sealed six hours before staff see it",
        "SeriesSealedSoon",
        both(sealed_faults.sealed, released(6 * HOUR)),
    ),
    (
        "somebody tries a passphrase that is wrong",
        "PassphraseWrong",
        sealed_faults.wrong_passphrase,
    ),
    ("a passphrase was not tried for 31 days", "PassphrasesNotTried", sealed_faults.not_tried),
    ("what keyholders opened cannot be loaded", "OpeningFailed", sealed_faults.opening_failed),
    (
        "the key of an opening stays as no worker runs",
        "OpeningKeyLeft",
        both(stopped("worker"), sealed_faults.key_left),
    ),
    ("the database is stopped", "DatabaseAway", database_stopped),
]
