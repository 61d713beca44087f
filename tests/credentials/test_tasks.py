"""Rules 14, 15 and 17: letters made in the background, whatever happens meanwhile."""

import datetime as dt
import uuid
from contextlib import suppress

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from centres.access_changes import access_changed
from centres.models import AuditEvent, Candidate, Release, Status
from centres.terms import Contact
from core import jobs, worker
from credentials.letters import letter_parts, pdf, storage
from credentials.letters.eligibility import CannotCreate
from credentials.letters.outdated import outdated_in
from credentials.letters.tasks import NO_ROOM, NO_STORAGE, retry
from credentials.logins import secret
from credentials.logins.authentication import sign_in
from credentials.models import Credentials, LetterFile
from tests.builders import (
    A_LEVEL,
    BEFORE,
    World,
    arrange,
    give,
    make_candidate,
    make_login,
)
from tests.letters import Storage, logins_in, make, pages_of

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def five(world, monkeypatch) -> World:
    """MAIN1 with five candidates, two letters in a part."""
    world.open_all()
    for number in range(2, 6):
        make_candidate(world.main, world.series, f"{number:04}", name=f"BLOGGS: Number {number}")
    monkeypatch.setattr(letter_parts, "LETTERS", 2)
    return world


def works(login) -> bool:
    return sign_in(*login[:2]) is not None


class Killed(BaseException):
    """The worker is gone in the middle of its work."""


def kill():
    raise Killed


def full():
    raise OSError(28, "No space left on device", "/secret/place")


def test_each_letters_login_opens_its_own_candidates_page_in_order_of_number(five, issue):
    file = issue()

    assert (file.state, file.done, file.total) == ("ready", 5, 5)
    assert [part.letters for part in file.parts.all()] == [2, 2, 1]
    pages = pages_of(file)
    numbers = []
    for page, login in zip(pages, logins_in(file), strict=True):
        candidate = sign_in(*login).candidate
        assert f"{candidate.number} {candidate.name}" in page
        numbers.append(candidate.number)
    assert numbers == ["0001", "0002", "0003", "0004", "0005"]
    event = AuditEvent.objects.get(action="credentials_created")
    assert (event.by, event.centre, event.new) == ("officer.main", "MAIN1", {"letters": 5})


def test_the_letter_gives_the_delay_the_zone_and_the_contact_of_its_centre(world, issue):
    world.open_all()
    give(world.associate, world.series, delay=26 * HOUR)

    [page] = pages_of(issue(world.associate))

    page = " ".join(page.split())
    assert "14 August 2026, 12:00 Karachi time (UTC+5)" in page
    assert "14 August 2026, 07:00 UTC" in page
    assert "12 August 2026, 07:00 UTC" in page  # AS & A Level
    assert "exams@main.example.org" in page
    assert outdated_in(world.associate, world.series) == {}


def test_re_creating_replaces_the_old_login(world, issue):
    world.open_all()
    [old] = logins_in(issue())
    [new] = logins_in(issue())

    assert not works(old)
    assert works(new)
    rows = Credentials.objects.order_by("issue_number").values_list(
        "issue_number", "revoked_because"
    )
    assert list(rows) == [(1, "replaced"), (2, "")]


def test_when_nothing_can_be_stored_the_old_logins_live_on_and_the_reason_is_plain(
    world, ask, settings, tmp_path, caplog
):
    world.open_all()
    old = make_login(world.candidate)
    file = ask()
    (tmp_path / "no folder").touch()
    settings.STORAGE_URL = str(tmp_path / "no folder")

    make(file)

    assert file.state == "failed"
    assert file.error == NO_STORAGE
    assert works(old)
    assert Credentials.objects.count() == 1
    assert str(tmp_path) not in caplog.messages[0].split("\n")[0]
    event = AuditEvent.objects.get(action="letters_failed")
    assert event.new == {"error": file.error}


