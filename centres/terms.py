"""Terms of a centre in a series: access, delay, contact, and when results can be seen.

A main or an ordinary centre stands for itself: it has access, and its own delay and contact, as
confirmed at *Edit status*, apply. An Associate Centre has what its main centre gave it in
Subcentre Management: the first row's values while *Use defaults* is ticked, one attached later
included, else those of its own row; a row never saved gives no access (rules 8 to 11). Its contact
is its main centre's, or its own where the choice is *Centre defined*.

The rule is written once, as the expressions of `terms_of`, so that one centre, 750 centres, the
sign-in and the gate before the grades all read the very same. Nothing else decides any of it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    DurationField,
    Exists,
    Expression,
    F,
    JSONField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, JSONObject

from centres.models import (
    Centre,
    CentreArrangement,
    ContactChoice,
    Release,
    Series,
    SubcentreArrangement,
    SubcentreDefaults,
    SubcentreLink,
)


@dataclass(frozen=True)
class Contact:
    """Whom candidates ask. Complete with a name and a telephone number or an e-mail address."""

    name: str = ""
    telephone: str = ""
    email: str = ""

    @property
    def complete(self) -> bool:
        return bool(self.name and (self.telephone or self.email))


@dataclass(frozen=True)
class Terms:
    """What applies to one centre in one series. `visible_from`: qualification name -> instant (UTC),
    the board's release plus the delay."""

    access: bool
    delay: dt.timedelta
    contact_choice: ContactChoice
    contact: Contact
    visible_from: Mapping[str, dt.datetime]


def terms_for(centre: Centre, series: Series) -> Terms:
    """The terms of one centre in a series (two queries)."""
    return terms_for_all(Centre.objects.filter(pk=centre.pk), series)[centre.pk]


def terms_for_all(centres: QuerySet[Centre], series: Series) -> dict[int, Terms]:
    """The terms of many centres in a series, by the centre's primary key (two queries)."""
    releases = dict(
        Release.objects.filter(series=series).values_list("qualification__name", "candidates_at")
    )
    rows = centres.annotate(**terms_of(OuterRef("pk"), series)).values("pk", *TERMS)
    return {
        row["pk"]: Terms(
            access=row["terms_access"],
            delay=row["terms_delay"],
            contact_choice=ContactChoice(row["terms_contact_choice"]),
            contact=contact_in(row),
            visible_from={name: at + row["terms_delay"] for name, at in releases.items()},
        )
        for row in rows
    }


def contact_of(centre: OuterRef, series: OuterRef) -> dict[str, Expression]:
    """The annotations of which `contact_in` makes a contact."""
    terms = terms_of(centre, series)
    return {name: terms[name] for name in ("terms_contact_choice", CONTACT)}


def contact_in(row: Mapping[str, Any]) -> Contact:
    """The contact in a `.values()` row that was annotated by `terms_of`."""
    return Contact(**(row[CONTACT] or {}))


CONTACT = "terms_contact"
TERMS = ("terms_access", "terms_delay", "terms_contact_choice", CONTACT)


def terms_of(centre: Combinable | Centre, series: Combinable | Series) -> dict[str, Expression]:
    """The rule, as annotations of any queryset from whose rows a centre and a series can be reached.

    Take what you need: `.annotate(terms_delay=terms_of(…)["terms_delay"])`.
    """
    own = CentreArrangement.objects.filter(centre=centre, series=series)
    row = SubcentreArrangement.objects.filter(link__associate=centre, series=series)
    defaults = SubcentreDefaults.objects.filter(
        main__subcentre_links__associate=centre, series=series
    )
    is_attached = Exists(SubcentreLink.objects.filter(associate=centre))
    uses_defaults = Exists(defaults.filter(use_defaults=True))

    def in_force(field: str, *, unattached: Any, otherwise: Any) -> Expression:
        return Case(
            When(~is_attached, then=unattached),
            When(uses_defaults, then=_value(defaults, field)),
            default=Coalesce(_value(row, field), Value(otherwise)),
        )

    contact_choice = in_force(
        "contact_choice",
        unattached=Value(ContactChoice.CENTRE_DEFINED),
        otherwise=ContactChoice.DEFAULT,
    )

    # The three facts of a contact as one value: asked one by one they cost three times as much.
    contact = Case(
        When(terms_contact_choice=ContactChoice.CENTRE_DEFINED, then=_contact(own)),
        default=_contact(defaults),
        output_field=JSONField(),
    )

    return {
        "terms_access": in_force("give_access", unattached=Value(True), otherwise=False),
        "terms_delay": in_force(
            "delay",
            unattached=Coalesce(
                _value(own, "delay"), Value(dt.timedelta()), output_field=DurationField()
            ),
            otherwise=dt.timedelta(),
        ),
        "terms_contact_choice": contact_choice,
        CONTACT: contact,
    }


def _value(rows: QuerySet, field: str) -> Subquery:
    return Subquery(rows.values(field)[:1])


def _contact(rows: QuerySet) -> Subquery:
    """Those who are named there: `{"name": …, "telephone": …, "email": …}`, or nothing."""
    named = JSONObject(name="contact_name", telephone="contact_telephone", email="contact_email")
    return Subquery(rows.annotate(contact=named).values("contact")[:1])


def visible_from(delay: str = "terms_delay", release: str = "candidates_at") -> Expression:
    """The instant from which a result can be seen: the board's release plus the delay (rule 19).

    Both are instants and lengths of time, so no wall clock and no daylight saving comes into it.
    """
    return F(release) + F(delay)
