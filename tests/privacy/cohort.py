"""A series of long ago with everything that is kept of its candidates, beside the present one of the cast."""

import datetime as dt

from centres.models import Candidate, SelectedCandidate, Series
from results.corrections import Correction, correct
from results.models import ChangesSeen, LastChange, Result
from tests.builders import (
    A_LEVEL,
    IGCSE,
    World,
    arrange,
    hold,
    let_go,
    make_batch,
    make_candidate,
    make_login,
    make_series,
    set_defaults,
)

OLD_RELEASE = dt.datetime(2020, 8, 13, 5, 0, tzinfo=dt.UTC)
NAMES = ("OLDNAME: Ada", "OLDNAME: Grace", "OLDNAME: Alan", "OLDNAME: Joan")


def make_old_series(world: World, released: dt.datetime = OLD_RELEASE, year: int = 2020) -> Series:
    """June 2020: four candidates at two centres, one of whom was set aside, with all that can be theirs."""
    releases = {IGCSE: released, A_LEVEL: released}
    old = make_series(year, 6, credentials_from=dt.date(year, 3, 25), releases=releases)
    centres = (world.main, world.main, world.associate, world.associate)
    for number, (centre, name) in enumerate(zip(centres, NAMES, strict=True), 1):
        one = make_candidate(
            centre, old, f"{number:04}", name=name, grades={"0580": "A", "9702": "C", "0610": None}
        )
        make_login(one)
        make_login(one)  # whose letter took the place of the first
        SelectedCandidate.objects.create(candidate=one)
        first = Result.objects.filter(entry__candidate=one).earliest("pk")
        change = [Correction(first, "B", None)]
        correct(change, by="board", reason="Review of marking", at=released + dt.timedelta(days=9))
        let_go(hold(candidate=one))
    let_go(hold(series=old))
    world.main.letter_files.filter(series=old).first().downloads.create(
        by="officer.main", letters=1, whole=True
    )
    make_batch(world.main, old, world.associate.letter_files.filter(series=old).first())
    arrange(world.main, old)
    set_defaults(world.main, old)
    ChangesSeen.objects.create(user=world.officer, centre=world.main, series=old, at=released)
    LastChange.objects.get_or_create(series=old, defaults={"at": released})
    Candidate.objects.filter(series=old, number="0004").set_aside(released)
    return old
