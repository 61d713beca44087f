"""Rules 26 and 27: one person is removed by two people of the board, where nothing stands against it."""

import datetime as dt

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import AccountEvent, User
from board.models import ProposedErasure
from board.proposals import CannotPropose, NeedsSecondPerson
from centres.models import AuditEvent, Candidate, Entry, Membership, Release
from credentials.letters import storage
from credentials.logins import authentication
from credentials.models import Credentials, LetterFile
from privacy import erasure
from results.models import Result, ResultChange
from tests.builders import (
    hold,
    make_board_operator,
    make_candidate,
    make_correction,
    make_login,
    record_about,
)
from tests.privacy.cohort import NAMES, OLD_RELEASE, make_old_series

DAY = dt.timedelta(days=1)
BORN = dt.date(2004, 3, 4)


@pytest.fixture
def old(world):
    world.second = make_board_operator("board.second")
    old = make_old_series(world)
    Candidate.objects.filter(name=NAMES[0]).update(uci="MAIN10200001X", date_of_birth=BORN)
    return old


def ada() -> Candidate:
    return Candidate.objects.get(name=NAMES[0])


def proposed(world, *candidates: Candidate, **fields) -> ProposedErasure:
    pks = [one.pk for one in candidates]
    proposal = ProposedErasure(candidates=pks, reason="Asked for it", **fields)
    erasure.propose(proposal, by=world.board)
    return proposal


def test_a_person_goes_with_all_that_is_theirs_and_nobody_else_does(world, old):
    counts = {model: model.objects.count() for model in (Candidate, Entry, Result, ResultChange)}
    logins = Credentials.objects.count()
    erasure.confirm(proposed(world, ada()), by=world.second)

    assert not Candidate.objects.filter(name=NAMES[0]).exists()
    left = {model: counts[model] - model.objects.count() for model in counts}
    assert left == {Candidate: 1, Entry: 3, Result: 2, ResultChange: 1}
    assert logins - Credentials.objects.count() == 2


def test_the_trail_tells_by_whom_and_not_who_it_was(world, old):
    proposal = proposed(world, ada())
    erasure.confirm(proposal, by=world.second)
    asked, done = (
        AuditEvent.objects.get(action=f"erasure_{act}") for act in ("proposed", "confirmed")
    )
    assert (asked.by, done.by) == ("board", "board.second")
    assert done.new["candidates"] == 1
    proposal.refresh_from_db()
    told = f"{asked.subject}{asked.new}{done.subject}{done.new}{proposal.words}{proposal}"
    assert "OLDNAME" not in told and "Ada" not in told


def test_nobody_does_it_alone(world, old):
    proposal = proposed(world, ada())
    with pytest.raises(NeedsSecondPerson):
        erasure.confirm(proposal, by=world.board)
    assert ada()
    with pytest.raises(CannotPropose, match="already"):
        proposed(world, ada())
    erasure.refuse(proposal, by=world.board)
    assert AuditEvent.objects.filter(action="erasure_refused").exists()
    with pytest.raises(CannotPropose):
        erasure.confirm(proposal, by=world.second)


def reviewed_until(old, ends: dt.datetime) -> None:
    Release.objects.filter(series=old).update(candidates_at=ends - settings.REVIEW_TIME)


def test_not_while_results_can_be_reviewed(world, old):
    proposal = proposed(world, ada())
    now = timezone.now()
    reviewed_until(old, now + DAY)
    assert "can be reviewed until" in erasure.why_not(ada())
    with pytest.raises(CannotPropose, match="still open"):
        erasure.confirm(proposal, by=world.second)
    assert ada()
    reviewed_until(old, now - DAY)
    assert erasure.why_not(ada()) == ""


def test_not_before_a_release(world, old):
    Release.objects.filter(series=old).delete()
    assert "no release" in erasure.why_not(ada())


