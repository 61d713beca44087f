"""Plain builders, and a small cast that the tests share. Everybody in it is made up.

MAIN1   a main centre             officer.main
  ASC01, ASC02, …  attached to it  officer.asc01
OTH01   an ordinary centre         officer.oth01 (the stranger)
"""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.events import record_account_event
from accounts.models import User
from board.models import ProposedAccess, ProposedCorrection, ProposedErasure, ProposedRelease
from centres.grades import SCALES
from centres.models import (
    Candidate,
    Centre,
    CentreArrangement,
    ContactChoice,
    Entry,
    Membership,
    Qualification,
    Release,
    Role,
    SelectedCandidate,
    Series,
    Status,
    SubcentreArrangement,
    SubcentreDefaults,
    SubcentreLink,
    Syllabus,
)
from centres.terms import Contact, terms_for
from core import encrypted_files, only_grows
from credentials.letters.outdated import printed, says
from credentials.logins import secret
from credentials.models import Credentials, LetterBatch, LetterFile
from loading.models import LoadedFile
from results import holds
from results.models import Hold, Result, ResultChange

PASSWORD = "correct horse battery staple"
IGCSE = "Cambridge IGCSE"
A_LEVEL = "Cambridge International AS & A Level"
CONTACT = Contact("Exams Office", "+44 1223 000000", "exams@main.example.org")

# June 2026 as in the sample cohort: released at 06:00 UK wall-clock.
LOADED = dt.datetime(2026, 7, 20, 9, 0, tzinfo=dt.UTC)
BEFORE = dt.datetime(2026, 8, 1, 12, 0, tzinfo=dt.UTC)
A_LEVEL_RELEASE = dt.datetime(2026, 8, 11, 5, 0, tzinfo=dt.UTC)
IGCSE_RELEASE = dt.datetime(2026, 8, 13, 5, 0, tzinfo=dt.UTC)
STAFF_AT = IGCSE_RELEASE - dt.timedelta(days=1)
AFTER = dt.datetime(2026, 8, 20, 12, 0, tzinfo=dt.UTC)


def make_centre(number: str, *, main: Centre | None = None, time_zone: str = "UTC") -> Centre:
    centre = Centre.objects.create(
        number=number, name=f"Made-up School {number}", country="Nowhere", time_zone=time_zone
    )
    if main:
        SubcentreLink.objects.create(main=main, associate=centre)
    return centre


def make_officer(
    username: str, *centres: Centre, role: str = Role.EXAMS_OFFICER, manages: bool = True
) -> User:
    user = User.objects.create_user(
        username, email=f"{username}@example.org", password=PASSWORD, name=f"Officer {username}"
    )
    for centre in centres:
        Membership.objects.create(
            user=user, centre=centre, role=role, may_manage_results_service=manages
        )
    return user


def make_board_operator(username: str = "board") -> User:
    return User.objects.create_superuser(username, f"{username}@example.org", PASSWORD)


def record_about(username: str, kind: str, *, by: User | str, **changes: dict) -> None:
    """Somebody has done this with an account."""
    account = User.objects.get(username=username)
    record_account_event(kind, account=account, by=by, **changes)


def make_qualification(name: str = IGCSE) -> Qualification:
    return Qualification.objects.get_or_create(name=name, defaults={"grades": SCALES[name]})[0]


def make_syllabus(code: str = "0580", qualification: str = IGCSE) -> Syllabus:
    return Syllabus.objects.filter(code=code).first() or Syllabus.objects.create(
        code=code, title=f"Syllabus {code}", qualification=make_qualification(qualification)
    )


def make_series(
    year: int = 2026,
    month: int = 6,
    *,
    credentials_from: dt.date = dt.date(2026, 3, 25),
    releases: dict[str, dt.datetime] | None = None,
) -> Series:
    """A series; unless told otherwise June 2026, released as in the sample cohort."""
    if releases is None:
        releases = {IGCSE: IGCSE_RELEASE, A_LEVEL: A_LEVEL_RELEASE}
    series = Series.objects.create(year=year, month=month, credentials_from=credentials_from)
    for name, at in releases.items():
        Release.objects.create(
            series=series, qualification=make_qualification(name), candidates_at=at
        )
    return series


def make_candidate(
    centre: Centre,
    series: Series,
    number: str = "0001",
    *,
    name: str = "BLOGGS: Fred",
    grades: dict[str, str | None] | None = None,
) -> Candidate:
    """A candidate with an entry, and a result, for each of `grades` (syllabus -> grade or None).

    Syllabus codes that begin with 9 are AS & A Level, all others IGCSE.
    """
    candidate = Candidate.objects.create(series=series, centre=centre, number=number, name=name)
    given = {"0580": "A"} if grades is None else grades
    entries = Entry.objects.bulk_create(
        Entry(
            candidate=candidate,
            syllabus=make_syllabus(code, A_LEVEL if code.startswith("9") else IGCSE),
            option_code="AX",
        )
        for code in given
    )
    Result.objects.bulk_create(
        Result(entry=entry, grade=grade, added_at=LOADED)
        for entry, grade in zip(entries, given.values(), strict=True)
        if grade
    )
    return candidate


