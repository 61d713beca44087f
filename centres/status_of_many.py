"""Status of many: a main centre confirms ALL or NO candidates at many Associate Centres at once (rules 4, 9, 13).

What *Edit status* demands at one centre holds at each: access from its main centre, a contact of its own where
that is “Centre defined”, and the agreement, which is given once for all that are named, and kept with each.
*Selected candidates* are chosen at one centre alone. Delay, contact and selection stay as they are.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from centres import audit
from centres.access_changes import AccessChange, access_changed
from centres.edit_conflict import EditConflict
from centres.models import (
    AuditEvent,
    Centre,
    CentreArrangement,
    ContactChoice,
    Series,
    Status,
    SubcentreLink,
)
from centres.status import AGREEMENT, agreed_to
from centres.terms import Contact, Terms, terms_for_all
from core.ask_pages import fingerprint


@dataclass(frozen=True)
class CentreStatus:
    """One of the centres that are named, as it is now."""

    centre: Centre
    arrangement: CentreArrangement
    terms: Terms

    @property
    def lacks_access(self) -> bool:
        return not self.terms.access

    @property
    def lacks_contact(self) -> bool:
        """Whether its own contact is asked for, and not filled in: then nobody can be given access."""
        own = self.arrangement
        given = Contact(own.contact_name, own.contact_telephone, own.contact_email)
        centre_defined = self.terms.contact_choice == ContactChoice.CENTRE_DEFINED
        return self.terms.access and centre_defined and not given.complete

    def changes_to(self, status: str) -> bool:
        """Whether confirming this status does anything here."""
        if self.lacks_access:
            return False
        if status == Status.ALL:
            return not self.lacks_contact and agreed_to(self.arrangement) != Status.ALL
        return self.arrangement.status != Status.NONE


@dataclass(frozen=True)
class StatusOfMany:
    """The centres that are named, in order of number."""

    centres: list[CentreStatus]

    @cached_property
    def left_out(self) -> list[CentreStatus]:
        """Those at which something stands in the way of ALL candidates."""
        return [one for one in self.centres if one.lacks_access or one.lacks_contact]

    @cached_property
    def standing(self) -> list[tuple[str, int]]:
        """Each status, and how many of the centres with access have it now."""
        counts = Counter(one.arrangement.status for one in self.centres if not one.lacks_access)
        return [(status.label, counts[status]) for status in Status]

    @property
    def version(self) -> str:
        """A fingerprint of what the officer sees of them."""
        seen = ((one.arrangement.version, one.arrangement.status) for one in self.centres)
        asked = ((one.centre.pk, one.lacks_access, one.lacks_contact) for one in self.centres)
        return fingerprint(list(seen), list(asked))

    def changing_to(self, status: str) -> list[CentreStatus]:
        return [one for one in self.centres if one.changes_to(status)]

    @property
    def changing(self) -> dict[str, int]:
        """Status -> at how many of them it would change something."""
        return {str(status): len(self.changing_to(status)) for status in (Status.ALL, Status.NONE)}


def status_of_many(main: Centre, series: Series, numbers: Collection[str]) -> StatusOfMany:
    """How these Associate Centres stand; one that is not attached to the main centre is left out (four
    queries, however many)."""
    centres = _attached(main, numbers)
    terms = terms_for_all(centres, series)
    rows = CentreArrangement.objects.filter(centre__in=centres, series=series)
    arranged = {row.centre_id: row for row in rows}
    return StatusOfMany(
        [
            CentreStatus(
                one,
                arranged.get(one.pk) or CentreArrangement(centre=one, series=series),
                terms[one.pk],
            )
            for one in centres.order_by("number")
        ]
    )


def edit_status_of_many(
    *,
    main: Centre,
    series: Series,
    by: AbstractUser,
    numbers: Collection[str],
    version: str,
    status: Status,
    agreed: bool,
) -> AccessChange:
    """Confirm *Edit status* of these Associate Centres, at all of them or at none.

    `version` is that of the `status_of_many` which the officer saw: raises EditConflict when any of the centres has
    been changed since. Raises ValueError for ALL candidates without `agreed`, and for another status than ALL or NO.
    """
    if status not in (Status.ALL, Status.NONE) or (status == Status.ALL and not agreed):
        raise ValueError("access at many centres is for ALL candidates, and needs the agreement")
    with transaction.atomic():
        # None of them can be detached, or edited, before this is done.
        links = SubcentreLink.objects.filter(main=main).order_by("pk")
        list(links.select_for_update(no_key=True))
        list(_attached(main, numbers).order_by("pk").select_for_update(of=("self",), no_key=True))
        today = status_of_many(main, series, numbers)
        if today.version != version:
            raise EditConflict
        changed = today.changing_to(status)
        AuditEvent.objects.bulk_create(
            audit.event(
                "status_edited",
                by=by,
                centre=one.centre,
                series=series,
                old=old,
                new=new,
            )
            for one in changed
            for old, new in [_confirm(one.arrangement, status, by)]
        )
        _save([one.arrangement for one in changed])
        theirs = Centre.objects.filter(pk__in=[one.centre.pk for one in changed])
        return access_changed(by=by, series=series, centres=theirs)


def _attached(main: Centre, numbers: Collection[str]) -> QuerySet[Centre]:
    return Centre.objects.filter(main_link__main=main, number__in=numbers)


def _confirm(arrangement: CentreArrangement, status: Status, by: AbstractUser) -> tuple[dict, dict]:
    """Write it into the row, not yet saved; what changes by it, old and new."""
    before = {"status": arrangement.status, "agreed by": arrangement.agreed_by}
    arrangement.status = status
    arrangement.version += 1
    if status == Status.ALL:
        arrangement.agreed_by = by.username
        arrangement.agreed_at = timezone.now()
        arrangement.agreed_wording = AGREEMENT
    after = {"status": str(status), "agreed by": arrangement.agreed_by}
    return audit.differences(before, after)


def _save(arrangements: list[CentreArrangement]) -> None:
    for one in arrangements:
        one.pk = None  # so that the rows that there are are updated, too
    CentreArrangement.objects.bulk_create(
        arrangements,
        update_conflicts=True,
        unique_fields=["centre", "series"],
        update_fields=["status", "version", "agreed_by", "agreed_at", "agreed_wording"],
    )
