"""Gauges, as readings tell them: what has no value is left out, and an instant is told in seconds."""

import datetime as dt
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily


def gauge(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"direct_{name}", words, labels=labels)


def one(name: str, words: str, value: float | dt.datetime | None) -> Iterator[GaugeMetricFamily]:
    """A gauge of one value; none where there is nothing to tell."""
    if value is None:
        return
    family = gauge(name, words)
    family.add_metric([], number(value))
    yield family


def number(value: float | dt.datetime) -> float:
    return value.timestamp() if isinstance(value, dt.datetime) else float(value)