def arrange(
    centre: Centre,
    series: Series,
    *,
    status: str = Status.ALL,
    contact: Contact = CONTACT,
    delay: dt.timedelta = dt.timedelta(),
    selected: tuple[Candidate, ...] = (),
) -> CentreArrangement:
    """What the centre itself has confirmed at *Edit status*."""
    arrangement, _ = CentreArrangement.objects.update_or_create(
        centre=centre,
        series=series,
        defaults={
            "status": status,
            "delay": delay,
            "contact_name": contact.name,
            "contact_telephone": contact.telephone,
            "contact_email": contact.email,
            "agreed_by": "officer",
            "agreed_at": timezone.now(),
            "agreed_wording": "agreed",
        },
    )
    for candidate in selected:
        SelectedCandidate.objects.get_or_create(candidate=candidate)
    return arrangement


def give(
    centre: Centre,
    series: Series,
    *,
    access: bool = True,
    delay: dt.timedelta = dt.timedelta(),
    contact_choice: str = ContactChoice.DEFAULT,
) -> SubcentreArrangement:
    """An Associate Centre's own row of Subcentre Management."""
    return SubcentreArrangement.objects.update_or_create(
        link=centre.main_link,
        series=series,
        defaults={"give_access": access, "delay": delay, "contact_choice": contact_choice},
    )[0]


def set_defaults(
    main: Centre,
    series: Series,
    *,
    use_defaults: bool = False,
    access: bool = False,
    delay: dt.timedelta = dt.timedelta(),
    contact_choice: str = ContactChoice.DEFAULT,
    contact: Contact = CONTACT,
) -> SubcentreDefaults:
    """The first row, and the foot, of Subcentre Management."""
    return SubcentreDefaults.objects.update_or_create(
        main=main,
        series=series,
        defaults={
            "use_defaults": use_defaults,
            "give_access": access,
            "delay": delay,
            "contact_choice": contact_choice,
            "contact_name": contact.name,
            "contact_telephone": contact.telephone,
            "contact_email": contact.email,
        },
    )[0]


def hold(**held: Any) -> Hold:
    """The board holds this: `series=`, with `qualification=` or `centre=`, or `candidate=`, or `entry=`."""
    return holds.place(Hold(reason="Under inquiry", **held), by="board")


def held_of(candidate: Candidate, code: str) -> dict[str, dict[str, Any]]:
    """What can be held that covers this entry, by level."""
    entry = Entry.objects.get(candidate=candidate, syllabus__code=code)
    series = candidate.series
    return {
        "series": {"series": series},
        "qualification": {"series": series, "qualification": entry.syllabus.qualification},
        "centre": {"series": series, "centre": candidate.centre},
        "candidate": {"candidate": candidate},
        "entry": {"entry": entry},
    }


def let_go(one: Hold, at: dt.datetime | None = None) -> None:
    holds.ask_to_let_go(one, by="board")
    holds.let_go(one, by="board.second", at=at)


def trust(user: User) -> None:
    """This person may see results in confidence before candidates do."""
    Membership.objects.filter(user=user).update(may_see_restricted_results=True)


def restrict(
    staff_at: dt.datetime | None = STAFF_AT, *, candidates_at: dt.datetime = IGCSE_RELEASE
) -> None:
    """Every release: in confidence to staff with the right, and later to candidates."""
    Release.objects.update(staff_at=staff_at, candidates_at=candidates_at)


def make_login(candidate: Candidate) -> tuple[str, str, Credentials]:
    """Live credentials as if a letter had just been made: username and password as printed there.

    Those that the candidate has are replaced, as by a new letter.
    """
    login = secret.make()
    pepper_id, digest = secret.current_digest(login)
    mine = Credentials.objects.filter(candidate=candidate)
    mine.live().update(revoked_at=timezone.now(), revoked_because=Credentials.Reason.REPLACED)
    entered = Entry.objects.valid().filter(candidate=candidate)
    credentials = Credentials.objects.create(
        candidate=candidate,
        issue_number=mine.count() + 1,
        digest=digest,
        pepper_id=pepper_id,
        letter_file=LetterFile.objects.create(
            centre=candidate.centre,
            series=candidate.series,
            asked_by="officer",
            state=LetterFile.State.READY,
            chosen=[candidate.pk],
            done=1,
            total=1,
        ),
        says=says(
            terms_for(candidate.centre, candidate.series),
            entered.values_list("syllabus__qualification__name", flat=True),
        ),
        **printed(candidate.number, candidate.name, candidate.centre.name),
    )
    return login.grouped_username, login.grouped_password, credentials


