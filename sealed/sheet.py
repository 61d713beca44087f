"""The sheet for the safe: a keyholder's passphrase on one confidential page, made in memory and kept nowhere."""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.views.decorators.debug import sensitive_variables

from core.errors import log_error
from core.pdf import tagged
from core.pdf.layout import (
    ONE_AT_A_TIME,
    CannotPrint,
    MissingCharacter,
    laid_out,
    no_character_missing,
)
from sealed import ring
from sealed.models import Keyholder

STYLE_SHEET = Path(__file__).parent / "sheet.css"


@sensitive_variables()
def pdf(holder: Keyholder, passphrase: str) -> bytes | None:
    """One page, A4; None where it cannot be laid out, so that the page in the browser is printed instead."""
    context = {
        "holder": holder,
        "words": passphrase.split(),
        "fewest": ring.TOGETHER,
        "BOARD_NAME": settings.BOARD_NAME,
        "SITE_URL": settings.SITE_URL,
    }
    html = render_to_string("sealed/sheet.html", context)
    try:
        with ONE_AT_A_TIME, no_character_missing():
            document = laid_out(html, STYLE_SHEET)
            return tagged.written(document, pdf_identifier=b"passphrase")
    except (CannotPrint, MissingCharacter, OSError) as error:
        log_error(error, "the sheet of a passphrase")
        return None
