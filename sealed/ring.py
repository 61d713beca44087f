"""The ring of keyholders, and who holds which share: any two of them together hold a seal, nobody alone (rule 28).

The private half of a seal is made, closed to each pair of the ring in either order, and forgotten. It comes back
only where two keyholders have each opened their part (`sealed.ceremonies`).
"""

import datetime as dt
from collections.abc import Iterable, Sized
from itertools import permutations

from django.db import transaction
from django.db.models import Min, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from centres import audit
from centres.models import Series
from loading.engine.loader import wait_for_other_loads
from loading.kinds.results import ResultsFile
from loading.models import LoadedFile
from results.models import Result
from sealed import boxes, signatures
from sealed.models import Keyholder, Seal, Share
from sealed.refused import Refused

FEWEST, MOST, TOGETHER = 3, 7, 2
BEFORE_STAFF = dt.timedelta(hours=24)


def ring() -> list[Keyholder]:
    return list(Keyholder.objects.appointed().select_related("user"))


def held() -> list[Keyholder]:
    """The ring, which stays as it is until the transaction ends: whoever changes it or shares something out waits here
    first. Where there is none yet, those who have keys are held."""
    list(Keyholder.objects.select_for_update(no_key=True).order_by("pk"))
    return ring()  # as it is once nobody else has it


@sensitive_variables()
def seal_series(
    series: Series,
    *,
    by: User,
    opens_from: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Seal:
    """From now on its results are kept as ciphertext alone. `opens_from`: unless told, a day before staff's
    first instant. Raises Refused."""
    private, public = boxes.new_pair()
    with transaction.atomic():
        wait_for_other_loads()  # which have begun while it was not sealed
        series = Series.objects.select_for_update().get(pk=series.pk)
        holders = held()
        check(series, holders)
        opens_from = opens_from or usual_moment(series)
        if opens_from is None:
            raise Refused(
                f"No release of {series} is set yet, so say from when two keyholders may open it."
            )
        seal = Seal.objects.create(
            series=series,
            public_key=public,
            opens_from=opens_from,
            sealed_by=by.username,
            sealed_at=at or timezone.now(),
        )
        signatures.sign(seal)
        series.sealed = True
        series.save(update_fields=["sealed"])
        share_out(seal, private, holders)
        audit.record(
            "sealed_series",
            by=by,
            series=series,
            subject=str(series),
            new={"opens_from": opens_from},
        )
    return seal


def check(series: Series, holders: Sized) -> None:
    """Whether it can be sealed to this ring. Raises Refused."""
    if Seal.objects.filter(series=series).exists():
        raise Refused(f"{series} is sealed already, or was.")
    if len(holders) < FEWEST:
        raise Refused(
            f"A series is sealed to at least {FEWEST} keyholders, and there are {len(holders)}. Appoint them first."
        )
    if Result.objects.filter(entry__candidate__series=series).exists():
        raise Refused(f"{series} has results already: a seal would come too late.")
    if _files_waiting().exists():
        raise Refused(
            "A results file waits at Load files, where it is kept with the site's own keys. Apply or discard it first."
        )


def usual_moment(series: Series) -> dt.datetime | None:
    """A day before the first instant at which anybody of a centre may see results; None where none is set."""
    first = series.releases.aggregate(first=Min(Coalesce("staff_at", "candidates_at")))["first"]
    return first - BEFORE_STAFF if first else None


def _files_waiting() -> QuerySet[LoadedFile]:
    """Of whatever series: which, nobody knows before they are read."""
    given = LoadedFile.objects.filter(kind=ResultsFile.name, applied_at=None, destroyed_at=None)
    return given.exclude(step=LoadedFile.Step.DISCARDED)


@sensitive_variables()
def share_out(seal: Seal, private: bytes, holders: Iterable[Keyholder]) -> None:
    """Its shares are those of this ring, and no others, from now on: in the caller's transaction. Raises Refused."""
    holders = list(holders)
    signatures.check(seal, *holders)
    seal.shares.all().delete()
    Share.objects.bulk_create(
        Share(seal=seal, outer=outer, inner=inner, box=nested(private, seal.pk, outer, inner))
        for outer, inner in permutations(holders, TOGETHER)
    )


@sensitive_variables()
def renew(seal: Seal, holders: Iterable[Keyholder]) -> None:
    """Another key, where nobody holds the one before (`sealed.lost`). Raises Refused where that would lose a file."""
    if seal.files.to_open().exists():
        raise Refused(
            f"Nobody holds a share of {seal.series}, and files of it are sealed. Tell whoever runs the service."
        )
    signatures.check(seal)
    private, seal.public_key = boxes.new_pair()
    seal.save(update_fields=["public_key"])
    signatures.sign(seal)
    share_out(seal, private, holders)


@sensitive_variables()
def nested(private: bytes, of: object, outer: Keyholder, inner: Keyholder) -> bytes:
    """A private key, closed to the one and that to the other."""
    inside = boxes.close(bytes(inner.public_key), private, about=about_inner(of, inner))
    return boxes.close(bytes(outer.public_key), inside, about=about_outer(of, outer, inner))


def about_inner(of: object, inner: Keyholder) -> str:
    return f"private key of seal {of}, for keyholder {inner.pk}"


def about_outer(of: object, outer: Keyholder, inner: Keyholder) -> str:
    return f"part of keyholder {outer.pk} in what keyholder {inner.pk} opens of seal {of}"