def make_batch(main: Centre, series: Series, *files: LetterFile) -> LetterBatch:
    """These letter files, as if the main centre had asked for them in one go."""
    batch = LetterBatch.objects.create(
        main=main, series=series, asked_by="officer", which=LetterBatch.Which.NEW
    )
    batch.files.set(files)
    return batch


def make_load(
    by: User,
    content: bytes = b"code,title,qualification\n",
    kind: str = "syllabuses",
    **fields: Any,
) -> LoadedFile:
    """A file that this person of the board has given, to be looked at by the worker."""
    return LoadedFile.objects.create(
        asked_by=by.username,
        kind=kind,
        name=f"{kind}.csv",
        step=LoadedFile.Step.CHECK,
        needs_second_person=kind == LoadedFile.SERIES,
        file=encrypted_files.keep([content]),
        **fields,
    )


def make_proposal(
    series: Series,
    qualification: str = IGCSE,
    *,
    candidates_at: dt.datetime = IGCSE_RELEASE + dt.timedelta(days=2),
    staff_at: dt.datetime | None = None,
    by: str = "board.first",
) -> ProposedRelease:
    """Somebody of the board has proposed this, and nobody has confirmed it."""
    release = Release.objects.filter(series=series, qualification__name=qualification).first()
    return ProposedRelease.objects.create(
        words=f"{qualification}, {series}",
        series=series,
        qualification=make_qualification(qualification),
        candidates_at=candidates_at,
        staff_at=staff_at,
        old_candidates_at=release and release.candidates_at,
        old_staff_at=release and release.staff_at,
        reason="Scripts lost in a flood",
        proposed_by=by,
    )


def make_correction(candidate: Candidate, by: str = "board.first") -> ProposedCorrection:
    """Somebody of the board has proposed to correct this candidate's first result."""
    result = Result.objects.filter(entry__candidate=candidate).earliest("pk")
    proposal = ProposedCorrection(
        result=result,
        grade="C",
        old_grade=result.grade,
        old_pum=result.pum,
        reason="Review of marking",
        proposed_by=by,
    )
    proposal.words = proposal.in_words()
    proposal.save()
    return proposal


def make_access(
    username: str = "officer.main", act: str = ProposedAccess.Act.LINK, by: str = "board.first"
) -> ProposedAccess:
    """Somebody of the board has proposed a link for this account, or something else that opens it."""
    proposal = ProposedAccess(act=act, username=username, reason="Telephoned", proposed_by=by)
    proposal.words = proposal.in_words()
    proposal.save()
    return proposal


def make_erasure(*candidates: Candidate, by: str = "board.first") -> ProposedErasure:
    """Somebody of the board has proposed to remove whom these candidates are."""
    pks = [one.pk for one in candidates]
    proposal = ProposedErasure(candidates=pks, reason="Asked for it", proposed_by=by)
    proposal.words = proposal.in_words()
    proposal.save()
    return proposal


def erase(rows: QuerySet) -> None:
    """As if these results had never been, or these entries or candidates, with their results: the service
    deletes no result, and the database would refuse it."""
    whose = {Result: "pk", Entry: "entry", Candidate: "entry__candidate"}[rows.model]
    with only_grows.lifted():
        results = Result.objects.filter(**{f"{whose}__in": list(rows.values_list("pk", flat=True))})
        ResultChange.objects.filter(result__in=results).delete()
        ProposedCorrection.objects.filter(result__in=results).delete()
        if rows.model is not Result:
            results.delete()
        rows.delete()


class World:
    """The cast: MAIN1 with ASC01 and ASC02, the ordinary OTH01, June 2026 with entries at all."""

    def __init__(self) -> None:
        self.main = make_centre("MAIN1", time_zone="Asia/Bangkok")
        self.associate = make_centre("ASC01", main=self.main, time_zone="Asia/Karachi")
        self.associate2 = make_centre("ASC02", main=self.main, time_zone="Europe/Madrid")
        self.stranger_centre = make_centre("OTH01", time_zone="Asia/Kolkata")
        self.series = make_series()
        self.candidates = {
            centre.number: make_candidate(
                centre, self.series, grades={"0580": "A", "9702": "B", "0610": "Q"}
            )
            for centre in (self.main, self.associate, self.associate2, self.stranger_centre)
        }
        self.officer = make_officer("officer.main", self.main)
        self.associate_officer = make_officer("officer.asc01", self.associate)
        self.stranger = make_officer("officer.oth01", self.stranger_centre)
        self.viewer = make_officer("viewer.main", self.main, role=Role.VIEWER, manages=False)
        self.board = make_board_operator()

    @property
    def candidate(self) -> Candidate:
        return self.candidates["MAIN1"]

    @property
    def associate_candidate(self) -> Candidate:
        return self.candidates["ASC01"]

    def open_all(self) -> None:
        """Give every centre access, with status ALL and a contact: letters can be made."""
        set_defaults(self.main, self.series)
        for centre in (self.associate, self.associate2):
            give(centre, self.series)
        for centre in (self.main, self.associate, self.associate2, self.stranger_centre):
            arrange(centre, self.series)