@pytest.mark.parametrize("grade", ["Q", "Y"])
def test_not_while_a_result_is_to_come(world, old, grade):
    Result.objects.filter(entry__candidate=ada(), entry__syllabus__code="9702").update(grade=grade)
    assert "still to come" in erasure.why_not(ada())


@pytest.mark.parametrize("what", ["candidate", "entry", "series"])
def test_not_while_anything_is_held(world, old, what):
    one = ada()
    held = {"candidate": one, "entry": one.entries.first(), "series": old}
    hold(**{what: held[what]})
    assert "held" in erasure.why_not(one)
    other = Candidate.objects.get(name=NAMES[1])
    assert bool(erasure.why_not(other)) is (what == "series")


def test_not_while_a_correction_waits(world, old):
    make_correction(ada())
    assert "waits for a second person" in erasure.why_not(ada())


def test_in_every_series_or_in_none(world, old):
    """The one series is over, the other is not."""
    with pytest.raises(CannotPropose, match="June 2030"):
        later = make_old_series(world, released=dt.datetime(2030, 8, 1, tzinfo=dt.UTC), year=2030)
        proposed(world, ada_of(old), ada_of(later))
    assert not ProposedErasure.objects.exists()


def ada_of(series) -> Candidate:
    return Candidate.objects.get(series=series, name=NAMES[0])


def test_their_page_goes_from_a_stored_letter_file_and_the_others_stay(world, issue):
    world.second = make_board_operator("board.second")
    world.open_all()
    for number, name in (("0002", "GOES: Away"), ("0003", "STAYS: Here")):
        make_candidate(world.main, world.series, number, name=name)
    file = issue()
    before = storage.letters_in(file)
    assert len(before) == 3
    Release.objects.filter(series=world.series).update(candidates_at=OLD_RELEASE)
    Result.objects.filter(grade="Q").update(grade="C")
    goes = Candidate.objects.get(name="GOES: Away")
    erasure.confirm(proposed(world, goes), by=world.second)

    file = LetterFile.objects.get(pk=file.pk)
    after = storage.letters_in(file)
    assert [one.candidate_name for one in after] == ["BLOGGS: Fred", "STAYS: Here"]
    assert after == [one for one in before if one.candidate_name != "GOES: Away"]
    assert (file.done, file.total, len(file.chosen)) == (2, 2, 2)
    stays = next(one for one in after if one.candidate_name == "STAYS: Here")
    assert authentication.sign_in(stays.username, stays.password)


def test_the_old_bytes_are_removed_once_it_is_done(
    world, issue, django_capture_on_commit_callbacks
):
    world.open_all()
    second = make_board_operator("board.second")
    make_candidate(world.main, world.series, "0002", name="GOES: Away")
    file = issue()
    old = set(file.parts.values_list("stored_as", flat=True))
    Release.objects.filter(series=world.series).update(candidates_at=OLD_RELEASE)
    Result.objects.filter(grade="Q").update(grade="C")
    goes = Candidate.objects.get(name="GOES: Away")
    with django_capture_on_commit_callbacks(execute=True):
        erasure.confirm(proposed(world, goes), by=second)
        assert all(storage.is_stored(name) for name in old)

    now = set(LetterFile.objects.get(pk=file.pk).parts.values_list("stored_as", flat=True))
    assert now.isdisjoint(old)
    assert not any(storage.is_stored(name) for name in old)
    assert all(storage.is_stored(name) for name in now)


def test_a_letter_that_cannot_be_read_stops_it(world, issue):
    world.second = make_board_operator("board.second")
    world.open_all()
    file = issue()
    Release.objects.filter(series=world.series).update(candidates_at=OLD_RELEASE)
    Result.objects.filter(grade="Q").update(grade="C")
    proposal = proposed(world, world.candidate)
    storage.remove_part(file.parts.get().stored_as)
    with pytest.raises(CannotPropose, match="cannot be read"):
        erasure.confirm(proposal, by=world.second)
    assert Candidate.objects.filter(pk=world.candidate.pk).exists()


