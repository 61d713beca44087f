"""Made-up centres and what they arranged: a main centre gave its Associate Centres access, and every
centre lets all of its candidates in. The results of June 2026 have been released since yesterday,
unless another instant is asked for.
"""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from centres.models import (
    Centre,
    CentreArrangement,
    Qualification,
    Release,
    Series,
    Status,
    SubcentreArrangement,
    SubcentreDefaults,
    SubcentreLink,
    Syllabus,
)
from credentials.models import LetterFile
from demo.people import QUALIFICATION, SUBJECTS

ZONES = "Asia/Karachi Asia/Bangkok Europe/Madrid Africa/Lagos".split()


def make_series(released_at: dt.datetime | None = None) -> Series:
    """June 2026, and its release. Those that are there already are taken as they are."""
    series, _ = Series.objects.get_or_create(
        year=2026, month=6, defaults={"credentials_from": dt.date(2026, 3, 25)}
    )
    Release.objects.get_or_create(
        series=series,
        qualification=Qualification.objects.get(name=QUALIFICATION),
        defaults={"candidates_at": released_at or timezone.now() - dt.timedelta(days=1)},
    )
    return series


def make_syllabuses() -> list[Syllabus]:
    """The syllabuses. Those that are there already are taken as they are."""
    qualification = Qualification.objects.get(name=QUALIFICATION)
    return [
        Syllabus.objects.get_or_create(
            code=code, defaults={"title": title, "qualification": qualification}
        )[0]
        for code, title in SUBJECTS.items()
    ]


def make_centres(series: Series, *, first: int, associates: int) -> list[Centre]:
    """A main centre, and Associate Centres that it gave access; all candidates of all of them.

    Their numbers are counted from `first`; the main centre comes first.
    """
    centres = Centre.objects.bulk_create(
        Centre(
            number=f"{number:05}",
            name=f"Made-up School {number}",
            country="Nowhere",
            time_zone=ZONES[number % len(ZONES)],
        )
        for number in range(first, first + 1 + associates)
    )
    links = SubcentreLink.objects.bulk_create(
        SubcentreLink(main=centres[0], associate=centre) for centre in centres[1:]
    )
    contact = {"contact_name": "Exams Office", "contact_telephone": "+44 1223 000000"}
    SubcentreDefaults.objects.create(main=centres[0], series=series, **contact)
    SubcentreArrangement.objects.bulk_create(
        SubcentreArrangement(link=link, series=series, give_access=True) for link in links
    )
    agreed = {"agreed_by": "officer", "agreed_at": timezone.now(), "agreed_wording": "agreed"}
    CentreArrangement.objects.bulk_create(
        CentreArrangement(centre=centre, series=series, status=Status.ALL, **agreed, **contact)
        for centre in centres
    )
    return centres


def make_letter_files(series: Series, sizes: Iterable[tuple[int, int]]) -> dict[int, LetterFile]:
    """Centre's primary key -> the file of the letters of all its candidates, so many of them."""
    files = LetterFile.objects.bulk_create(
        LetterFile(
            centre_id=centre,
            series=series,
            asked_by="officer",
            state=LetterFile.State.READY,
            done=size,
            total=size,
        )
        for centre, size in sizes
    )
    return {file.centre_id: file for file in files}
