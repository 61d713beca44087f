"""Readings of sealed results: what is still sealed, its keyholders, and what is being opened (rule 28).

Neither a name nor how large a file is: counts and instants, which are the same whatever grades are sealed.
"""

from collections.abc import Iterator

from django.db.models import Count, Max, Min, Q, Sum
from prometheus_client.metrics_core import Metric

from core.jobs import State
from operations.metrics.gauges import gauge, number, one
from sealed.models import Keyholder, Opening, Seal


def sealed() -> Iterator[Metric]:
    """Six queries."""
    seen_from = gauge(
        "sealed_seen_from_timestamp_seconds",
        "When staff first see results of a series that is still sealed.",
        "series",
    )
    files = gauge("sealed_files", "Sealed files that wait to be opened.", "series")
    for seal in Seal.objects.closed().with_instants().select_related("series"):
        if seal.seen_from:
            seen_from.add_metric([seal.series.slug], number(seal.seen_from))
        files.add_metric([seal.series.slug], seal.waiting)
    yield from (seen_from, files)
    ring = Keyholder.objects.appointed()
    yield from one("keyholders", "Keyholders, who together open what is sealed.", ring.count())
    yield from one(
        "keyholders_not_tried",
        "Keyholders whose passphrase was not given for 30 days.",
        ring.not_tried().count(),
    )
    wrong = Keyholder.objects.current().aggregate(tries=Sum("wrong_tries"), last=Max("wrong_at"))
    yield from one(
        "passphrases_wrong", "Wrong passphrases since the last right one.", wrong["tries"] or 0
    )
    yield from one(
        "passphrase_wrong_timestamp_seconds", "When the last of them was given.", wrong["last"]
    )
    yield from _openings()


def _openings() -> Iterator[Metric]:
    under_way = Q(state__in=[State.QUEUED, State.RUNNING])
    found = Opening.objects.filter(seal__opened_at=None).aggregate(
        under_way=Count("pk", filter=under_way),
        failed=Count("pk", filter=Q(state=State.FAILED)),
    )
    openings = gauge("openings", "Openings of what is still sealed.", "state")
    for state in ("under_way", "failed"):
        openings.add_metric([state], found[state])
    yield openings
    until = Opening.objects.exclude(key=None).aggregate(first=Min("key_until"))["first"]
    yield from one(
        "opening_key_until_timestamp_seconds",
        "Until when the key of an opening may be there.",
        until,
    )
