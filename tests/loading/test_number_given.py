"""A candidate number is given to somebody else (rule 22): a login, a visit, results, marks and history
stay with the person who had it, and nothing of theirs shows for whoever has it now."""

import pytest
import time_machine
from django.test import Client

from centres.models import AuditEvent, Candidate, Entry, Status
from credentials.logins.authentication import sign_in
from credentials.models import Credentials
from results.corrections import Correction, correct
from results.models import Hold, Result
from tests.builders import AFTER, arrange, hold, let_go, make_login
from tests.letters import make
from tests.loading.files import load
from tests.loading.test_workflow import apply, give, page
from tests.results.signed_in import ask as page_of
from tests.results.signed_in import log_in, signed_in

HEADER = (
    "series,centre,candidate_number,candidate_name,date_of_birth,uci,syllabus,option_code,status\n"
)
ANNA = "June 2026,MAIN1,0001,SMITH: Anna,2009-03-04,633820261005R,0580,AX,valid\n"
CHIDI = "June 2026,MAIN1,0001,OKAFOR: Chidi,2010-05-06,,0580,AX,valid\n"
SAYS_CHIDI = (
    "0001 was “SMITH: Anna”, 4 March 2009, 633820261005R; now “OKAFOR: Chidi”, 6 May 2010, no UCI."
)


@pytest.fixture(autouse=True)
def anna(world, encrypted_folder) -> Candidate:
    """0001 of MAIN1, with a corrected result, marks and all, months after the release."""
    world.open_all()
    anna = world.candidate
    anna.name, anna.uci = "SMITH: Anna", "633820261005R"
    anna.date_of_birth = "2009-03-04"
    anna.save()
    result = Result.objects.get(entry__candidate=anna, entry__syllabus__code="0580")
    correct([Correction(result, "E", None)], by="board", reason="Review of marking")
    with time_machine.travel(AFTER, tick=True):
        yield anna


def own_page(visit: Client) -> str:
    return page_of(visit).content.decode()


def now() -> Candidate:
    return Candidate.objects.get(centre__number="MAIN1", number="0001")


def test_the_old_login_and_visit_end_and_the_new_one_sees_nothing_of_the_old_person(anna):
    username, password, login = make_login(anna)
    visit = Client()
    log_in(visit, username, password)
    assert "SMITH: Anna" in own_page(visit)

    load("entries", HEADER + CHIDI)

    assert "SMITH: Anna" not in own_page(visit)
    assert sign_in(username, password) is None
    login.refresh_from_db()
    assert login.revoked_because == Credentials.Reason.NUMBER_GIVEN
    assert now().pk != anna.pk
    shown = own_page(signed_in(now()))
    assert "OKAFOR: Chidi" in shown
    assert "Not available yet" in shown
    assert "SMITH" not in shown
    assert "9702" not in shown  # what Chidi is not entered for
    assert not Result.objects.filter(entry__candidate=now()).exists()


def test_what_was_the_old_persons_stays_theirs(anna):
    _, _, login = make_login(anna)
    Credentials.objects.filter(pk=login.pk).update(results_first_seen_at=AFTER)

    load("entries", HEADER + CHIDI)

    anna.refresh_from_db()
    assert (anna.centre, anna.series) == (None, None)
    assert (anna.former_centre.number, str(anna.former_series)) == ("MAIN1", "June 2026")
    result = Result.objects.get(entry__candidate=anna, entry__syllabus__code="0580")
    assert result.changes.count() == 1
    assert Credentials.objects.get(candidate=anna).results_first_seen_at == AFTER
    assert not Credentials.objects.filter(candidate=now()).exists()


def test_the_trail_of_the_centre_says_so(anna):
    make_login(anna)

    load("entries", HEADER + CHIDI)

    given, revoked = (
        AuditEvent.objects.get(action=action, centre="MAIN1", series="June 2026")
        for action in ("numbers_given", "credentials_revoked")
    )
    assert given.new == {"candidate numbers": 1}
    assert revoked.new == {"revoked": 1, "because": "number given to somebody else"}


def test_a_corrected_spelling_ends_nothing(anna):
    username, password, _ = make_login(anna)

    load("entries", HEADER + ANNA.replace("SMITH: Anna", "Smith-Jones: Ana"))

    assert now() == anna
    assert sign_in(username, password)
    assert not AuditEvent.objects.filter(action="numbers_given").exists()


def test_a_corrected_spelling_makes_the_letter_outdated_and_the_check_counts_it(board, anna):
    make_login(anna)

    given = give(board, (HEADER + ANNA.replace("Anna", "Anne")).encode())

    assert given.found["outdated"] == {"June 2026": 1}
    assert "Outdated letters" in page(board, given)
    assert "Numbers given" not in page(board, given)


def test_who_was_selected_is_selected_no_more(anna, world):
    arrange(world.main, world.series, status=Status.SELECTED, selected=(anna,))

    load("entries", HEADER + CHIDI)
    username, password, _ = make_login(now())

    assert sign_in(username, password) is None


def test_given_back_to_the_very_same_person_all_is_theirs_again_but_the_login(anna):
    username, password, _ = make_login(anna)
    load("entries", HEADER + CHIDI)
    chidi = now()
    chidis_username, chidis_password, _ = make_login(chidi)

    said = load("entries", HEADER + ANNA)

    assert said.splitlines()[0] == "Numbers given back to who had them before: 1"
    assert now() == anna
    assert sign_in(username, password) is None
    assert sign_in(chidis_username, chidis_password) is None
    assert Result.objects.get(entry__candidate=now(), entry__syllabus__code="0580").grade == "E"
    chidi.refresh_from_db()
    assert chidi.centre is None


