"""The letter files of a centre: the list, newest first, and the recorded download (rule 17)."""

from collections import Counter
from uuid import UUID

from centres import audit
from centres.models import Centre, Series, User
from credentials import vault
from credentials.heartbeat import no_worker
from credentials.letters import CannotPrint, make_pdf
from credentials.models import Credentials, LetterFile
from credentials.outdated import outdated_in


class NotToBeHad(Exception):
    """The file cannot be downloaded; the text says why and what to do."""


def letter_files_of(
    centre: Centre, series: Series, *, only: UUID | None = None
) -> list[LetterFile]:
    """Newest first, each with how many of its logins still work, and how many of the letters on
    those are outdated: `live` and `outdated`; and whether it is held up, as no worker is heard of:
    `held_up` (a constant number of queries)."""
    files = LetterFile.objects.filter(centre=centre, series=series).select_related(
        "centre", "series"
    )
    if only:
        files = files.filter(pk=only)
    live = Credentials.objects.live().filter(candidate__centre=centre, candidate__series=series)
    file_of = dict(live.values_list("candidate_id", "letter_file_id"))
    working = Counter(file_of.values())
    outdated = Counter(file_of[candidate] for candidate in outdated_in(centre, series))
    found = list(files.defer("chosen").order_by("-asked_at"))
    for file in found:
        file.live, file.outdated = working[file.pk], outdated[file.pk]
        file.held_up = file.under_way and no_worker()  # at most one is under way
    return found


def download(*, letter_file: LetterFile, by: User) -> bytes:
    """The PDF of the whole file; that it was taken, and by whom, is recorded before it is given.

    Raises NotToBeHad when the letters are not ready, were destroyed, or cannot be opened.
    """
    if not letter_file.downloadable:
        raise NotToBeHad(
            "There is nothing to download yet. This page says how far the letters are."
        )
    try:
        pdf = make_pdf(vault.letters_in(letter_file))
    except (vault.CannotOpen, CannotPrint) as error:
        raise NotToBeHad(str(error)) from None
    audit.record(
        "letters_downloaded",
        by=by,
        centre=letter_file.centre,
        series=letter_file.series,
        subject=f"Letter file {letter_file.pk}",
        new={"letters": letter_file.done},
    )
    return pdf
