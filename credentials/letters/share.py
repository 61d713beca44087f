"""Letters are shared with an Associate Centre in File Exchange, in one step (rules 13 and 17).

It is a download, and recorded as one: what is shared is the PDF as it is wanted this time. It is not kept
there for longer than the letter file itself may be. Whoever downloads it there needs the right to letters.
"""

from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres.access import ActingFor
from core.dates import in_file_name
from core.pdf.layout import CannotPrint
from credentials.letters.downloads import CannotDownload, Choice, download
from credentials.letters.retention import kept_until
from credentials.models import LetterFile
from exchange.access import Exchange, exchange_for
from exchange.models import Kind, Version
from exchange.quota import quota_of
from exchange.versions import share_file


def share_letters(
    *,
    letter_file: LetterFile,
    exchange: Exchange,
    by: User,
    choice: Choice,
) -> Version:
    """Raises CannotDownload as `download` does, and CannotUpload; then nothing is recorded."""
    try:
        with transaction.atomic():
            pdf = download(letter_file=letter_file, by=by, choice=replace(choice, each=False))
            return share_file(
                exchange=exchange,
                by=by,
                name=f"{name_of(letter_file)}.pdf",
                chunks=pdf,
                kind=Kind.LETTERS,
                series=letter_file.series,
                kept_until=kept_until(letter_file) or timezone.now() + settings.LETTER_RETENTION,
            )
    except CannotPrint as error:
        raise CannotDownload(str(error)) from None


def may_share(acting: ActingFor) -> bool:
    """Whether this person, for an Associate Centre, may put a file there, if it has room."""
    if not acting.acts_for_associate:
        return False
    return exchange_for(acting.user, acting.centre.number, acting.home.number).may_upload


def has_room(acting: ActingFor) -> bool:
    """Whether any room is left there; whether it is enough, is known when the letters are laid out."""
    return quota_of(acting.centre).free > 0


def name_of(letter_file: LetterFile) -> str:
    """What a file of these letters is called, without its extension."""
    asked_at = in_file_name(letter_file.asked_at, letter_file.centre)
    return f"letters-{letter_file.series.slug}-{letter_file.centre.number}-{asked_at}"
