"""The progress of a batch of letters, for everybody who may see it: derived from its letter files.

A centre that is no longer attached to the main centre is not shown any more, nor are its letters.
"""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.models import User
from centres.models import Centre, Series
from credentials.letters import tasks
from credentials.letters.counts import downloaded_at
from credentials.letters.eligibility import CannotCreate
from credentials.letters.letter_files import counted
from credentials.models import LetterBatch, LetterFile

State = LetterFile.State
UNDER_WAY = [State.QUEUED, State.RUNNING]


@dataclass(frozen=True)
class Progress:
    """A batch and its letter files: what failed first, then in order of the centres' numbers. Each with
    `downloaded_at`: when it was last downloaded as it is now, or None."""

    batch: LetterBatch
    files: list[LetterFile]

    @cached_property
    def done(self) -> int:
        return sum(file.done for file in self.files)

    @cached_property
    def total(self) -> int:
        return sum(file.total for file in self.files)

    @cached_property
    def under_way(self) -> int:
        return sum(file.under_way for file in self.files)

    @cached_property
    def ready(self) -> int:
        return sum(file.state == State.READY for file in self.files)

    @cached_property
    def failed(self) -> list[LetterFile]:
        return [file for file in self.files if file.state == State.FAILED]

    @cached_property
    def downloadable(self) -> list[LetterFile]:
        """Those with a login that works: of the others there is nothing to print."""
        return [file for file in self.files if file.downloadable and file.live]

    @cached_property
    def ended(self) -> int:
        """How many of the logins no longer work."""
        return sum(file.ended for file in self.files)

    @cached_property
    def outdated(self) -> int:
        return sum(file.outdated for file in self.files)

    @property
    def outdated_at(self) -> list[Centre]:
        return [file.centre for file in self.files if file.outdated]

    @property
    def may_be_taken(self) -> bool:
        """As a zip: when nothing is being made any more, and there is something to download."""
        return not self.under_way and bool(self.downloadable)


def progress_of(batch: LetterBatch) -> Progress:
    """How far a batch is (five queries, however many centres, and one for each file that names whose
    name cannot be printed)."""
    centres = Centre.objects.filter(main_link__main=batch.main_id)
    files = files_of(batch).annotate(downloaded_at=downloaded_at("pk", "finished_at"))
    found = counted(files, centres, batch.series)
    return Progress(batch, sorted(found, key=lambda file: file.state != State.FAILED))


def files_of(batch: LetterBatch) -> QuerySet[LetterFile]:
    """Its letter files, but for centres that have been detached since."""
    return (
        batch.files.filter(centre__main_link__main=batch.main_id)
        .select_related("centre", "series")
        .defer("chosen")
        .order_by("centre__number")
    )


def batches_of(main: Centre, series: Series) -> QuerySet[LetterBatch]:
    """Newest first, with how many `centres` and letters (`done` of `total`) there are, and how many
    of the files are `under_way` and `failed`."""
    attached = Q(files__centre__main_link__main=F("main"))
    return (
        LetterBatch.objects.filter(main=main, series=series)
        .annotate(
            centres=Count("files", filter=attached),
            done=Sum("files__done", filter=attached, default=0),
            total=Sum("files__total", filter=attached, default=0),
            under_way=Count("files", filter=attached & Q(files__state__in=UNDER_WAY)),
            failed=Count("files", filter=attached & Q(files__state=State.FAILED)),
        )
        .order_by("-asked_at")
    )


def retry_failed(*, batch: LetterBatch, by: User, only: UUID | None = None) -> list[str]:
    """Continue with the files that failed, or with one of them; what stands in the way of others."""
    failed = files_of(batch).filter(state=State.FAILED)
    if only:
        failed = failed.filter(pk=only)
    reasons = []
    for file in failed:
        try:
            tasks.retry(letter_file=file, by=by)
        except CannotCreate as error:
            reasons.append(f"{file.centre.number}: {error}")
    return reasons
