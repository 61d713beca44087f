"""A made-up cohort whose series lie around today: one released, one not yet, one not open yet.

Nobody in it exists. It is filled in once, through the rules that officers use, and never again.
"""

import datetime as dt
import random
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres.models import (
    Candidate,
    Centre,
    Entry,
    Membership,
    Qualification,
    Release,
    Role,
    Series,
    Status,
    SubcentreLink,
    Syllabus,
)
from centres.status import edit_status
from centres.subcentres import Management, Row, save
from centres.terms import Contact
from core import jobs
from credentials.letters import storage
from credentials.letters.issuing import request_letters
from credentials.models import LetterFile
from demo.people import CENTRES, DEMO_FORENAMES, DEMO_SURNAMES, marks
from exchange.access import exchange_for_upload
from exchange.models import Kind
from exchange.versions import share_file
from results.models import Result

A_LEVEL, IGCSE = "Cambridge International AS & A Level", "Cambridge IGCSE"

MAIN, ORDINARY = "MC100", "OC200"
GRADES = {A_LEVEL: "A* A B C D E a b".split(), IGCSE: "A* A B C D E F".split()}

SYLLABUSES = [
    ("0580", "Mathematics", IGCSE),
    ("0610", "Biology", IGCSE),
    ("0620", "Chemistry", IGCSE),
    ("0500", "First Language English", IGCSE),
    ("9700", "Biology", A_LEVEL),
    ("9702", "Physics", A_LEVEL),
    ("9709", "Mathematics", A_LEVEL),
]


@dataclass(frozen=True)
class Around:
    """The three series around a day: the last released, the next to be, and the one after."""

    released: Series
    coming: Series
    later: Series


def fill(*, password: str, now: dt.datetime | None = None) -> Around:
    """Write the whole cohort in one transaction. `password` is that of every member of staff."""
    now = now or timezone.now()
    dice = random.Random(2026)  # noqa: S311 # nosec B311 # the same made-up cohort each time
    with transaction.atomic():
        around = _series(now)
        centres = _centres()
        syllabuses = _syllabuses()
        _staff(centres, password)
        for series in (around.released, around.coming, around.later):
            for number, *_, size in CENTRES:
                _candidates(centres[number], series, size, syllabuses, dice)
        _results(around.released, dice)
        _results(around.coming, dice)
        officer = User.objects.get(username="officer.main")
        for series in (around.released, around.coming):
            _arrangements(centres, series, officer)
        _exchanged(around.coming)
    return around


def _series(now: dt.datetime) -> Around:
    """Series take their names from the calendar; their days are moved so that each shows its state."""
    results_out = [  # roughly when a series' results come out: (series month, years later, month)
        (
            year,
            month,
            dt.datetime(year + over, out, 13, 6, tzinfo=ZoneInfo(settings.BOARD_TIME_ZONE)),
        )
        for year in range(now.year - 2, now.year + 3)
        for month, over, out in ((3, 0, 5), (6, 0, 8), (11, 1, 1))
    ]
    first = next(index for index, (*_, out) in enumerate(results_out) if out > now)
    days = [(-170, -30), (-60, 14), (60, 200)]
    made = []
    for (year, month, _), (opens, out) in zip(
        results_out[first - 1 : first + 2], days, strict=True
    ):
        series = Series.objects.create(
            year=year, month=month, credentials_from=(now + dt.timedelta(days=opens)).date()
        )
        for name, later in ((A_LEVEL, 0), (IGCSE, 2)):
            Release.objects.create(
                series=series,
                qualification=Qualification.objects.get(name=name),
                candidates_at=_six_o_clock(now + dt.timedelta(days=out + later)),
            )
        made.append(series)
    return Around(*made)


def _six_o_clock(day: dt.datetime) -> dt.datetime:
    """06:00 on the board's clock, as releases are."""
    board = day.astimezone(ZoneInfo(settings.BOARD_TIME_ZONE))
    return board.replace(hour=6, minute=0, second=0, microsecond=0).astimezone(dt.UTC)


def _centres() -> dict[str, Centre]:
    centres = {
        number: Centre.objects.create(number=number, name=name, country=country, time_zone=zone)
        for number, name, country, zone, _ in CENTRES
    }
    for number, centre in centres.items():
        if number not in (MAIN, ORDINARY):
            SubcentreLink.objects.create(main=centres[MAIN], associate=centre)
    return centres


def _syllabuses() -> list[Syllabus]:
    return [
        Syllabus.objects.create(
            code=code, title=title, qualification=Qualification.objects.get(name=name)
        )
        for code, title, name in SYLLABUSES
    ]


STAFF = [  # username, name, centre, role
    ("officer.main", "Exams officer of the main centre", "MC100", Role.EXAMS_OFFICER),
    ("deputy.main", "Second exams officer of the main centre", "MC100", Role.EXAMS_OFFICER),
    ("viewer.main", "Viewer at the main centre", "MC100", Role.VIEWER),
    ("officer.ac101", "Exams officer of an Associate Centre", "AC101", Role.EXAMS_OFFICER),
    ("viewer.ac101", "Viewer at an Associate Centre", "AC101", Role.VIEWER),
    (
        "officer.ac104",
        "Exams officer of an Associate Centre without access",
        "AC104",
        Role.EXAMS_OFFICER,
    ),
    ("officer.oc200", "Exams officer of an ordinary centre", "OC200", Role.EXAMS_OFFICER),
]
BOARD = [("board", "Board operator"), ("board.2", "Second board operator")]


