"""The end of a series: its candidates go, with entries, results, their history, logins, visits and letters,
SERIES_RETENTION after its last release and the longest delay (rule 27).

No series goes that is still in use (`why_kept`). What goes, goes in small transactions, each with so many
candidates and a constant number of statements, so a worker may be killed at any time; what has gone is counted
in `SeriesEnd`, and told to the audit trail in numbers alone. The series itself and its releases stay: they name
nobody.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from board.models import ProposedCorrection, ProposedRelease
from centres import audit
from centres.models import (
    Candidate,
    CentreArrangement,
    Entry,
    Qualification,
    Release,
    SelectedCandidate,
    Series,
    SubcentreArrangement,
    SubcentreDefaults,
)
from credentials.letters import storage
from credentials.models import Credentials, LetterBatch, LetterDownload, LetterFile, LetterPart
from privacy import doors
from privacy.models import SeriesEnd
from results.exports.tasks import destroy
from results.models import ChangesSeen, Export, Hold, LastChange, Result, ResultChange
from sealed import retention
from sealed.models import Seal, SealedFile

BY = "ends of life"
CANDIDATES, FILES = 2_000, 100  # in one transaction
DELAYS = (CentreArrangement, SubcentreArrangement, SubcentreDefaults)


def ends_at(series: Series) -> dt.datetime | None:
    """When its time will have passed; None without a release."""
    last = Release.objects.filter(series=series).aggregate(at=Max("candidates_at"))["at"]
    return last and last + longest_delay(series) + settings.SERIES_RETENTION


def longest_delay(series: Series) -> dt.timedelta:
    of_it = (model.objects.filter(series=series) for model in DELAYS)
    delays = [rows.aggregate(longest=Max("delay"))["longest"] for rows in of_it]
    return max((one for one in delays if one), default=dt.timedelta())


def why_kept(series: Series, *, at: dt.datetime | None = None) -> str:
    """Why nothing of this series may go yet, in a sentence; empty: it may."""
    at, ends = at or timezone.now(), ends_at(series)
    if ends is None:
        return "No release is set, so nobody knows when it ends."
    if ends > at:
        return f"Its time ends on {ends:%d %B %Y}."
    return why_in_use(series)


def why_in_use(series: Series) -> str:
    """What of it is not finished, in a sentence; empty: nothing."""
    for one in Qualification.objects.exclude(releases__series=series):
        of_it = Entry.objects.valid().filter(syllabus__qualification=one)
        if of_it.filter(candidate__series=series).exists():
            return f"{one} has entries and no release."
    return _why_waits(series)


def _why_waits(series: Series) -> str:
    """What may have begun a moment ago."""
    if Hold.objects.in_force().filter(holds_of(series)).exists():
        return "Results of it are held."
    if ProposedRelease.objects.waiting().filter(series=series).exists():
        return "A proposed release waits for a second person."
    corrections = ProposedCorrection.objects.waiting()
    if corrections.filter(_of(series, "result__entry__candidate__")).exists():
        return "A proposed correction waits for a second person."
    if LetterFile.objects.under_way().filter(series=series).exists():
        return "Letters are being made."
    return retention.why_kept(series)


def holds_of(series: Series) -> Q:
    return Q(series=series) | _of(series, "candidate__") | _of(series, "entry__candidate__")


def left() -> QuerySet[Series]:
    """Those of which something is there that has an end."""
    there = Exists(Candidate.objects.filter(series=OuterRef("pk")))
    aside = Exists(Candidate.objects.filter(former_series=OuterRef("pk")))
    letters = Exists(LetterFile.objects.filter(series=OuterRef("pk")))
    seal = Exists(Seal.objects.filter(series=OuterRef("pk")))
    begun = Exists(SeriesEnd.objects.filter(series=OuterRef("pk"), ended_at=None))
    return Series.objects.filter(there | aside | letters | seal | begun)


def due(*, at: dt.datetime) -> list[Series]:
    return [one for one in left().order_by("year", "month") if not why_kept(one, at=at)]


def count(series: Series) -> dict[str, int]:
    """How much of it is there, by what it is."""
    entries = Entry.objects.filter(_of(series, "candidate__"))
    return {
        "candidates": Candidate.objects.filter(_of(series)).count(),
        "entries": entries.count(),
        "results": Result.objects.filter(_of(series, "entry__candidate__")).count(),
        "logins": Credentials.objects.filter(_of(series, "candidate__")).count(),
        "letter files": LetterFile.objects.filter(series=series).count(),
        "sealed files": SealedFile.objects.filter(seal__series=series).count(),
    }


def batches(*, at: dt.datetime) -> Iterator[Counter[str]]:
    """Remove what is due, a step at a time: what went with each."""
    for series in due(at=at):
        SeriesEnd.objects.get_or_create(series=series, defaults={"began_at": at})
        yield from _to_the_end(series, at)


def _to_the_end(series: Series, at: dt.datetime) -> Iterator[Counter[str]]:
    while gone := _candidates_go(series, at):
        yield gone
    while gone := _letters_go(series, at):
        yield gone
    yield _arrangements_go(series, at)


def _is_in_use(series: Series, at: dt.datetime) -> bool:
    ends = ends_at(series)
    return ends is None or ends > at or bool(_why_waits(series))


def _candidates_go(series: Series, at: dt.datetime) -> Counter[str]:
    with transaction.atomic():
        end = _locked(series)
        if _is_in_use(series, at):  # by now
            return Counter()
        # Of each in the order of its index, so that what has gone is not looked through again.
        ids = _first(Candidate.objects.filter(series=series, centre__isnull=False), "centre")
        ids = ids or _first(Candidate.objects.filter(former_series=series), "former_centre")
        if not ids:
            return Counter()
        with doors.opened(series=series.pk):
            gone = remove(ids)
        return _counted(end, gone)


def _first(candidates: QuerySet[Candidate], centre: str) -> list[int]:
    ordered = candidates.order_by(centre, "number")
    return list(ordered.values_list("pk", flat=True)[:CANDIDATES])


def remove(candidates: list[int]) -> Counter[str]:
    """Remove these with all that is theirs, through a door that is open; how much of what."""
    of_result = {"result__entry__candidate__in": candidates}
    held = Q(candidate__in=candidates) | Q(entry__candidate__in=candidates)
    every = [
        ("proposed corrections", ProposedCorrection.objects.filter(**of_result)),
        ("changes of results", ResultChange.objects.filter(**of_result)),
        ("holds", Hold.objects.filter(held)),
        ("results", Result.objects.filter(entry__candidate__in=candidates)),
        ("entries", Entry.objects.filter(candidate__in=candidates)),
        ("selected", SelectedCandidate.objects.filter(candidate__in=candidates)),
        ("logins", Credentials.objects.filter(candidate__in=candidates)),
        ("candidates", Candidate.objects.filter(pk__in=candidates)),
    ]
    return Counter({what: many for what, rows in every if (many := rows._raw_delete(rows.db))})


def _letters_go(series: Series, at: dt.datetime) -> Counter[str]:
    """The rows go first, with the keys: from then on what is stored is noise."""
    with transaction.atomic():
        end = _locked(series)
        files = list(LetterFile.objects.filter(series=series).order_by("pk")[:FILES])
        if not files or _is_in_use(series, at):
            return Counter()
        with doors.opened(series=series.pk):
            LetterDownload.objects.filter(letter_file__in=files).delete()
            LetterPart.objects.filter(letter_file__in=files).delete()
            LetterFile.objects.filter(pk__in=[one.pk for one in files]).delete()
        gone = _counted(end, Counter({"letter files": len(files)}))
    for one in files:
        storage.remove_all(one)
    return gone


def _arrangements_go(series: Series, at: dt.datetime) -> Counter[str]:
    """What was arranged, with whom to ask; and the end is told."""
    for export in list(Export.objects.filter(series=series)):
        destroy(export=export)
    with transaction.atomic():
        end = _locked(series)
        if end.ended_at or _is_in_use(series, at):
            return Counter()
        with doors.opened(series=series.pk):
            Hold.objects.filter(series=series).delete()
            end.gone = dict(Counter(end.gone) + retention.remove(series))
        for model in (*DELAYS, LetterBatch, ChangesSeen, LastChange):
            model._default_manager.filter(series=series).delete()
        end.ended_at = at
        end.save(update_fields=["ended_at", "gone"])
        audit.record("series_ended", by=BY, series=series, new=end.gone)
    return Counter({"series": 1})


def _locked(series: Series) -> SeriesEnd:
    """One worker at a time; what came back after an end has another."""
    return SeriesEnd.objects.select_for_update().get(series=series)


def _counted(end: SeriesEnd, gone: Counter[str]) -> Counter[str]:
    end.gone = dict(Counter(end.gone) + gone)
    end.ended_at = None
    end.save(update_fields=["gone", "ended_at"])
    return gone


def _of(series: Series, path: str = "") -> Q:
    """Of this series, or set aside in it."""
    return Q(**{f"{path}series": series}) | Q(**{f"{path}former_series": series})
