"""Letter files with how many of their letters still hold, and who downloaded them (rule 17)."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from centres.models import Centre, Series
from centres.unprintable import recorded
from core.worker import no_worker
from credentials.letters.outdated import outdated_in_files
from credentials.models import Credentials, LetterDownload, LetterFile

MOST_NAMED = 80  # candidates in an address, and in the field that asks for single letters


def letter_files_of(
    centre: Centre, series: Series, *, only: UUID | None = None
) -> list[LetterFile]:
    """The letter files of a centre, newest first, as `counted` gives them. Each also has `held_up`, whether
    it waits without a live worker, and `whole_downloads`, the downloads of all of it, newest first."""
    whole = Prefetch("downloads", LetterDownload.objects.filter(whole=True), "whole_downloads")
    files = LetterFile.objects.filter(centre=centre, series=series)
    if only:
        files = files.filter(pk=only)
    files = files.select_related("centre", "series").prefetch_related(whole)
    found = counted(
        files.defer("chosen").order_by("-asked_at"), Centre.objects.filter(pk=centre.pk), series
    )
    for file in found:
        file.held_up = file.under_way and no_worker(LetterFile)  # at most one is under way
    return found


def files_of_letters(files: list[LetterFile], numbers: Collection[str]) -> list[LetterFile]:
    """Those of the files that hold letters of these candidates whose login works, each with its `part`: the end of
    an address that asks for their letters alone, or nothing where these are all, or too many to name; then `beside`
    are those of others, which come with them."""
    live = Credentials.objects.live().filter(letter_file__in=[one.pk for one in files])
    rows = live.filter(candidate__number__in=numbers).order_by("candidate__number")
    wanted: dict[UUID, list[str]] = defaultdict(list)
    for pk, number in rows.values_list("letter_file", "candidate__number"):
        wanted[pk].append(number)
    for file in files:
        file.beside = file.live - len(wanted[file.pk])
        if file.beside and len(wanted[file.pk]) <= MOST_NAMED:
            file.part, file.beside = f"?candidate={','.join(wanted[file.pk])}", 0
    return [file for file in files if wanted[file.pk]]


def counted(
    files: QuerySet[LetterFile], centres: QuerySet[Centre], series: Series
) -> list[LetterFile]:
    """Files of these centres in a series, each with how many of its logins still work, and how many of the
    letters on those are outdated: `live` and `outdated`; and who is named on it as `not_printed` (a
    constant number of queries, and one for each file that names somebody).

    The files are read before the logins. The other way round, a file that becomes ready in between
    would be said to hold none that works."""
    found = list(files)
    live = Credentials.objects.live().filter(letter_file__in=[file.pk for file in found]).order_by()
    working = dict(live.values_list("letter_file").annotate(Count("pk")))
    outdated = outdated_in_files(centres, series)
    for file in found:
        file.live = working.get(file.pk, 0)
        file.outdated = min(outdated[file.pk], file.live)  # none that was made since
        file.not_printed = recorded(file.unprintable)
    return found
