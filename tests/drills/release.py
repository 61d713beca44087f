"""The drill for the release: no grade a microsecond early, none late, whatever was agreed, changed
or held, and whichever of the two clocks runs ahead (rules 10, 18, 19, 21 and 25).

A case is one page that a signed-in candidate asks of the whole site, at one moment. When the board
releases, how long each centre delays, whose delay counts, the centre's zone, holds and corrections
are drawn, mostly so that they meet at the edges: a clock change somewhere in the world, give or take a
microsecond. Between two pages of a visit, settings change; and the clock does not always run forwards.
Of the application's clock and the database's one mostly runs ahead, by up to an hour; the other is
right.

What must show is worked out from what was drawn, in whole microseconds since 1970 and plain Python
(`Agreed`), and shares nothing with the site's own rule.
"""

import datetime as dt
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

import time_machine
from django.test import Client
from django.utils import timezone

from centres.models import (
    Candidate,
    Centre,
    CentreArrangement,
    Entry,
    Release,
    SubcentreArrangement,
    SubcentreDefaults,
)
from core.only_grows import lifted
from results.models import Hold, Result, ResultChange
from tests import clocks
from tests.bench.environment import database_name
from tests.builders import (
    arrange,
    give,
    held_of,
    hold,
    let_go,
    make_candidate,
    make_centre,
    make_login,
    make_qualification,
    make_series,
    set_defaults,
)

MICROSECOND, SECOND, MINUTE, HOUR, DAY = 1, 10**6, 60 * 10**6, 3600 * 10**6, 86400 * 10**6
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LONGEST = 9999 * HOUR + 59 * MINUTE
DELAYS = [0, MINUTE, HOUR, DAY - HOUR, DAY, 35 * DAY, LONGEST]
EDGES = [-MICROSECOND, 0, MICROSECOND, -SECOND, SECOND, SECOND - 1]
PAGES = 12  # of a visit
AHEAD = [MICROSECOND, SECOND, 30 * MINUTE, HOUR]
ZONES = (
    "UTC Europe/London America/New_York Australia/Lord_Howe Pacific/Apia Africa/Casablanca "
    "Africa/Cairo Asia/Kathmandu Asia/Karachi Asia/Kolkata Pacific/Chatham America/St_Johns "
    "Antarctica/Troll America/Santiago Asia/Gaza Asia/Tehran Atlantic/Azores Europe/Moscow "
    "America/Caracas Asia/Pyongyang Pacific/Kiritimati Europe/Istanbul Asia/Amman"
).split()


@dataclass(frozen=True)
class Subject:
    """What a candidate is entered for; its grade and its PUM stand nowhere else on the page."""

    code: str
    qualification: str
    grade: str
    printed: str
    pum: int


SUBJECTS = [
    Subject("0580", "Cambridge IGCSE", "C", "C(c)", 71),
    Subject("9702", "Cambridge International AS & A Level", "D", "D(d)", 83),
    Subject("4024", "Cambridge O Level", "E", "E(e)", 97),
]


Held = tuple[str, str, bool]  # level, code of the syllabus, whether of the attached centre


@dataclass
class Agreed:
    """What holds, as it was drawn; instants and delays in microseconds."""

    zone: str = "UTC"
    released: dict[str, int] = field(default_factory=dict)  # qualification -> instant
    delay: dict[str, int] = field(default_factory=dict)  # own, row, defaults -> delay
    access: dict[str, bool] = field(default_factory=lambda: {"row": True, "defaults": True})
    uses_defaults: bool = False
    held: set[Held] = field(default_factory=set)
    corrected: dict[str, int] = field(default_factory=dict)  # code of the syllabus -> instant

    def whose(self, attached: bool) -> str:
        """Whose delay counts for a candidate of the main centre, or of the one attached to it."""
        if not attached:
            return "own"
        return "defaults" if self.uses_defaults else "row"

    def admits(self, attached: bool) -> bool:
        return self.access.get(self.whose(attached), True)

    def visible_from(self, subject: Subject, attached: bool) -> int:
        return self.released[subject.qualification] + self.delay[self.whose(attached)]

    @staticmethod
    def levels(subject: Subject, attached: bool) -> set[Held]:
        """Whatever is held that this result is a part of, it is held."""
        return {
            ("series", "", False),
            ("qualification", subject.code, False),
            ("centre", "", attached),
            ("candidate", "", attached),
            ("entry", subject.code, attached),
        }

    def shows(self, subject: Subject, attached: bool, now: int) -> bool:
        held = self.held & self.levels(subject, attached)
        return not held and now >= self.visible_from(subject, attached)

    def says_changed(self, subject: Subject, attached: bool) -> bool:
        corrected = self.corrected.get(subject.code)
        return corrected is not None and corrected >= self.visible_from(subject, attached)