def test_loading_the_file_again_changes_nothing(anna):
    load("entries", HEADER + CHIDI)

    assert load("entries", HEADER + CHIDI) == "0 created, 0 changed, 1 unchanged"


def test_two_persons_swap_their_numbers(anna):
    beth = ANNA.replace("0001,SMITH: Anna,2009-03-04,633820261005R", "0002,JONES: Beth,2008-01-02,")
    load("entries", HEADER + ANNA + beth)
    was = Candidate.objects.get(number="0002", centre__number="MAIN1")

    load(
        "entries",
        HEADER
        + ANNA.replace("SMITH: Anna,2009-03-04,633820261005R", "JONES: Beth,2008-01-02,")
        + beth.replace("JONES: Beth,2008-01-02,", "SMITH: Anna,2009-03-04,633820261005R"),
    )

    assert now().name == "JONES: Beth"
    assert now().pk not in (anna.pk, was.pk)
    assert Candidate.objects.filter(centre__number="MAIN1").count() == 2
    assert Candidate.objects.exclude(set_aside_at=None).count() == 2


def test_the_command_names_such_numbers_first_and_counts_the_logins_that_end(anna):
    make_login(anna)

    for dry_run in (True, False):
        said = load("entries", HEADER + CHIDI, dry_run=dry_run).splitlines()
        assert said[:3] == [
            "Numbers given to somebody else: 1",
            f"line 2: {SAYS_CHIDI}",
            "Logins that end with it: 1",
        ]


def test_the_check_names_such_numbers_first_and_counts_the_logins_that_end(board, colleague, anna):
    username, password, _ = make_login(anna)

    given = give(board, (HEADER + CHIDI).encode())

    shown = page(board, given)
    assert "Numbers given to somebody else: 1" in shown
    assert shown.index("Numbers given to somebody else") < shown.index("What would change")
    assert SAYS_CHIDI in shown
    assert "<strong>1 login ends</strong> when the file is applied" in shown
    assert sign_in(username, password)  # nothing has happened yet

    given = apply(colleague, given)

    assert given.applied_at
    assert sign_in(username, password) is None
    assert now().name == "OKAFOR: Chidi"


def test_who_may_be_somebody_else_is_told_and_ends_nothing(board, colleague, anna):
    username, password, _ = make_login(anna)
    beth = ANNA.replace("SMITH: Anna", "SMITH: Beth").replace("633820261005R", "633820261006Y")

    given = give(board, (HEADER + beth).encode())

    shown = page(board, given)
    assert "Perhaps somebody else, but taken for the same person: 1" in shown
    assert "now “SMITH: Beth”, 4 March 2009, 633820261006Y." in shown
    assert apply(colleague, given).applied_at
    assert sign_in(username, password)


@pytest.mark.parametrize("what", ["candidate", "entry"])
def test_a_hold_stays_with_who_had_the_number_and_holds_who_has_it_now(
    board, colleague, anna, what
):
    entry = Entry.objects.get(candidate=anna, syllabus__code="0580")
    held = hold(**({"candidate": anna} if what == "candidate" else {"entry": entry}))

    given = give(board, (HEADER + CHIDI).encode())

    assert "Numbers given to somebody else that are held: 1" in page(board, given)
    assert not Hold.objects.filter(candidate__name="OKAFOR: Chidi").exists()
    assert apply(colleague, given).applied_at
    [new] = Hold.objects.in_force().exclude(pk=held.pk)
    assert new.candidate == now()
    assert "SMITH: Anna, formerly MAIN1, June 2026" in str(Hold.objects.get(pk=held.pk))
    Result.objects.create(entry=Entry.objects.get(candidate=now()), grade="A*", added_at=AFTER)
    visit = signed_in(now())
    assert "Not available yet" in own_page(visit)

    let_go(new)
    assert "Not available yet" not in own_page(visit)


def test_letters_that_are_being_made_leave_out_who_has_the_number_no_more(anna, ask):
    file = ask(candidates=[anna])
    load("entries", HEADER + CHIDI)

    made = make(file)

    assert (made.total, made.done) == (0, 0)
    assert not Credentials.objects.filter(candidate__in=[anna, now()]).exists()


def test_no_page_of_staff_shows_anything_of_who_had_the_number_before(anna, world, client):
    """Every page of the centre, before and after: Anna's name and her grade are there, and then not."""
    world.officer.memberships.update(may_see_restricted_results=True)
    Candidate.objects.filter(pk=anna.pk).update(name="ZZYZX: Quirina")
    make_login(anna)
    client.force_login(world.officer)
    ours, results = "/candidate-results/2026-06/MAIN1/", "/entries-and-results/2026-06/MAIN1/"
    pages = [
        *(
            ours + page
            for page in ("", "status/edit/", "groups/", "letters/preview/?candidate=0001", "audit/")
        ),
        *(ours + page for page in ("results-day/", "results-day/not-seen/", "letters/")),
        *(results + page for page in ("", "?syllabus=0580", "candidates/", "candidates/0001/")),
        *(results + page for page in ("changes/", "changes/csv/", "download/")),
        results + "download/broadsheet/csv/",
    ]

    def shown() -> dict[str, bool]:
        answers = {url: client.get(url, follow=True) for url in pages}
        return {
            url: b"ZZYZX" in answer.getvalue()
            for url, answer in answers.items()
            if answer.status_code == 200
        }

    before = shown()
    assert sum(before.values()) >= 3
    load("entries", HEADER + CHIDI)

    after = shown()
    assert after.keys() == before.keys()
    assert not any(after.values())
    assert not Entry.objects.filter(candidate__centre=world.main, candidate=anna).exists()
    assert not Credentials.objects.filter(candidate__series=world.series, candidate=anna).exists()