def test_a_full_disk_half_way_keeps_the_letters_made_and_a_retry_makes_the_others(
    five, ask, django_capture_on_commit_callbacks
):
    old = [make_login(candidate) for candidate in Candidate.objects.filter(centre=five.main)]
    file = ask()
    Storage.before_save = [lambda: None, full]

    make(file)

    assert (file.state, file.done, file.total) == ("failed", 2, 5)
    assert file.error == NO_ROOM
    assert file.downloadable
    assert [works(login) for login in old] == [False, False, True, True, True]
    first_two = logins_in(file)
    assert all(map(works, first_two))

    with django_capture_on_commit_callbacks(execute=True) as queued:
        retry(letter_file=file, by=five.officer, at=BEFORE)
    assert len(queued) == 1
    make(file)

    assert (file.state, file.done, file.error) == ("ready", 5, "")
    assert logins_in(file)[:2] == first_two
    assert all(map(works, logins_in(file)))


def test_a_retry_replaces_nobodys_newer_letter(five, ask):
    failed = ask()
    Storage.before_save = [lambda: None, full]
    make(failed)
    fourth = Candidate.objects.filter(number="0004", centre=five.main)
    newer = make(ask(candidates=fourth))
    [login] = logins_in(newer)

    failed.refresh_from_db()
    retry(letter_file=failed, by=five.officer, at=BEFORE)
    make(failed)

    assert (failed.state, failed.done, failed.total) == ("ready", 4, 4)
    assert works(login)
    assert Credentials.objects.filter(candidate__in=fourth).count() == 1


def test_when_all_have_newer_letters_there_is_nothing_to_try_again(five, ask):
    failed = ask()
    Storage.before_save = [lambda: None, full]
    make(failed)
    make(ask())

    failed.refresh_from_db()
    with pytest.raises(CannotCreate, match="Newer letters were made for all"):
        retry(letter_file=failed, by=five.officer, at=BEFORE)
    assert LetterFile.objects.get(pk=failed.pk).state == "failed"


def test_what_was_half_written_when_the_disk_was_full_is_removed(five, ask, letters_folder):
    """The letters are there, and whoever stored them was told that it failed."""
    file = ask()
    Storage.after_save = [lambda: None, full]

    make(file)

    assert (file.state, file.done) == ("failed", 2)
    assert len(list(storage.STORE.files())) == file.parts.count() == 1


def test_only_a_failed_file_can_be_tried_again_and_only_when_nothing_is_in_the_way(world, issue):
    world.open_all()
    file = issue()
    with pytest.raises(CannotCreate, match="could not be made"):
        retry(letter_file=file, by=world.officer, at=BEFORE)

    LetterFile.objects.update(state="failed")
    arrange(world.main, world.series, status=Status.NONE)
    with pytest.raises(CannotCreate, match="NO candidates"):
        retry(letter_file=file, by=world.officer, at=BEFORE)


def test_a_killed_worker_is_followed_by_one_that_goes_on(five, ask, letters_folder):
    old = [make_login(candidate) for candidate in Candidate.objects.filter(centre=five.main)]
    file = ask()
    Storage.before_save = [lambda: None, kill]
    with pytest.raises(Killed):
        make(file)
    assert [works(login) for login in old] == [False, False, True, True, True]
    DBTaskResult.objects.all().delete()

    assert worker.resume(timezone.now() + dt.timedelta(seconds=7)) == 0
    later = timezone.now() + dt.timedelta(seconds=9)
    assert worker.resume(later) == 1
    assert worker.resume(later) == 0
    task = DBTaskResult.objects.get()
    assert task.args_kwargs["args"] == ["credentials.LetterFile", str(file.pk)]
    assert task.priority == 50  # before what has not been begun
    make(file)

    assert (file.state, file.done) == ("ready", 5)
    assert all(map(works, logins_in(file)))
    assert not any(map(works, old))


def test_letters_written_but_not_recorded_are_removed_in_the_end(world, ask, letters_folder):
    world.open_all()
    file = ask()
    storage.store_part(file, b"k" * 32, 1, [])

    make(file)

    assert [kept.name for kept in storage.STORE.files()] == [file.parts.get().stored_as]


