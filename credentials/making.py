"""Make the letters of a letter file in the background, part after part (rules 15 and 17).

A worker takes a file that waits, and nobody else does. Killed at any point, it leaves a file that
has not been heard of for a while (`credentials.heartbeat`): that is queued again, and goes on with
those still without letters (`credentials.parts` says why that is safe). The task's one argument is
the file's id.
"""

import datetime as dt
import logging
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from centres import audit
from centres.models import User
from centres.on_disk import DISK_FULL
from centres.work import AWAY
from credentials import parts, secret, vault
from credentials.heartbeat import in_hand, silent
from credentials.letters import CannotPrint
from credentials.models import Credentials, LetterFile
from credentials.obstacles import UNDER_WAY, CannotCreate, obstacle
from credentials.secret import Secret

NO_ROOM = (
    "There is no room left where letters are stored. Tell the awarding body; when there is room "
    "again, try again."
)
NO_STORAGE = (
    "The place where letters are stored cannot be reached. Tell the awarding body; when it is back, "
    "try again."
)
FIRST = 50  # in the queue, whose ordinary tasks have 0: what was begun is finished first
State = LetterFile.State

logger = logging.getLogger(__name__)


def start_when_committed(letter_file: LetterFile) -> None:
    """Hand the file to a worker as soon as its row is there to be read."""
    transaction.on_commit(partial(make_letters.enqueue, str(letter_file.pk)))


@task()
def make_letters(letter_file_id: str) -> None:
    """The background task."""
    run(letter_file_id)


def run(letter_file_id: str, *, make_secret: Callable[[], Secret] = secret.make) -> None:
    """Make the letters of a file that waits. One that a worker has taken is left alone.

    `make_secret` makes each login; only a demo, in which nobody exists, has reason to watch it.
    """
    if _take(letter_file_id):
        with in_hand(letter_file_id):
            _make(letter_file_id, make_secret)


def _make(letter_file_id: str, make_secret: Callable[[], Secret]) -> None:
    letter_file = LetterFile.objects.select_related("centre", "series").get(pk=letter_file_id)
    try:
        data_key = vault.unwrap(letter_file)
        while parts.make_next(letter_file, data_key, make_secret=make_secret):
            pass
        _finish(letter_file)
    except (parts.CannotMake, CannotPrint, vault.CannotOpen) as error:
        _fail(letter_file, str(error))
    except AWAY:
        raise  # whoever comes back to this file goes on with it
    except OSError as error:
        _report(letter_file, error)
        _fail(letter_file, NO_ROOM if error.errno in DISK_FULL else NO_STORAGE)
    except Exception as error:
        _report(letter_file, error)
        _fail(letter_file, "Something went wrong that should not. Tell the awarding body.")


def retry(*, letter_file: LetterFile, by: User, at: dt.datetime | None = None) -> None:
    """Go on with a file that failed; the letters that it has are kept, and who has a newer one from
    another file is left out. Raises CannotCreate."""
    if reason := obstacle(letter_file.centre, letter_file.series, at=at):
        raise CannotCreate(reason)
    newer = _have_newer(letter_file)
    wanted = [pk for pk in letter_file.chosen if pk not in newer]
    if newer and len(wanted) == letter_file.done:
        raise CannotCreate("Newer letters were made for all of these candidates in the meantime.")
    failed = LetterFile.objects.filter(pk=letter_file.pk, state=State.FAILED)
    again = {"chosen": wanted, "total": len(wanted), "error": "", "heartbeat": timezone.now()}
    try:
        with transaction.atomic():
            if not failed.update(state=State.WAITING, **again):
                raise CannotCreate("Only letters that could not be made can be tried again.")
            new = {"tried again": True, "letters": len(wanted) - letter_file.done}
            _record("credentials_requested", letter_file, by=by.username, new=new)
            start_when_committed(letter_file)
    except IntegrityError:  # another file was asked for at the same moment
        raise CannotCreate(UNDER_WAY) from None


def _have_newer(letter_file: LetterFile) -> set[int]:
    """Who waits in vain for a letter of this file and has one that was asked for later."""
    later = Credentials.objects.live().filter(
        candidate__centre=letter_file.centre,
        candidate__series=letter_file.series,
        letter_file__asked_at__gt=letter_file.asked_at,
    )
    return set(later.values_list("candidate_id", flat=True)) & set(
        parts.still_without(letter_file.pk)
    )


def resume_stale(at: dt.datetime | None = None) -> int:
    """Queue again the files that no worker has been heard of for a while; how many (once each)."""
    at = at or timezone.now()
    left = silent(at).exclude(pk__in=_queued(), state=State.WAITING)
    resumed = 0
    for pk in list(left.values_list("pk", flat=True)):
        with transaction.atomic():
            if silent(at).filter(pk=pk).update(state=State.WAITING, heartbeat=at):
                make_letters.using(priority=FIRST).enqueue(str(pk))
                resumed += 1
    return resumed


def _queued() -> list[str]:
    """The files that stand in the queue: no worker has been free for them yet."""
    ready = DBTaskResult.objects.ready().filter(task_path=make_letters.module_path)
    return [task["args"][0] for task in ready.values_list("args_kwargs", flat=True)]


def _take(letter_file_id: str) -> bool:
    waiting = LetterFile.objects.filter(pk=letter_file_id, state=State.WAITING)
    return bool(waiting.update(state=State.RUNNING, heartbeat=timezone.now()))


def _finish(letter_file: LetterFile) -> None:
    """Ready, when every candidate has a letter; not when another worker has taken the file over."""
    with transaction.atomic():
        file = LetterFile.objects.select_for_update().get(pk=letter_file.pk)
        if file.state != State.RUNNING or file.done < file.total:
            return
        if not file.total:
            raise parts.CannotMake("None of the chosen candidates has access any more.")
        if vault.has_lost_a_part(letter_file):
            raise FileNotFoundError("a part of this letter file is not in the storage")
        vault.remove_strays(letter_file)  # before it is ready, as nobody comes back to it then
        file.state, file.finished_at = State.READY, timezone.now()
        file.save(update_fields=["state", "finished_at"])
        new = {"letters": file.done}
        _record("credentials_created", letter_file, by=file.asked_by, new=new)


def _fail(letter_file: LetterFile, sentence: str) -> None:
    """The letters that it has are kept; what was half written is removed, if that can be done."""
    running = LetterFile.objects.filter(pk=letter_file.pk, state=State.RUNNING)
    with transaction.atomic():
        if running.update(state=State.FAILED, error=sentence):
            new = {"error": sentence}
            _record("letters_failed", letter_file, by=letter_file.asked_by, new=new)
            with suppress(OSError):
                vault.remove_strays(letter_file)


def _record(action: str, letter_file: LetterFile, *, by: str, new: dict) -> None:
    audit.record(
        action,
        by=by,
        centre=letter_file.centre,
        series=letter_file.series,
        subject=f"Letter file {letter_file.pk}",
        new=new,
    )


def _report(letter_file: LetterFile, error: Exception) -> None:
    """Log where it happened, without the error's own text: it may hold what no log should."""
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("Letter file %s: %s\n%s", letter_file.pk, type(error).__name__, where)