def _staff(centres: dict[str, Centre], password: str) -> None:
    for username, name, number, role in STAFF:
        user = User.objects.create_user(username, f"{username}@example.org", password, name=name)
        Membership.objects.create(
            user=user,
            centre=centres[number],
            role=role,
            may_manage_results_service=role == Role.EXAMS_OFFICER,
        )
    for username, name in BOARD:
        User.objects.create_superuser(username, f"{username}@example.org", password, name=name)


def _candidates(
    centre: Centre, series: Series, size: int, syllabuses: list[Syllabus], dice: random.Random
) -> None:
    for index in range(1, size + 1):
        surname, forenames = dice.choice(DEMO_SURNAMES), dice.choice(DEMO_FORENAMES)
        candidate = Candidate.objects.create(
            series=series,
            centre=centre,
            number=f"{index:04}",
            name=f"{surname}: {forenames}".replace("&", " "),
            date_of_birth=dt.date(series.year - 16, dice.randint(1, 12), dice.randint(1, 28)),
        )
        level = IGCSE if index % 2 else A_LEVEL
        taken = [one for one in syllabuses if one.qualification.name == level]
        if index % 6 == 0:
            taken = syllabuses[:3] + syllabuses[-2:]
        Entry.objects.bulk_create(
            [
                Entry(candidate=candidate, syllabus=one, option_code=dice.choice(("AX", "BY")))
                for one in taken
            ]
        )


def _results(series: Series, dice: random.Random) -> None:
    entries = Entry.objects.filter(candidate__series=series).select_related(
        "syllabus__qualification"
    )
    graded = [
        (entry, dice.choice([*GRADES[entry.syllabus.qualification.name] * 4, "Q", "X"]))
        for entry in entries
    ]
    first = Release.objects.filter(series=series).earliest("candidates_at").candidates_at
    loaded_at = min(first - dt.timedelta(days=7), timezone.now())
    Result.objects.bulk_create(
        Result(
            entry=entry,
            grade=grade,
            components=marks(grade, seed),
            added_at=loaded_at,
        )
        for seed, (entry, grade) in enumerate(graded)
    )


def _arrangements(centres: dict[str, Centre], series: Series, officer: User) -> None:
    hour = dt.timedelta(hours=1)
    contact = Contact("Exams Office, Riverbank", "+66 2 000 0000", "exams@mc100.example.org")
    save(
        main=centres[MAIN],
        series=series,
        by=officer,
        wanted=Management(
            version=0,
            use_defaults=False,
            defaults=Row(give_access=True),
            contact=contact,
            rows={
                "AC101": Row(give_access=True, delay=2 * hour),
                "AC102": Row(give_access=True, contact_choice="centre"),
                "AC103": Row(give_access=True, delay=hour / 2),
            },
        ),
    )
    for number in (MAIN, "AC101", "AC102", ORDINARY):
        edit_status(
            centre=centres[number],
            series=series,
            by=User.objects.filter(memberships__centre=centres[number]).first() or officer,
            version=0,
            status=Status.ALL,
            agreed=True,
            contact=contact
            if number == MAIN
            else Contact("Exams Office", "", f"exams@{number.lower()}.example.org"),
            delay=dt.timedelta(),
        )


EXCHANGED = [  # who puts it there, centre, with whom, name, kind, what it says
    ("board", MAIN, "board", "dates.txt", Kind.CORRESPONDENCE, "Made-up dates of the series."),
    ("officer.main", "AC102", MAIN, "how to begin.txt", Kind.OTHER, "Made-up advice."),
    (
        "officer.ac101",
        "AC101",
        MAIN,
        "entries.csv",
        Kind.ENTRIES,
        "candidate,syllabus\n0001,0580\n",
    ),
]


def _exchanged(series: Series) -> None:
    """A few files in File Exchange, which the worker then looks at."""
    for username, centre, other, name, kind, text in EXCHANGED:
        by = User.objects.get(username=username)
        exchange = exchange_for_upload(by, centre, other)
        share_file(
            exchange=exchange, by=by, name=name, kind=kind, series=series, chunks=[text.encode()]
        )


def make_login(series: Series) -> dict[str, str]:
    """Make the letters of the main centre's candidates, as the worker does, and tell the login on
    the first: a thing that only a demo, in which nobody exists, may know."""
    main = Centre.objects.get(number=MAIN)
    candidates = Candidate.objects.filter(centre=main, series=series)
    file = request_letters(
        centre=main,
        series=series,
        by=User.objects.get(username="officer.main"),
        candidates=candidates,
    )
    jobs.run(LetterFile._meta.label, str(file.pk))
    first = storage.letters_in(file)[0]
    return {
        "candidate": str(candidates.get(number=first.candidate_number)),
        "username": first.username,
        "password": first.password,
    }