def test_a_file_that_was_never_queued_is_found_too(world, ask):
    world.open_all()
    file = ask()
    DBTaskResult.objects.all().delete()  # as if killed between the commit and the queue

    assert worker.resume(timezone.now() + dt.timedelta(seconds=9)) == 1
    assert make(file).state == "ready"
    assert worker.resume(timezone.now() + dt.timedelta(days=1)) == 0


def test_a_slow_worker_that_was_taken_for_dead_does_no_harm(five, ask, letters_folder):
    file = ask()

    def another_takes_over():
        worker.resume(timezone.now() + dt.timedelta(minutes=1))
        make(file)

    Storage.before_save = [lambda: None, another_takes_over]
    make(file)

    assert (file.state, file.done, file.total) == ("ready", 5, 5)
    assert Credentials.objects.count() == 5
    assert len(list(storage.STORE.files())) == file.parts.count() == 3
    assert all(map(works, logins_in(file)))


def test_a_worker_whose_file_another_has_taken_over_does_not_call_it_ready(five, ask):
    file = ask()

    def taken_for_dead():
        worker.resume(timezone.now() + dt.timedelta(minutes=1))

    def taken_over():
        LetterFile.objects.filter(pk=file.pk).update(state="running")

    Storage.before_save = [lambda: None, taken_for_dead]
    Storage.before_delete = [taken_over]  # what it has made for nothing
    make(file)

    assert (file.state, file.done, file.total) == ("running", 2, 5)
    assert not AuditEvent.objects.filter(action="credentials_created").exists()


@pytest.mark.parametrize("then", [lambda: None, full, worker.jobs_heartbeat])
def test_nothing_that_a_former_run_does_is_taken_for_its_successors(five, ask, then):
    file = ask()
    long_ago = timezone.now() - dt.timedelta(minutes=1)

    def another_has_it():
        worker.resume(timezone.now() + dt.timedelta(minutes=1))
        LetterFile.objects.update(state="running", run=uuid.uuid4(), heartbeat=long_ago)
        then()

    Storage.before_save = [lambda: None, another_has_it]
    make(file)

    assert (file.state, file.error, file.done) == ("running", "", 2)
    assert (file.heartbeat, file.parts.count()) == (long_ago, 1)
    assert not AuditEvent.objects.filter(action="letters_failed").exists()


def test_our_own_fault_is_said_and_recorded_and_no_log_tells_what_it_held(
    world, ask, caplog, letters_folder
):
    world.open_all()
    file = ask()
    told = "-".join(["MADE", "UP"])

    def fault():
        raise ValueError(told)

    Storage.after_save = [fault]
    make(file)

    assert (file.state, file.error) == ("failed", jobs.OUR_FAULT)
    assert AuditEvent.objects.get(action="letters_failed").new == {"error": jobs.OUR_FAULT}
    assert "ValueError" in caplog.text
    assert told not in caplog.text
    assert not list(storage.STORE.files())


def test_a_worker_killed_while_it_says_that_it_failed_has_not_said_it(world, ask):
    world.open_all()
    file = ask()
    Storage.after_save, Storage.before_move = [full], [kill]

    with pytest.raises(Killed):
        make(file)

    assert LetterFile.objects.get().state == "running"
    assert not AuditEvent.objects.filter(action="letters_failed").exists()
    worker.resume(timezone.now() + dt.timedelta(seconds=9))
    assert make(file).state == "ready"


def test_a_worker_that_says_it_lives_keeps_its_file_however_long_a_part_takes(world, ask):
    world.open_all()
    file = ask()
    long_ago = timezone.now() - dt.timedelta(minutes=5)
    resumed = []

    def slow():
        LetterFile.objects.filter(pk=file.pk).update(heartbeat=long_ago)
        worker.jobs_heartbeat()
        resumed.append(worker.resume())

    Storage.before_save = [slow]
    make(file)
    assert (resumed, file.state) == ([0], "ready")

    LetterFile.objects.filter(pk=file.pk).update(state="running", heartbeat=long_ago)
    worker.jobs_heartbeat()  # no longer in the hand of this process
    assert worker.resume() == 1


