"""Out of date: since the file was made, something in it was held, or a release was put off.

Then nobody downloads it any more, neither from where it was made nor from File Exchange; not even when the
hold is let go or the release has come: a grade may be another by then. It is made anew. (Only a release
that is set back to before the file was made gives it back.) Nobody is told that there was a hold (rule
19), only that the file is out of date; so a hold counts only on what the file shows. In File Exchange
nobody downloads it either once a centre of which it tells is no longer attached to the main centre whose
file it is.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from centres.models import Centre, Qualification, Release, SubcentreLink
from exchange.models import Version
from results.holds import on_any_of
from results.models import Export, SharedExport

# A hold that was being placed while the file was made may bear an instant a little before it.
AT_THE_SAME_TIME = dt.timedelta(minutes=1)


def export_is_out_of_date(export: Export, made_at: dt.datetime) -> bool:
    """Whether a file is that was made in the background; also when candidates are shown theirs later
    than it says (two queries)."""
    qualifications = Qualification.objects.filter(name__in=export.shown).values("pk")
    holds = on_any_of(
        series=export.series_id,
        centres=Centre.objects.filter(number__in=export.of_centres).values("pk"),
        qualifications=qualifications,
        numbers=Value(",".join(export.numbers)),
    ).filter(placed_at__gte=made_at - AT_THE_SAME_TIME)
    put_off = Release.objects.filter(
        series=export.series,
        qualification__in=qualifications,
        candidates_at__gt=export.restricted_until or made_at,
    )
    return holds.exists() or put_off.exists()


def note(
    version: Version,
    made_at: dt.datetime,
    centres: Iterable[str],
    shown: Iterable[str],
    numbers: Iterable[str],
) -> None:
    """Keep in mind what this version shows: which centres, by number, which qualifications, by name."""
    noted = SharedExport.objects.create(
        version=version, holds_known_until=made_at - AT_THE_SAME_TIME, numbers=",".join(numbers)
    )
    noted.centres.set(Centre.objects.filter(number__in=centres))
    noted.qualifications.set(Qualification.objects.filter(name__in=shown))


def is_out_of_date() -> Exists:
    """Whether a version in File Exchange is, as File Exchange asks for each (`exchange.version_state`)."""
    since = Q(Exists(_holds_since())) | Q(Exists(_put_off())) | Q(Exists(_detached()))
    return Exists(SharedExport.objects.filter(since, version=OuterRef("pk")))


CENTRES, QUALIFICATIONS = SharedExport.centres.through, SharedExport.qualifications.through
SERIES, CENTRE = OuterRef("version__file__series"), OuterRef("version__file__centre")


def _holds_since() -> QuerySet:
    mine = {"sharedexport": OuterRef(OuterRef("pk"))}
    return on_any_of(
        series=SERIES,
        centres=CENTRES.objects.filter(**mine).values("centre"),
        qualifications=QUALIFICATIONS.objects.filter(**mine).values("qualification"),
        numbers=OuterRef("numbers"),
    ).filter(placed_at__gte=OuterRef("holds_known_until"))


def _put_off() -> QuerySet:
    in_time = Release.objects.filter(
        series=OuterRef(SERIES),
        qualification=OuterRef("qualification"),
        candidates_at__lte=OuterRef(OuterRef("version__uploaded_at")),
    )
    return QUALIFICATIONS.objects.filter(~Exists(in_time), sharedexport=OuterRef("pk"))


def _detached() -> QuerySet:
    """Of a main centre's file with all of its centres, those that are its Associate Centres no longer."""
    attached = SubcentreLink.objects.filter(associate=OuterRef("centre"), main=OuterRef(CENTRE))
    others = CENTRES.objects.filter(sharedexport=OuterRef("pk")).exclude(centre=CENTRE)
    return others.filter(~Exists(attached))
