"""Status of a centre: NO, ALL or Selected of its own candidates, and the agreement (rules 4 to 6).

A candidate *has access* when the centre has it (`centres.terms`) and the centre's status includes
the candidate. Access alone lets nobody in: credentials must then be created.
"""

import datetime as dt
from collections.abc import Collection

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from centres import audit
from centres.access_changes import AccessChange, access_changed
from centres.edit_conflict import EditConflict
from centres.models import (
    Candidate,
    Centre,
    CentreArrangement,
    SelectedCandidate,
    Series,
    Status,
)
from centres.terms import Contact, terms_of

AGREEMENT = (
    "By signing up for this service we agree to administer and support our Candidates’ access to "
    "the Candidate Results site, and will be responsible for answering any queries from them."
)


def has_access(candidate: str = "") -> Q:
    """Candidates with access; `candidate` is the path to one, such as `candidate__`.

    The queryset must carry the annotation `terms_access` (see `with_access`).
    """
    pk = f"{candidate}pk"
    arrangement = CentreArrangement.objects.filter(
        centre=OuterRef(f"{candidate}centre"), series=OuterRef(f"{candidate}series")
    )
    selected = SelectedCandidate.objects.filter(candidate=OuterRef(pk))
    return Q(terms_access=True) & (
        Q(Exists(arrangement.filter(status=Status.ALL)))
        | Q(Exists(arrangement.filter(status=Status.SELECTED)), Exists(selected))
    )


def with_access(rows, candidate: str = ""):
    """Annotate rows that lead to a candidate with `has_access`, a bool (rules 5, 6 and 9)."""
    terms = terms_of(OuterRef(f"{candidate}centre"), OuterRef(f"{candidate}series"))
    return rows.annotate(terms_access=terms["terms_access"]).annotate(
        has_access=has_access(candidate)
    )


def arrangement_for(centre: Centre, series: Series) -> CentreArrangement:
    """The centre's arrangement for the series; an unsaved one (“NO candidates”) when there is none."""
    return CentreArrangement.objects.filter(centre=centre, series=series).first() or (
        CentreArrangement(centre=centre, series=series)
    )


def agreed_to(arrangement: CentreArrangement) -> str:
    """The status for which the centre's agreement stands: it is asked for again when the status
    changes, and when its wording has, not for another contact or delay. “” when there is none."""
    stands = arrangement.agreed_at and arrangement.agreed_wording == AGREEMENT
    return arrangement.status if stands else ""


def edit_status(
    *,
    centre: Centre,
    series: Series,
    by: AbstractUser,
    version: int,
    status: Status,
    agreed: bool,
    contact: Contact,
    delay: dt.timedelta,
    selected: Collection[int] | None = None,
) -> AccessChange:
    """Confirm *Edit status* (rules 4, 5 and 10).

    `version` is that of the arrangement which the officer saw: raises EditConflict when another
    has been saved since. `selected` are primary keys of the centre's candidates; None leaves the
    selection as it is. Without `agreed`, a status other than NO candidates raises ValueError, unless
    the centre has agreed to it already.
    """
    with transaction.atomic():
        Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
        arrangement = arrangement_for(centre, series)
        if arrangement.version != version:
            raise EditConflict
        if not (agreed or status in (Status.NONE, agreed_to(arrangement))):
            raise ValueError("access needs the centre's agreement")
        before = _facts(arrangement)
        arrangement.status = status
        arrangement.delay = delay
        arrangement.contact_name = contact.name
        arrangement.contact_telephone = contact.telephone
        arrangement.contact_email = contact.email
        if agreed:
            arrangement.agreed_by = by.username
            arrangement.agreed_at = timezone.now()
            arrangement.agreed_wording = AGREEMENT
        arrangement.version += 1
        arrangement.save()
        if selected is not None:
            _select(centre, series, selected)
        old, new = audit.differences(before, _facts(arrangement))
        audit.record("status_edited", by=by, centre=centre, series=series, old=old, new=new)
        mine = Centre.objects.filter(pk=centre.pk)
        return access_changed(by=by, series=series, centres=mine)


def _selection(centre: Centre, series: Series):
    return SelectedCandidate.objects.filter(candidate__centre=centre, candidate__series=series)


def _select(centre: Centre, series: Series, selected: Collection[int]) -> None:
    chosen = Candidate.objects.filter(centre=centre, series=series, pk__in=selected)
    _selection(centre, series).exclude(candidate__in=chosen).delete()
    SelectedCandidate.objects.bulk_create(
        [SelectedCandidate(candidate=candidate) for candidate in chosen], ignore_conflicts=True
    )


def selected_numbers(centre: Centre, series: Series) -> list[str]:
    """The numbers of the candidates who are selected, in order."""
    numbers = _selection(centre, series).values_list("candidate__number", flat=True)
    return list(numbers.order_by("candidate__number"))


def _facts(arrangement: CentreArrangement) -> dict:
    return {
        "selected": ", ".join(selected_numbers(arrangement.centre, arrangement.series)),
        "status": arrangement.status,
        "delay": arrangement.delay,
        "contact name": arrangement.contact_name,
        "contact telephone": arrangement.contact_telephone,
        "contact e-mail": arrangement.contact_email,
        "agreed by": arrangement.agreed_by,
    }


def remember_language(*, centre: Centre, series: Series, language: str) -> None:
    """The centre's choice for its letters stands until it chooses another."""
    mine = CentreArrangement.objects.filter(centre=centre, series=series)
    mine.exclude(letter_language=language).update(letter_language=language)