HOLDABLE = sorted(
    {
        what
        for one in SUBJECTS
        for attached in (False, True)
        for what in Agreed.levels(one, attached)
    }
)


class Cast:
    """A main centre and one attached to it, a candidate of each; the only place that writes."""

    def __init__(self) -> None:
        self.main = make_centre("MAIN1")
        self.associate = make_centre("ASC01", main=self.main)
        for subject in SUBJECTS:
            make_qualification(subject.qualification)
        self.series = make_series(releases={one.qualification: EPOCH for one in SUBJECTS})
        arrange(self.main, self.series)
        arrange(self.associate, self.series)
        give(self.associate, self.series)
        set_defaults(self.main, self.series, access=True)
        self.candidates = {
            False: self._candidate(self.main),
            True: self._candidate(self.associate),
        }
        self.logins = {who: make_login(one)[:2] for who, one in self.candidates.items()}
        self.holds: dict[Held, Hold] = {}

    def _candidate(self, centre: Centre) -> Candidate:
        candidate = make_candidate(centre, self.series, grades={})
        for one in SUBJECTS:
            qualification = make_qualification(one.qualification)
            syllabus, _ = qualification.syllabuses.get_or_create(
                code=one.code, defaults={"title": f"Syllabus {one.code}"}
            )
            entry = Entry.objects.create(candidate=candidate, syllabus=syllabus)
            Result.objects.create(entry=entry, grade=one.grade, pum=one.pum, added_at=EPOCH)
        return candidate

    def set_zone(self, zone: str) -> None:
        Centre.objects.update(time_zone=zone)

    def set_release(self, qualification: str, instant: int, zone: str) -> None:
        """Told in any zone's wall clock, as a person would type it."""
        at = moment(instant).astimezone(ZoneInfo(zone))
        Release.objects.filter(qualification__name=qualification).update(candidates_at=at)

    def set_delay(self, whose: str, delay: int) -> None:
        """What the Associate Centre itself once confirmed must never count."""
        length = dt.timedelta(microseconds=delay)
        if whose == "own":
            CentreArrangement.objects.filter(centre=self.main).update(delay=length)
            other = dt.timedelta(microseconds=LONGEST - delay)
            CentreArrangement.objects.filter(centre=self.associate).update(delay=other)
        else:
            self._subcentres(whose).update(delay=length)

    def set_access(self, whose: str, given: bool) -> None:
        self._subcentres(whose).update(give_access=given)

    def set_uses_defaults(self, ticked: bool) -> None:
        SubcentreDefaults.objects.update(use_defaults=ticked)

    def _subcentres(self, whose: str):
        rows = SubcentreArrangement if whose == "row" else SubcentreDefaults
        return rows.objects.all()

    def set_hold(self, what: Held, held: bool) -> None:
        """Hold back, or let go, as the board does. What was let go leaves no trace here, so that only the
        release decides which corrections are told."""
        level, code, attached = what
        if held:
            levels = held_of(self.candidates[attached], code or SUBJECTS[0].code)
            self.holds[what] = hold(**levels[level])
        else:
            let_go(self.holds[what])
            with lifted():
                self.holds.pop(what).delete()

    def set_corrections(self, corrected: dict[str, int]) -> None:
        with lifted():
            ResultChange.objects.all().delete()
        ResultChange.objects.bulk_create(
            ResultChange(
                result=result,
                at=moment(corrected[result.entry.syllabus.code]),
                by="board",
                reason="Review",
                old_grade="U",
            )
            for result in Result.objects.select_related("entry__syllabus")
            if result.entry.syllabus.code in corrected
        )