def test_an_account_is_stripped_and_what_was_done_with_it_stays(world, old):
    with pytest.raises(CannotPropose, match="on the staff of MAIN1"):
        proposed(world, username="officer.main")
    with pytest.raises(CannotPropose, match="account of the board"):
        proposed(world, username="board.second")
    Membership.objects.filter(user=world.officer).delete()
    record_about("officer.main", "rights_changed", by="board")
    erasure.confirm(proposed(world, username="officer.main"), by=world.second)

    user = User.objects.get(pk=world.officer.pk)
    assert (user.username, user.name, user.email) == (f"removed-{user.pk}", "", "")
    assert not user.is_active and not user.has_usable_password()
    assert AccountEvent.objects.filter(account=user).exists()


def test_the_command_proposes_and_the_browser_confirms(world, old, capsys):
    call_command(
        "person", "erase", name=NAMES[0], born=BORN, by="board", reason="Letter of 3 March"
    )
    proposal = ProposedErasure.objects.get()
    assert f"/board/erasures/{proposal.pk}/" in capsys.readouterr().out

    second = Client()
    second.force_login(world.second)
    assert "Remove what is kept of" in second.get("/board/").content.decode()
    page = second.get(f"/board/erasures/{proposal.pk}/").content.decode()
    assert "OLDNAME: Ada" in page and "Remove permanently" in page
    done = second.post(f"/board/erasures/{proposal.pk}/confirm/", follow=True)
    assert "is removed" in done.content.decode()
    assert "OLDNAME" not in done.content.decode()
    assert not Candidate.objects.filter(name=NAMES[0]).exists()
    assert second.get("/board/erasures/").status_code == 200


def test_the_second_person_reads_that_no_uci_says_it_and_who_else_it_may_be(world, old):
    later = make_old_series(world, released=OLD_RELEASE + 365 * DAY, year=2021)
    second = Client()
    second.force_login(world.second)

    def page(*candidates: Candidate) -> str:
        proposal = proposed(world, *candidates)
        found = second.get(f"/board/erasures/{proposal.pk}/").content.decode()
        erasure.refuse(proposal, by=world.board)
        return found

    alone, both = page(ada_of(old)), page(ada_of(old), ada_of(later))
    assert "No UCI says" not in alone and "may be the same person" not in alone  # no birthday
    assert "No UCI says" in both
    Candidate.objects.filter(name=NAMES[0]).update(date_of_birth=BORN)
    alone, both = page(ada_of(old)), page(ada_of(old), ada_of(later))
    assert "may be the same person" in alone and "may be the same person" not in both
    Candidate.objects.filter(name=NAMES[0]).update(uci="MAIN10200001X")
    assert "No UCI says" not in page(ada_of(old), ada_of(later))


def test_who_proposed_it_cannot_confirm_it_in_the_browser(world, old, board):
    proposal = proposed(world, ada())
    board.post(f"/board/erasures/{proposal.pk}/confirm/")
    assert ada()
    board.get(f"/board/erasures/{proposal.pk}/confirm/")
    assert ada()


def test_strangers_get_nothing(world, old, client):
    proposal = proposed(world, ada())
    client.force_login(world.officer)
    assert client.get(f"/board/erasures/{proposal.pk}/").status_code == 404
    assert client.post(f"/board/erasures/{proposal.pk}/confirm/").status_code == 404


def test_the_command_says_what_stands_against_it(world, old):
    Candidate.objects.filter(pk=world.candidate.pk).update(uci="MAIN11260001A")
    make_login(world.candidate)
    Release.objects.filter(series=world.series).update(candidates_at=timezone.now())
    with pytest.raises(CommandError, match="June 2026 is still open"):
        call_command("person", "erase", uci="MAIN11260001A", by="board", reason="Asked")
