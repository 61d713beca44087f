"""The letter files of a centre: the list, newest first, and the recorded download (rule 17)."""

from django.db import transaction
from django.db.models import Count, Q

from centres import audit
from centres.models import Centre, Series, User
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
