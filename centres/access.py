"""Access of staff: who may act for whom (rules 1, 2, 9 and 13).

Staff act for the centres on whose staff they are, by memberships in force: one that is suspended does not
count. Staff of a main centre act for each of its Associate Centres too; staff of an Associate Centre act for
no other. All of them, viewers too, may view what is only viewed. Staff of an Associate Centre without access
cannot act for it (rule 9, `may_act`). A centre or series for which somebody may not act answers exactly as one
that does not exist: 404. Staff without the right to manage the results service get 403 on its pages, and are
told whom to ask.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from structlog.contextvars import bind_contextvars

from centres.models import Centre, Entry, Membership, Series
from centres.terms import Terms, terms_for


class SignedInRequest(HttpRequest):
    """A request of somebody signed in, as every page is unless it says otherwise."""

    user: AbstractUser  # type: ignore[assignment]  # accounts narrow it


@dataclass(frozen=True)
class ActingFor:
    """A member of staff of `home` who acts for `centre`, or only views it, in a series. `centre` is `home`
    or an Associate Centre attached to it."""

    user: AbstractUser
    centre: Centre
    series: Series
    home: Centre
    manages: bool
    """Whether this person has the right to manage the results service there."""

    @property
    def acts_for_associate(self) -> bool:
        return self.centre != self.home

    @property
    def main(self) -> Centre | None:
        """The main centre to which this centre is attached; None for a main or ordinary centre."""
        link = getattr(self.centre, "main_link", None)
        return link.main if link else None

    def terms(self) -> Terms:
        return terms_for(self.centre, self.series)

    def may_act(self) -> bool:
        """Staff of an Associate Centre without access can do nothing; its main centre can (rule 9)."""
        return self.acts_for_associate or self.main is None or self.terms().access


def managed_homes(user: AbstractUser) -> QuerySet[Centre]:
    """The centres on whose staff this person is with the right to manage the results service."""
    return _centres_of(Membership.objects.of(user).filter(may_manage_results_service=True))


def managed_centres(user: AbstractUser) -> QuerySet[Centre]:
    """The centres for which this person may manage the results service."""
    return _with_attached(managed_homes(user))


def homes_of(user: AbstractUser) -> QuerySet[Centre]:
    """The centres on whose staff this person is, in whatever role."""
    return _centres_of(Membership.objects.of(user))


def viewed_centres(user: AbstractUser) -> QuerySet[Centre]:
    """The centres whose entries and results this person may look at, in whatever role; those that
    are attached to another come last."""
    attached_last = F("main_link__main__number").asc(nulls_first=True)
    return _with_attached(homes_of(user)).order_by(attached_last, "number")


def confided_centres(user: AbstractUser) -> QuerySet[Centre]:
    """The centres whose results this person may see in confidence, before candidates do."""
    confided = Membership.objects.of(user).filter(may_see_restricted_results=True)
    return _with_attached(_centres_of(confided))


def may_manage(user: AbstractUser) -> bool:
    return managed_homes(user).exists()


def associates_of(main: Centre) -> QuerySet[Centre]:
    return Centre.objects.filter(main_link__main=main)


def acting_for(user: AbstractUser, series_slug: str, centre_number: str) -> ActingFor:
    """Fetch and authorise in one. Raises Http404 for strangers, PermissionDenied for viewers."""
    centre, series, memberships = _found(user, series_slug, centre_number)
    managing = [m for m in memberships if m.may_manage_results_service]
    if not managing:
        raise PermissionDenied("results service")
    return _acting(user, centre, series, managing)


def viewing_for(user: AbstractUser, series_slug: str, centre_number: str) -> ActingFor:
    """The same for what any of the staff may look at. Raises Http404 for strangers."""
    return _acting(user, *_found(user, series_slug, centre_number))


def _centres_of(memberships: QuerySet[Membership]) -> QuerySet[Centre]:
    return Centre.objects.filter(pk__in=memberships.order_by().values("centre"))


def _with_attached(homes: QuerySet[Centre]) -> QuerySet[Centre]:
    return Centre.objects.filter(Q(pk__in=homes) | Q(main_link__main__in=homes))


def _found(
    user: AbstractUser, series_slug: str, centre_number: str
) -> tuple[Centre, Series, list[Membership]]:
    """What the address names, and by what right this person may be there."""
    if "\0" in centre_number:  # which PostgreSQL refuses to look for
        raise Http404
    try:
        series = Series.objects.named(series_slug)
        centre = Centre.objects.select_related("main_link__main").get(number=centre_number)
    except (Series.DoesNotExist, Centre.DoesNotExist):
        raise Http404 from None
    memberships = list(Membership.objects.of(user).acting_for(centre).select_related("centre"))
    if not memberships:
        raise Http404
    bind_contextvars(centre=centre.number)  # in what is logged from here on
    return centre, series, memberships


def _acting(user: AbstractUser, centre: Centre, series: Series, by: list[Membership]) -> ActingFor:
    home = next((m.centre for m in by if m.centre_id == centre.pk), by[0].centre)
    if not series_for(Centre.objects.filter(pk=home.pk)).filter(pk=series.pk).exists():
        raise Http404
    manages = any(m.may_manage_results_service for m in by)
    return ActingFor(user=user, centre=centre, series=series, home=home, manages=manages)


def acting_for_main(user: AbstractUser, series_slug: str, centre_number: str) -> ActingFor:
    """`acting_for`, for what concerns the Associate Centres of a main centre. Raises Http404 elsewhere."""
    acting = acting_for(user, series_slug, centre_number)
    if not associates_of(acting.centre).exists():
        raise Http404
    return acting


def series_for(centres: QuerySet[Centre]) -> QuerySet[Series]:
    """The series that can be chosen for these centres: those with a valid entry there, or at one of
    their Associate Centres (rule 2)."""
    associates = Centre.objects.filter(main_link__main__in=centres)
    # Two questions: asked as one, PostgreSQL reads the whole board's candidates for the answer.
    return _with_valid_entry(centres) | _with_valid_entry(associates)


def _with_valid_entry(centres: QuerySet[Centre]) -> QuerySet[Series]:
    valid = Entry.objects.valid().filter(
        candidate__series=OuterRef("pk"), candidate__centre__in=centres
    )
    return Series.objects.filter(Exists(valid))
