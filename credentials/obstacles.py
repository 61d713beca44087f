"""What stands in the way of creating credentials, for a whole centre and for one candidate."""

import datetime as dt

from django.utils import dateformat

from centres.models import Centre, ContactChoice, Series, Status, SubcentreLink
from centres.status import arrangement_for
from centres.terms import Terms, terms_for
from credentials.models import LetterFile

NO_ACCESS = "The centre has not given them access. Change that at “Edit status”."
NO_ENTRY = "All their entries have been withdrawn."
UNDER_WAY = "Letters are being made for this centre. Wait until they are ready."


class CannotCreate(Exception):
    """No credentials can be created now; the text says why and what to do."""


def obstacle(
    centre: Centre, series: Series, terms: Terms | None = None, *, at: dt.datetime | None = None
) -> str | None:
    """Why this centre can create no credentials in this series now (rules 3 to 6, 9 and 11).

    `terms` are the centre's, where the caller has them already.
    """
    terms = terms or terms_for(centre, series)
    if not series.credentials_open(at):
        day = dateformat.format(series.credentials_from, "j F Y")
        return (
            f"Credentials for {series} can be created from {day}. "
            "Until then you can prepare the settings."
        )
    if not terms.access:
        return "The main centre has not given this centre access in this series."
    if arrangement_for(centre, series).status == Status.NONE:
        return (
            "NO candidates have access. At “Edit status”, choose who has, and confirm that the "
            "centre supports its candidates."
        )
    if not terms.contact.complete:
        return _contact_needed(centre, terms)
    if LetterFile.objects.under_way().filter(centre=centre, series=series).exists():
        return UNDER_WAY
    return None


def _contact_needed(centre: Centre, terms: Terms) -> str:
    needed = "a name, and a telephone number or an e-mail address"
    if terms.contact_choice == ContactChoice.CENTRE_DEFINED:
        return f"Letters name a contact. Fill in this centre’s own at “Edit status”: {needed}."
    main = SubcentreLink.objects.select_related("main").get(associate=centre).main
    return (
        f"Letters name a contact. The main centre, {main}, must fill in its default contact details "
        f"in Subcentre Management: {needed}."
    )