def test_a_file_for_which_no_worker_was_free_yet_is_left_in_the_queue(world, ask):
    world.open_all()
    ask()

    assert worker.resume(timezone.now() + dt.timedelta(hours=1)) == 0
    assert DBTaskResult.objects.count() == 1


def test_letters_that_were_taken_for_an_orphan_are_made_anew_and_not_recorded(
    world, ask, letters_folder
):
    world.open_all()
    old = make_login(world.candidate)
    file = ask()

    def another_fails_and_is_tried_again():
        storage.remove_orphans(file)
        assert works(old)

    Storage.before_look = [another_fails_and_is_tried_again]
    make(file)

    assert file.state == "ready"
    assert [works(login) for login in logins_in(file)] == [True]
    assert len(list(storage.STORE.files())) == 1


def test_two_tasks_for_one_file_make_it_once(world, ask):
    world.open_all()
    file = ask()

    make(file)
    make(file)

    assert Credentials.objects.count() == file.parts.count() == 1


def test_a_delay_changed_while_letters_are_made_stands_on_them(world, ask):
    world.open_all()
    file = ask()
    Storage.before_save = [lambda: arrange(world.main, world.series, delay=HOUR)]

    make(file)

    assert "13 August 2026, 06:00 UTC" in " ".join(pages_of(file)[0].split())
    assert outdated_in(world.main, world.series) == {}


def test_who_loses_access_while_letters_are_made_is_left_out(five, ask):
    keep = list(Candidate.objects.filter(centre=five.main, number__in=["0001", "0004"]))
    old = {one.number: make_login(one) for one in Candidate.objects.filter(centre=five.main)}
    file = ask()

    def deselect():
        arrange(five.main, five.series, status=Status.SELECTED, selected=tuple(keep))
        access_changed(by="test")

    Storage.before_save = [lambda: None, deselect]
    make(file)

    assert (file.state, file.done, file.total) == ("ready", 3, 3)
    live = Credentials.objects.live().filter(candidate__centre=five.main)
    assert sorted(live.values_list("candidate__number", flat=True)) == ["0001", "0004"]
    assert not works(old["0005"])


def test_when_nobody_is_left_the_file_says_so(world, ask):
    world.open_all()
    file = ask()
    arrange(world.main, world.series, status=Status.NONE)
    access_changed(by="test")

    make(file)

    assert file.state == "failed"
    assert file.error == "None of the chosen candidates has access any more."


def test_a_contact_that_is_no_longer_complete_stops_the_letters(world, ask):
    world.open_all()
    file = ask()
    arrange(world.main, world.series, contact=Contact("A name alone"))

    make(file)

    assert file.error == "The contact that letters name is no longer complete."


def test_a_name_that_cannot_be_printed_names_the_candidates_number(world, ask, caplog):
    world.open_all()
    old = make_login(world.candidate)
    file = ask()
    Candidate.objects.filter(pk=world.candidate.pk).update(name="CUNEIFORM: \U00012000")

    make(file)

    assert file.state == "failed"
    assert "candidate 0001" in file.error
    assert "CUNEIFORM" not in file.error + caplog.text
    assert works(old)


def test_a_lost_key_stops_the_letters_with_a_reason(world, ask, settings):
    world.open_all()
    file = ask()
    settings.MASTER_KEYS = {"other": b"o" * 32}

    error = make(file).error
    assert "not set up correctly" in error and "not among those of this server" in error
    assert "re-create" not in error.lower()


def test_no_password_is_anywhere_but_on_the_letter(five, ask, letters_folder, caplog, capfd):
    """In no table, task, log, file or output; not even while a letter could not be made."""
    caplog.set_level("DEBUG")
    file = ask()
    Storage.before_save = [lambda: None, full]
    make(file)
    LetterFile.objects.update(state="queued")
    make(file)
    logins = logins_in(file)
    assert len(logins) == 5

    rows = "\n".join(
        repr([bytes(value) if isinstance(value, memoryview) else value for value in row])
        for model in apps.get_models()
        for row in model._base_manager.values_list()
    )
    stored = b"".join(path.read_bytes() for path in letters_folder.rglob("*") if path.is_file())
    output = "".join(capfd.readouterr())
    for username, password in logins:
        for clear in (username, password, password.replace("-", ""), username.replace("-", "")):
            for text in (rows, caplog.text, output, *map(str, letters_folder.rglob("*"))):
                assert clear not in text
            assert clear.encode() not in stored


