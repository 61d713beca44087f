"""What waits for a second person of the board, so that four eyes can be tried in a demo (rule 26): each of the
two operators has begun some of it, and the other finishes it."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from board import accounts, corrections, releases
from board.models import ProposedAccess, ProposedCorrection, ProposedRelease
from centres.models import Centre, Release, Series
from core import encrypted_files, jobs
from core.dates import board_clock
from core.jobs import State
from demo.fill import BOARD, IGCSE, ORDINARY, Around
from loading import workflow
from loading.models import LoadedFile
from results import holds
from results.models import Hold, Result

DAY = dt.timedelta(days=1)


def begin(around: Around) -> None:
    """A release, a hold to be let go, a file of series, a correction, an account."""
    first, second = (User.objects.get(username=username) for username, _ in BOARD)
    _release(around.coming, first)
    _hold(around.coming, first)
    _file(around.later, first)
    _correction(around.released, second)
    accounts.propose(
        ProposedAccess(
            username="board.3",
            act=ProposedAccess.Act.OPERATOR,
            name="Third board operator",
            email="board.3@example.org",
            reason="Made up: three operators are better than two.",
        ),
        by=second,
    )


def _release(series: Series, by: User) -> None:
    release = Release.objects.get(series=series, qualification__name=IGCSE)
    releases.propose(
        ProposedRelease(
            series=series,
            qualification=release.qualification,
            candidates_at=release.candidates_at + DAY,
            staff_at=release.candidates_at,
            reason="Made up: a day later for candidates.",
        ),
        by=by,
    )


def _hold(series: Series, by: User) -> None:
    centre = Centre.objects.get(number=ORDINARY)
    hold = Hold(series=series, centre=centre, reason="Made up: an inquiry at the centre.")
    holds.place(hold, by=by)
    holds.ask_to_let_go(hold, by=by)


def _file(series: Series, by: User) -> None:
    """Checked already; it sets a release an hour later, so another person applies it."""
    release = Release.objects.get(series=series, qualification__name=IGCSE)
    later = (release.candidates_at + dt.timedelta(hours=1)).astimezone(board_clock().zone)
    text = (
        "series,credentials_from,qualification,release_at\n"
        f"{series},{series.credentials_from},{IGCSE},{later.isoformat()}\n"
    )
    load = LoadedFile.objects.create(
        name="made-up series.csv",
        asked_by=by.username,
        file=encrypted_files.keep([text.encode()]),
        state=State.READY,
    )
    workflow.give(load, kind=LoadedFile.SERIES, reason="", by=by)
    jobs.run(LoadedFile._meta.label, str(load.pk))


def _correction(series: Series, by: User) -> None:
    """Of a result that staff see already."""
    released = Release.objects.filter(series=series, candidates_at__lt=timezone.now())
    result = (
        Result.objects.filter(
            entry__candidate__series=series,
            entry__syllabus__qualification__in=released.values("qualification"),
            entry__candidate__centre__number=ORDINARY,
        )
        .exclude(grade="B")
        .order_by("pk")[0]
    )
    corrections.propose(
        ProposedCorrection(result=result, grade="B", reason="Made up: a review of marking."), by=by
    )
