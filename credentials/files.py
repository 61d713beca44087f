"""The letter files of a centre: the list, newest first, and the recorded download (rule 17)."""

from django.db.models import Count, Q

from centres import audit
from centres.models import Centre, Series, User
from credentials import vault
from credentials.models import LetterFile


class NotToBeHad(Exception):
    """The file cannot be downloaded; the text says why and what to do."""


def letter_files_of(centre: Centre, series: Series) -> list[LetterFile]:
    """Newest first, each with `current`: how many of its logins still live (one query)."""
    return list(
        LetterFile.objects.filter(centre=centre, series=series)
        .defer("chosen", "wrapped_key")
        .annotate(current=Count("credentials", filter=Q(credentials__revoked_at=None)))
        .order_by("-asked_at")
    )


def download(*, letter_file: LetterFile, by: User) -> bytes:
    """The PDF of the whole file; that it was taken, and by whom, is recorded before it is given.

    Raises NotToBeHad when the letters are not ready, were destroyed, or cannot be opened.
    """
    if not letter_file.downloadable:
        raise NotToBeHad(
            "There is nothing to download yet. This page says how far the letters are."
        )
    try:
        pdf = vault.letter_file_pdf(letter_file)
    except vault.CannotOpen as error:
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
