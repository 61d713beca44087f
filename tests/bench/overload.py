"""Results day with five times more candidates than can be served.

First as many complete visits as the site manages, then five times as many candidates a second, from
another process, whether the site keeps up or not. Most come newly; every tenth has had the sign-in page
open since before. Whoever gets the waiting page counts as turned away; those who are told to come back
soonest do, with what they typed as that page kept it, until they are served. Each results page must
be that of the login that was typed, no connection may be refused or reset, and the workers of
before must be there afterwards.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from heapq import heappop, heappush
from html import escape
from itertools import count, islice
from statistics import median
from subprocess import Popen
from time import perf_counter
from typing import Protocol

from tests.bench.measure import MILLI, percentile, ratio, table
from tests.bench.processes import children
from tests.bench.visitors import (
    AT_ONCE,
    SIGN_IN,
    Asking,
    Crowd,
    Login,
    Visitor,
    expect,
    header,
    request,
    sign_in,
    visit_all,
)

TIMES = 5
OPEN_BEFORE = 10  # every tenth
SOON = 7  # seconds; whoever is told to come back later does so after the measuring
RAMP = 1.5  # seconds until as many wait as ever will


class Site(Protocol):
    """A site that is served, and the logins that nobody has used yet."""

    name: str
    port: int
    process: Popen
    logins: Iterator[Login]

    def cpu(self) -> float:
        """Seconds of the processor, up to now: of its workers and of what stands in front."""


@dataclass
class Measured:
    """What one site has managed, cycle by cycle."""

    peaks: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)  # times a visit, in time of the processor
    told: list["Told"] = field(default_factory=list)

    @property
    def served(self) -> list[float]:
        return [one.served for one in self.told]

    @property
    def waits(self) -> list[float]:
        return [at for one in self.told for at in one.waits]


def overload(sites: list[Site], visitors: ProcessPoolExecutor, *, quick: bool) -> list[Measured]:
    """As much as each site manages, then five times as much, the sites in turn."""
    many, lasts, times = (60, 3, 1) if quick else (600, 9, 5)
    measured = [Measured() for _ in sites]
    workers = [children(site.process.pid) for site in sites]
    for _ in range(times):
        for site, so_far in zip(sites, measured, strict=True):
            _cycle(site, so_far, visitors, many, lasts)
    if [children(site.process.pid) for site in sites] != workers:
        raise RuntimeError("a worker has fallen over")
    rows: list[list[str | float]] = []
    for site, so_far in zip(sites, measured, strict=True):
        demand = median(one.demand for one in so_far.told)
        waits = [percentile(so_far.waits, percent) / MILLI for percent in (50, 99)]
        share = ratio(so_far.served, so_far.peaks)
        looks = 100 * median(so_far.looks)
        rows.append(
            [site.name, median(so_far.peaks), demand, median(so_far.served), share, *waits, looks]
        )
    table(
        f"Five times the demand: complete visits a second; medians of {times}",
        [
            "",
            "the peak",
            "came",
            "served",
            "times the peak",
            "waiting page, ms",
            "99 % within ms",
            "a look, %",
        ],
        rows,
    )
    return measured


def _cycle(
    site: Site, measured: Measured, visitors: ProcessPoolExecutor, many: int, lasts: float
) -> None:
    before = site.cpu()
    seconds, _ = visitors.submit(visit_all, site.port, list(islice(site.logins, many))).result()
    measured.peaks.append(many / seconds)
    visited = site.cpu()
    visitors.submit(look, site.port, 10 * many).result()
    measured.looks.append((site.cpu() - visited) / 10 / (visited - before))
    rate = TIMES * measured.peaks[-1]
    logins = list(islice(site.logins, int(rate * lasts)))
    measured.told.append(visitors.submit(flood, site.port, logins, rate).result())


@dataclass
class Told:
    """What a crowd that nobody could serve has to tell."""

    demand: float = 0  # visits a second
    served: float = 0  # complete visits a second
    waits: list[float] = field(default_factory=list)  # seconds until each waiting page was there
    stored: int = 0  # waiting pages that hold what was typed
    came_back: int = 0  # candidates who were turned away first, and served in the end


def flood(port: int, logins: Sequence[Login], rate: float) -> Told:
    """Let so many candidates come in a second, each with one of these logins, until all have come.

    Raises RuntimeError when the site answers what it should not, OSError when it does not answer.
    """
    with Crowd(port) as crowd:
        return _Flood(crowd, iter(logins), len(logins) / rate, rate).run()


class _Flood:
    def __init__(self, crowd: Crowd, logins: Iterator[Login], lasts: float, rate: float) -> None:
        self.crowd, self.logins, self.lasts, self.rate = crowd, logins, lasts, rate
        self.told = Told()
        self.served: list[float] = []
        self.back: list[tuple[float, int, Visitor]] = []  # who comes back, and when
        self.order = count()

    def run(self) -> Told:
        self.start = perf_counter()
        came = 0
        while self._now() < self.lasts:
            while came < self._now() * self.rate and self._one_comes(came):
                came += 1
            self._go_on(until=0.001)
        self.told.demand = came / self._now()
        while self.crowd.under_way or self.back:
            self._go_on(until=0.01)
        measured = [at for at in self.served if RAMP <= at < self.lasts]
        self.told.served = len(measured) / (self.lasts - RAMP)
        return self.told

    def _now(self) -> float:
        return perf_counter() - self.start

    def _one_comes(self, number: int) -> bool:
        login = next(self.logins, None)
        if login:
            open_before = number % OPEN_BEFORE == 0
            self.crowd.come(Visitor(login, sign_in(login) if open_before else None))
        return login is not None

    def _go_on(self, *, until: float) -> None:
        while self.back and self.back[0][0] <= self._now():
            self.crowd.ask(heappop(self.back)[2])
        for visitor in self.crowd.answered(until):
            if visitor.answer.startswith(b"HTTP/1.1 503 "):
                self._turned_away(visitor)
            elif not self.crowd.goes_on(visitor):
                self.served.append(self._now())
                self.told.came_back += visitor.turned_away > 0

    def _turned_away(self, visitor: Visitor) -> None:
        self.told.waits.append(perf_counter() - visitor.asked_at)
        after = int(header(visitor.answer, b"retry-after"))
        if visitor.asked.startswith(b"POST "):
            for one in visitor.login[:2]:
                if f'value="{escape(one)}"'.encode() not in visitor.answer:
                    raise RuntimeError("the waiting page has lost what was typed")
            self.told.stored += 1
        if after <= SOON:
            visitor.turned_away += 1
            visitor.answer = b""
            heappush(self.back, (self._now() + after, next(self.order), visitor))


def look(port: int, many: int) -> None:
    """What those do who wait for the release: open the sign-in page again, so many times."""
    with Crowd(port) as crowd:
        for _ in range(AT_ONCE):
            crowd.come(Visitor(Login("", ""), _looks(many // AT_ONCE)))
        while crowd.under_way:
            for visitor in crowd.answered():
                crowd.goes_on(visitor)


def _looks(many: int) -> Asking:
    for _ in range(many):
        expect((yield request("GET", SIGN_IN)), 200, SIGN_IN)
