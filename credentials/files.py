"""The letter files of a centre, newest first: how many letters still hold, and who took them (rule 17)."""

from collections import Counter
from uuid import UUID

from django.db.models import Prefetch

from centres.models import Centre, Series
from centres.worker import no_worker
from credentials.models import Credentials, LetterDownload, LetterFile
from credentials.outdated import outdated_in
from credentials.unprintable import recorded


def letter_files_of(
    centre: Centre, series: Series, *, only: UUID | None = None
) -> list[LetterFile]:
    """Newest first, each with how many of its logins still work, and how many of the letters on
    those are outdated: `live` and `outdated`; whether it is held up, as no worker is heard of:
    `held_up`; who downloaded all of it, newest first: `whole_downloads`; and who is named on it as
    `not_printed` (a constant number of queries, and one for each file that names somebody).

    The files are read before the logins. The other way round, a file that becomes ready in between
    would be said to hold none that works."""
    whole = Prefetch("downloads", LetterDownload.objects.filter(whole=True), "whole_downloads")
    files = LetterFile.objects.filter(centre=centre, series=series)
    files = files.select_related("centre", "series").prefetch_related(whole)
    if only:
        files = files.filter(pk=only)
    found = list(files.defer("chosen").order_by("-asked_at"))
    live = Credentials.objects.live().filter(candidate__centre=centre, candidate__series=series)
    file_of = dict(live.values_list("candidate_id", "letter_file_id"))
    working = Counter(file_of.values())
    outdated = Counter(file_of.get(candidate) for candidate in outdated_in(centre, series))
    for file in found:
        file.live, file.outdated = working[file.pk], outdated[file.pk]
        file.held_up = file.under_way and no_worker(LetterFile)  # at most one is under way
        file.not_printed = recorded(file.unprintable)
    return found
