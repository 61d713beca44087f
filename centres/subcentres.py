"""Subcentre Management: what a main centre gives to its Associate Centres in a series (rules 7 to 11).

*Use defaults* ticked: the first row's delay, access and contact choice apply to all Associate
Centres, one attached later included. Unticked: each row stands for itself and shows what it had
before, for ticking never touches the rows' own values. What follows from it is `centres.terms`.

Who saves says which version was on the page, so that of two officers who save at once the second
is told, and nobody's change is lost unnoticed.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone

from centres import audit
from centres.access_changes import AccessChange, AtStake, access_changed, at_stake
from centres.edit_conflict import EditConflict
from centres.models import (
    AuditEvent,
    Centre,
    ContactChoice,
    Series,
    SubcentreArrangement,
    SubcentreDefaults,
    SubcentreLink,
)
from centres.terms import Contact, Terms, terms_for_all

SAVED = "subcentres_saved"


@dataclass(frozen=True)
class Row:
    """One row of the table: what a centre is given, or would be."""

    give_access: bool = False
    delay: dt.timedelta = dt.timedelta()
    contact_choice: str = ContactChoice.DEFAULT


@dataclass(frozen=True)
class Management:
    """The whole page. `rows`: centre number -> Row, for every Associate Centre, in order of number;
    `own`: the numbers of those whose row was ever saved."""

    version: int
    use_defaults: bool
    defaults: Row
    contact: Contact
    rows: Mapping[str, Row]
    own: frozenset[str] = frozenset()
    saved_by: str = ""
    saved_at: dt.datetime | None = None

    def in_force(self) -> Mapping[str, Row]:
        """Centre number -> the row that applies to it, once this is saved (rule 8)."""
        return dict.fromkeys(self.rows, self.defaults) if self.use_defaults else self.rows

    def once_saved(self, wanted: "Management") -> "Management":
        """What is saved then: rows that were not on the page stay as they are, and others are no rows."""
        changed = {number: row for number, row in wanted.rows.items() if number in self.rows}
        return replace(wanted, rows={**self.rows, **changed})


def management_of(
    main: Centre, series: Series, centres: Collection[Centre] | None = None
) -> Management:
    """What Subcentre Management shows (three queries, however many Associate Centres; two where these are
    known, in order of number)."""
    defaults = SubcentreDefaults.objects.filter(main=main, series=series).first()
    defaults = defaults or SubcentreDefaults(main=main, series=series)
    own = {
        number: Row(give_access, delay, contact_choice)
        for number, give_access, delay, contact_choice in SubcentreArrangement.objects.filter(
            link__main=main, series=series
        ).values_list("link__associate__number", "give_access", "delay", "contact_choice")
    }
    if centres is None:
        centres = Centre.objects.filter(main_link__main=main).only("number").order_by("number")
    return Management(
        version=defaults.version,
        use_defaults=defaults.use_defaults,
        defaults=Row(defaults.give_access, defaults.delay, defaults.contact_choice),
        contact=Contact(defaults.contact_name, defaults.contact_telephone, defaults.contact_email),
        rows={one.number: own.get(one.number, Row()) for one in centres},
        own=frozenset(own),
        saved_by=defaults.saved_by,
        saved_at=defaults.saved_at,
    )


def save(*, main: Centre, series: Series, by: AbstractUser, wanted: Management) -> AccessChange:
    """*Save*. Raises EditConflict, and writes nothing, when `wanted.version` is no longer today's.

    A centre attached since the page was opened is left as it is. Only at centres that lose access by this
    can logins end, so that no others are looked at.
    """
    with transaction.atomic():
        Centre.objects.select_for_update(no_key=True).get(pk=main.pk)
        associates = Centre.objects.filter(main_link__main=main).order_by("number")
        centres = list(associates)
        today = management_of(main, series, centres)
        if today.version != wanted.version:
            raise EditConflict
        before = terms_for_all(associates, series)
        changed = _write(main, series, by, today, wanted)
        after = terms_for_all(associates, series)
        AuditEvent.objects.bulk_create(
            audit.event(SAVED, by=by, centre=centre, series=series, old=old, new=new)
            for centre, old, new in [
                (main, *_changes_of_all(today, wanted, changed)),
                *_changes_in_force(centres, before, after),
            ]
        )
        losing = [pk for pk in before if before[pk].access and not after[pk].access]
        change = access_changed(by=by, series=series, centres=Centre.objects.filter(pk__in=losing))
        change.unnamed = [centre.number for centre in centres if _unnamed(centre, before, after)]
        change.at_stake = partial(at_stake, series, before, after)
        return change


def foreseen(*, main: Centre, series: Series, by: AbstractUser, wanted: Management) -> AtStake:
    """What *Save* would do to logins and letters. Nothing is changed by asking."""
    associates = Centre.objects.filter(main_link__main=main).order_by("number")
    with transaction.atomic():
        Centre.objects.select_for_update(no_key=True).get(pk=main.pk)
        centres = list(associates)
        before = terms_for_all(associates, series)
        _write(main, series, by, management_of(main, series, centres), wanted)
        after = terms_for_all(associates, series)
        transaction.set_rollback(True)
    unnamed = [centre.number for centre in centres if _unnamed(centre, before, after)]
    return replace(at_stake(series, before, after), unnamed=unnamed)


def _write(
    main: Centre, series: Series, by: AbstractUser, today: Management, wanted: Management
) -> Mapping[str, Row]:
    """The rows of the database. Centre number -> its own row, of those that are another now."""
    SubcentreDefaults.objects.update_or_create(
        main=main,
        series=series,
        defaults={
            "use_defaults": wanted.use_defaults,
            **asdict(wanted.defaults),
            "contact_name": wanted.contact.name,
            "contact_telephone": wanted.contact.telephone,
            "contact_email": wanted.contact.email,
            "version": today.version + 1,
            "saved_by": by.username,
            "saved_at": timezone.now(),
        },
    )
    changed = {
        number: row
        for number, row in wanted.rows.items()
        if number in today.rows and today.rows[number] != row
    }
    if changed:
        _save_rows(main, series, changed)
    return changed


def _save_rows(main: Centre, series: Series, changed: Mapping[str, Row]) -> None:
    links = SubcentreLink.objects.filter(main=main).values_list("associate__number", "pk")
    SubcentreArrangement.objects.bulk_create(
        [
            SubcentreArrangement(link_id=pk, series=series, **asdict(changed[number]))
            for number, pk in links
            if number in changed
        ],
        update_conflicts=True,
        unique_fields=["link", "series"],
        update_fields=["give_access", "delay", "contact_choice"],
    )


def _changes_of_all(
    today: Management, wanted: Management, changed: Mapping[str, Row]
) -> tuple[dict, dict]:
    """For the main centre's trail: what changed beside the rows, and each row that did."""
    old, new = audit.differences(_facts(today), _facts(wanted))
    for number, row in changed.items():
        was, will_be = audit.differences(asdict(today.rows[number]), asdict(row))
        old.update({f"{number}: {key}": value for key, value in was.items()})
        new.update({f"{number}: {key}": value for key, value in will_be.items()})
    return old, new


def _unnamed(centre: Centre, before: Mapping[int, Terms], after: Mapping[int, Terms]) -> bool:
    """Whether its candidates had somebody to ask, and have nobody any more (rule 11)."""
    was, will_be = before[centre.pk], after[centre.pk]
    return will_be.access and was.contact.complete and not will_be.contact.complete


def _changes_in_force(
    centres: Iterable[Centre], before: Mapping[int, Terms], after: Mapping[int, Terms]
) -> Iterator[tuple[Centre, dict, dict]]:
    """For each Associate Centre's own trail: what it has now that it had not, whichever row did it."""
    for centre in centres:
        old, new = audit.differences(_given(before[centre.pk]), _given(after[centre.pk]))
        if new:
            yield centre, old, new


def _given(terms: Terms) -> dict:
    return {
        "access": terms.access,
        "delay": terms.delay,
        "contact": str(terms.contact_choice.label),
    }


def _facts(management: Management) -> dict:
    return {
        "use_defaults": management.use_defaults,
        **{f"defaults: {key}": value for key, value in asdict(management.defaults).items()},
        **{f"contact: {key}": value for key, value in asdict(management.contact).items()},
    }
