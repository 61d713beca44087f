"""Eligibility: what stands in the way of credentials, for a whole centre and for one candidate (rules 3, 5, 9, 11)."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils import dateformat

from centres.models import (
    Centre,
    CentreArrangement,
    ContactChoice,
    Series,
    Status,
    SubcentreLink,
)
from centres.terms import Terms, terms_for_all
from credentials.models import LetterFile


class Blocker(str):
    """A sentence that says why not. `fixed_at`: the page on which that is mended, as its address is
    named, if there is one; pages then lead there. `for_main`: the same for staff of the main centre,
    where it is theirs to mend; they are not told to ask themselves."""

    fixed_at: str
    for_main: str

    def __new__(cls, text: str, *, fixed_at: str = "", for_main: str = "") -> "Blocker":
        found = super().__new__(cls, text)
        found.fixed_at = fixed_at
        found.for_main = for_main or text
        return found


NO_ACCESS = Blocker(
    "The centre has not given them access. Change that at “Edit status”.", fixed_at="edit_status"
)
NO_CENTRE_ACCESS = "The main centre has not given this centre access in this series."
NO_ENTRY = "All their entries have been withdrawn."
UNDER_WAY = "Letters are being made for this centre. Wait until they are ready."


class CannotCreate(Exception):
    """No credentials can be created now; the text says why and what to do."""


def blocker(
    centre: Centre, series: Series, terms: Terms | None = None, *, at: dt.datetime | None = None
) -> str | None:
    """Why this centre can create no credentials in this series now (rules 3 to 6, 9 and 11).

    `terms` are the centre's, where the caller has them already.
    """
    known = {centre.pk: terms} if terms else None
    return blockers(Centre.objects.filter(pk=centre.pk), series, known, at=at)[centre.pk]


def blockers(
    centres: QuerySet[Centre],
    series: Series,
    terms: Mapping[int, Terms] | None = None,
    *,
    at: dt.datetime | None = None,
) -> dict[int, str | None]:
    """The same for many centres, by the centre's primary key (at most five queries,
    three with `terms`)."""
    terms = terms or terms_for_all(centres, series)
    arranged = CentreArrangement.objects.filter(centre__in=centres, series=series)
    statuses = dict(arranged.values_list("centre_id", "status"))
    files = LetterFile.objects.under_way().filter(centre__in=centres, series=series)
    busy = set(files.order_by().values_list("centre_id", flat=True))
    dependent = [pk for pk, one in terms.items() if not (one.access and one.contact.complete)]
    links = SubcentreLink.objects.filter(associate__in=dependent).select_related("main")
    mains = {link.associate_id: link.main for link in links}  # none to look for is no query
    return {
        pk: _early(series, at)
        or _unready(of_centre, statuses.get(pk, Status.NONE), mains.get(pk))
        or (UNDER_WAY if pk in busy else None)
        for pk, of_centre in terms.items()
    }


def _early(series: Series, at: dt.datetime | None) -> str | None:
    if series.credentials_open(at):
        return None
    day = dateformat.format(series.credentials_from, "j F Y")
    return (
        f"Credentials for {series} can be created from {day}. "
        "Until then you can prepare the settings."
    )


def _unready(terms: Terms, status: str, main: Centre | None) -> str | None:
    if not terms.access:
        return _access_needed(terms, main)
    if status == Status.NONE:
        return Blocker(
            "NO candidates have access. At “Edit status”, choose who has, and confirm that the "
            "centre supports its candidates.",
            fixed_at="edit_status",
        )
    return None if terms.contact.complete else _contact_needed(terms, main)


def _access_needed(terms: Terms, main: Centre | None) -> Blocker:
    text = f"{NO_CENTRE_ACCESS} {main} gives it in Subcentre Management."
    contact = terms.contact
    if terms.contact_choice == ContactChoice.DEFAULT and contact.complete:
        named = (contact.name, contact.telephone, contact.email)
        text += f" Its contact: {', '.join(filter(None, named))}."
    mine = "You have not given this centre access in this series. You can give it in Subcentre Management."
    return Blocker(text, fixed_at="subcentres", for_main=mine)


def _contact_needed(terms: Terms, main: Centre | None) -> Blocker:
    needed = "a name, and a telephone number or an e-mail address"
    if terms.contact_choice == ContactChoice.CENTRE_DEFINED:
        return Blocker(
            f"Letters name a contact. Fill in this centre’s own at “Edit status”: {needed}.",
            fixed_at="edit_status",
        )
    return Blocker(
        f"Letters name a contact. The main centre, {main}, must fill in its default contact details "
        f"in Subcentre Management: {needed}.",
        fixed_at="subcentres",
        for_main="Letters name a contact. Fill in your default contact details in Subcentre "
        f"Management: {needed}.",
    )
