"""The letter files of a centre, newest first: how many letters still hold, and who took them (rule 17)."""

from collections import Counter, defaultdict
from uuid import UUID

from centres.models import AuditEvent, Centre, Series
from centres.worker import no_worker
from credentials.models import Credentials, LetterFile
from credentials.outdated import outdated_in
from credentials.unprintable import recorded


def letter_files_of(
    centre: Centre, series: Series, *, only: UUID | None = None
) -> list[LetterFile]:
    """Newest first, each with how many of its logins still work, and how many of the letters on
    those are outdated: `live` and `outdated`; whether it is held up, as no worker is heard of:
    `held_up`; its downloads, newest first: `downloads`; and who is named on it as `not_printed` (a
    constant number of queries, and one for each file that names somebody).

    The files are read before the logins. The other way round, a file that becomes ready in between
    would be said to hold none that works."""
    files = LetterFile.objects.filter(centre=centre, series=series).select_related(
        "centre", "series"
    )
    if only:
        files = files.filter(pk=only)
    found = list(files.defer("chosen").order_by("-asked_at"))
    live = Credentials.objects.live().filter(candidate__centre=centre, candidate__series=series)
    file_of = dict(live.values_list("candidate_id", "letter_file_id"))
    working = Counter(file_of.values())
    outdated = Counter(file_of.get(candidate) for candidate in outdated_in(centre, series))
    downloads = _downloads(centre, found)
    for file in found:
        file.live, file.outdated = working[file.pk], outdated[file.pk]
        file.held_up = file.under_way and no_worker(LetterFile)  # at most one is under way
        file.downloads = downloads[subject_of(file)]
        file.not_printed = recorded(file.unprintable)
    return found


def _downloads(centre: Centre, files: list[LetterFile]) -> dict[str, list[AuditEvent]]:
    """Subject -> the downloads of the whole file, newest first (one query, by the index of the
    centre: the trail of the whole service is long)."""
    found: dict[str, list[AuditEvent]] = defaultdict(list)
    events = AuditEvent.objects.filter(
        action="letters_downloaded",
        centre=centre.number,
        subject__in=[subject_of(file) for file in files],
    )
    for event in events.order_by("-at", "-pk"):
        found[event.subject].append(event)
    return found


def subject_of(file: LetterFile) -> str:
    """The file, as the audit trail names it."""
    return f"Letter file {file.pk}"