class Drill:
    """One run of it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.cast = Cast()
        self.client = Client(headers={"Host": "127.0.0.1"})  # one for all: it is dear to make
        self.agreed = Agreed()
        self.count = Counter[str]()
        self.violations: list[str] = []

    def arrange(self) -> None:
        """Draw everything anew, and write it."""
        dice, cast, before, now = self.dice, self.cast, self.agreed, Agreed()
        self.agreed = now
        now.zone = dice.choice(ZONES)
        now.uses_defaults = dice.random() < 0.5
        for whose in ("own", "row", "defaults"):
            now.delay[whose] = self._delay()
            cast.set_delay(whose, now.delay[whose])
        for whose in now.access:
            cast.set_access(whose, True)
        counts = now.delay[now.whose(dice.random() < 0.5)]
        edge = clock_change(dice.choice(ZONES), dice.randint(2012, 2036))
        for subject in SUBJECTS:
            near = edge + dice.choice([*EDGES, -HOUR, HOUR, dice.randint(-DAY, DAY)])
            # The release, or the moment of seeing, at the edge.
            at = near - dice.choice([0, counts])
            now.released[subject.qualification] = at
            cast.set_release(subject.qualification, at, dice.choice(ZONES))
        for what in HOLDABLE:
            if dice.random() < 0.04:
                now.held.add(what)
        for what in before.held ^ now.held:
            cast.set_hold(what, what in now.held)
        for subject in SUBJECTS:
            if dice.random() < 0.3:
                visible = now.visible_from(subject, dice.random() < 0.5)
                now.corrected[subject.code] = visible + dice.choice([*EDGES, DAY])
        cast.set_zone(now.zone)
        cast.set_uses_defaults(now.uses_defaults)
        cast.set_corrections(now.corrected)

    def visit(self) -> None:
        """A candidate logs in shortly before or after something can be seen, and looks again and
        again; in between, settings change."""
        dice = self.dice
        self.attached = dice.random() < 0.5
        subject = dice.choice(SUBJECTS)
        start = self.agreed.visible_from(subject, self.attached)
        if dice.random() < 0.2:
            start += dice.randint(-30 * HOUR, 30 * HOUR)
        moments = [start + dice.choice(EDGES) for _ in range(PAGES - 3)]
        moments += [start + dice.randint(-5 * MINUTE, 5 * MINUTE) for _ in range(3)]
        if dice.random() < 0.8:
            moments.sort()
        self.client.cookies.clear()
        self._draw_skew()
        with time_machine.travel(self._told(moments[0] - MINUTE), tick=False) as clock:
            self._log_in()
            for now in moments:
                if dice.random() < 0.25:
                    self._change(now)
                if dice.random() < 0.1:
                    self._draw_skew()
                clock.move_to(self._told(now + self.ahead["application"]))
                clocks.set_database_clock(moment(now + self.ahead["database"]))
                self._ask(now)

    def _draw_skew(self) -> None:
        """Which of the two clocks is ahead, and by how much."""
        self.ahead = {"application": 0, "database": 0}
        if self.dice.random() < 0.8:
            which = self.dice.choice(list(self.ahead))
            self.ahead[which] = self.dice.choice([*AHEAD, self.dice.randint(0, HOUR)])

    def _told(self, instant: int) -> dt.datetime:
        """The machine's clock is set in whatever zone."""
        return moment(instant).astimezone(ZoneInfo(self.dice.choice(ZONES)))

    def _delay(self) -> int:
        return self.dice.choice([*DELAYS, self.dice.randint(0, LONGEST // MINUTE) * MINUTE])

    def _change(self, now: int) -> None:
        """Somebody changes one setting, between two pages of the same visit."""
        dice, cast, agreed = self.dice, self.cast, self.agreed
        self.count["changes"] += 1
        subject, whose = dice.choice(SUBJECTS), agreed.whose(self.attached)
        match dice.choice(["release", "release", "delay", "defaults", "access", "hold", "zone"]):
            case "release":  # so that it is due about now
                near = now + dice.choice([*EDGES, dice.randint(-MINUTE, MINUTE)])
                agreed.released[subject.qualification] = near - agreed.delay[whose]
                at = agreed.released[subject.qualification]
                cast.set_release(subject.qualification, at, dice.choice(ZONES))
            case "delay":  # longer or shorter, perhaps by a minute
                by = dice.choice([-HOUR, -MINUTE, MINUTE, HOUR])
                drawn = dice.choice([agreed.delay[whose] + by, self._delay()])
                agreed.delay[whose] = min(max(drawn, 0), LONGEST)
                cast.set_delay(whose, agreed.delay[whose])
            case "defaults":
                agreed.uses_defaults = not agreed.uses_defaults
                cast.set_uses_defaults(agreed.uses_defaults)
            case "access":
                whose = dice.choice(list(agreed.access))
                agreed.access[whose] = not agreed.access[whose]
                cast.set_access(whose, agreed.access[whose])
            case "hold":
                what = dice.choice(sorted(agreed.levels(subject, self.attached)))
                agreed.held ^= {what}
                cast.set_hold(what, what in agreed.held)
            case "zone":
                agreed.zone = dice.choice(ZONES)
                cast.set_zone(agreed.zone)

    def _log_in(self) -> None:
        username, password = self.cast.logins[self.attached]
        answer = self.client.post("/results/", {"username": username, "password": password})
        self.address = answer.headers.get("Location", "")

    def _page(self) -> str | None:
        """The candidate's own page; whose visit has ended logs in once more. None when shut out."""
        for _ in range(2):
            if self.address:
                answer = self.client.get(self.address)
                if answer.status_code == 200:
                    return answer.content.decode()
            self._log_in()
        return None

    def _ask(self, now: int) -> None:
        page = self._page()
        self.count["cases"] += 1
        for which, ahead in self.ahead.items():
            self.count[f"{which} ahead"] += bool(ahead)
        if micros(timezone.now()) != now + self.ahead["application"]:
            self._found(f"The drill's own clock says {timezone.now()}, not {moment(now)}.")
        if not self.agreed.admits(self.attached):
            self.count["shut out"] += 1
            if page is not None:
                self._found(f"{self._when(now)}: shut out, and got a page.")
        elif page is None:
            self._found(f"{self._when(now)}: has access, and got no page.")
        else:
            for subject in SUBJECTS:
                self._compare(page, subject, now)

    def _compare(self, page: str, subject: Subject, now: int) -> None:
        text = re.sub(r'"[^"]*"', "", page)  # what stands in attributes is made of anything
        row = next(one for one in text.split("<tr")[1:] if re.search(rf"\b{subject.code}\b", one))
        row = row.partition("</tr>")[0]
        pum = rf"\b{subject.pum}\b"
        away = now - self.agreed.visible_from(subject, self.attached)
        if abs(away) <= MICROSECOND:
            self.count["within a microsecond"] += 1
        if not self.agreed.shows(subject, self.attached, now):
            self.count["hidden"] += 1
            if subject.printed in page or re.search(pum, text) or "Changed on" in row:
                self._found(f"{self._when(now)}: {subject.code} early or held, {away} µs.")
            return
        self.count["shown"] += 1
        if subject.printed not in row or not re.search(pum, row):
            self._found(f"{self._when(now)}: {subject.code} late, by {away} µs.")
        elif ("Changed on" in row) != self.agreed.says_changed(subject, self.attached):
            self._found(f"{self._when(now)}: {subject.code} tells a wrong change.")

    def _when(self, now: int) -> str:
        ahead = ", ".join(f"{which} +{by} µs" for which, by in self.ahead.items() if by)
        return f"Case {self.count['cases']}, {moment(now).isoformat()} {ahead}".rstrip()

    def _found(self, sentence: str) -> None:
        self.violations.append(sentence)
        if len(self.violations) <= 20:
            print(f"  {sentence}", flush=True)


def run(*, times: int, seed: int) -> dict:
    """So many pages; what was found."""
    print(f"{database_name()}, seed {seed}")
    began = time.perf_counter()
    clocks.install()
    drill, told = Drill(seed), 0
    while drill.count["cases"] < times:
        drill.arrange()
        drill.visit()
        drill.visit()
        if drill.count["cases"] // 10_000 > told:
            told += 1
            print(f"{drill.count['cases']} pages, {len(drill.violations)} wrong", flush=True)
    return {
        **{name.replace(" ", "_"): many for name, many in sorted(drill.count.items())},
        "seed": seed,
        "seconds": round(time.perf_counter() - began, 1),
        "violations": drill.violations[:100],
    }


def moment(instant: int) -> dt.datetime:
    return EPOCH + dt.timedelta(microseconds=instant)


def micros(at: dt.datetime) -> int:
    return (at - EPOCH) // dt.timedelta(microseconds=1)


@cache
def clock_change(zone: str, year: int) -> int:
    """The first instant of that year at which the clocks of a zone are changed; else New Year."""
    start = micros(dt.datetime(year, 1, 1, tzinfo=dt.UTC))
    for day in range(start, start + 365 * DAY, DAY):
        if _offset(zone, day) != _offset(zone, day + DAY):
            before, after = day, day + DAY
            while after - before > 1:
                middle = (before + after) // 2
                same = _offset(zone, middle) == _offset(zone, before)
                before, after = (middle, after) if same else (before, middle)
            return after
    return start


def _offset(zone: str, instant: int) -> dt.timedelta | None:
    return moment(instant).astimezone(ZoneInfo(zone)).utcoffset()