def test_the_next_letters_are_found_by_a_constant_number_of_queries(
    world, ask, django_assert_num_queries
):
    world.open_all()
    file = ask()
    LetterFile.objects.update(state="running")
    file = LetterFile.objects.select_related("centre", "series").get()
    key = storage.unwrap(file)
    with django_assert_num_queries(23):
        assert letter_parts.make_next(file, key)
    for number in range(2, 5):
        make_candidate(world.main, world.series, f"{number:04}")
    LetterFile.objects.update(chosen=[one.pk for one in world.main.candidates.all()], total=4)
    with django_assert_num_queries(23):
        assert letter_parts.make_next(file, key)
    assert Credentials.objects.count() == 4


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(["nothing", "full disk", "killed", "delay"]), max_size=4))
def test_whatever_happens_nobody_is_ever_without_a_login_or_has_two(five, ask, happenings):
    """At every moment at which something can happen each candidate has exactly one login that works:
    the old one, or a new one whose letter is safely stored."""
    Credentials.objects.all().delete()
    LetterFile.objects.all().delete()
    arrange(five.main, five.series)
    candidates = list(Candidate.objects.filter(centre=five.main).order_by("number"))
    old = {one.pk: make_login(one)[:2] for one in candidates}
    file = ask()

    def check():
        live = list(Credentials.objects.live().values_list("candidate_id", flat=True))
        assert sorted(live) == [one.pk for one in candidates]
        stored = {sign_in(*login).candidate_id for login in logins_in(file)} if made() else set()
        assert made() == len(stored)
        for one in candidates:
            assert works(old[one.pk]) == (one.pk not in stored)

    def made() -> int:
        return Credentials.objects.filter(letter_file=file).count()

    def happen(what):
        def act():
            check()
            if what == "delay":
                arrange(five.main, five.series, delay=HOUR * len(Storage.before_save))
            elif what == "full disk":
                full()
            elif what == "killed":
                kill()

        return act

    Storage.before_save = [happen(what) for what in happenings]
    for _ in range(len(happenings) + 1):
        with suppress(Killed):
            make(file)
        check()
        LetterFile.objects.exclude(state="ready").update(state="queued")
    assert make(file).state == "ready"
    check()
    assert made() == 5


def test_making_letters_does_not_depend_on_the_clock(world, ask):
    world.open_all()
    with time_machine.travel(BEFORE, tick=False):
        file = make(ask())
    assert file.finished_at == BEFORE
    assert pdf.TITLE in pages_of(file)[0]
    assert secret.read(*logins_in(file)[0]) is not None


def test_a_qualification_without_a_release_is_said_to_have_none_yet(world, issue):
    world.open_all()
    Release.objects.filter(qualification__name=A_LEVEL).delete()

    page = " ".join(pages_of(issue())[0].split())

    assert f"{A_LEVEL} not set yet" in page
    assert "Cambridge IGCSE from 13 August 2026" in page


def test_a_file_destroyed_while_its_letters_are_made_replaces_nobodys_login(
    world, ask, letters_folder
):
    world.open_all()
    old = make_login(world.candidate)
    file = ask()
    destroy = LetterFile.objects.filter(pk=file.pk).update
    Storage.before_save = [lambda: destroy(state="destroyed", wrapped_key=None)]

    make(file)

    assert (file.state, file.done) == ("destroyed", 0)
    assert works(old)
    assert not list(storage.STORE.files())


def test_a_late_task_for_a_file_that_failed_writes_nothing(world, ask):
    world.open_all()
    file = ask()
    LetterFile.objects.filter(pk=file.pk).update(state="failed")
    Storage.before_save = [kill]

    assert make(file).state == "failed"
