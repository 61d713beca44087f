"""Loading in the browser: what would change is seen first, by the same rule as `load`, and then applied."""

import csv
import hashlib
import io
import os
import re
import subprocess
import time
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from centres.models import AuditEvent, Entry, Release, Syllabus
from core import jobs, worker
from core.encrypted_files import PIECE
from core.models import EncryptedFile
from loading import tasks, workflow
from loading.models import LoadedFile
from loading.progress import EVERY, reporting
from loading.registry import KINDS, kind_of
from loading.workflow import ABANDONED_AFTER, begin, destroy_expired
from results.corrections import Correction, correct
from results.models import Result, ResultChange
from tests.between_queries import after_query
from tests.board.events import events
from tests.builders import IGCSE, PASSWORD, make_board_operator, make_load, make_login, record_about
from tests.letters import an_hour_passes
from tests.loading.files import SAMPLE, contents, faults, load
from tests.loading.test_workbook import HEADS, workbook

URL = "/board/loading/"
CORRECTED = b"""series,centre,candidate_number,syllabus,grade,pum
June 2026,MAIN1,0001,0580,B,71
June 2026,ASC01,0001,0580,A*,
June 2026,OTH01,0001,0580,A,
"""
BAD = CORRECTED + b"June 2026,NONE9,0001,0580,A,\nJune 2026,MAIN1,0001,0610,=1+1,400\n"
SERIES = b"""series,credentials_from,qualification,release_at
June 2026,2026-03-25,Cambridge IGCSE,2026-08-14T05:00:00+00:00
"""
SYLLABUSES = b"code,title,qualification\n0999,Made-up Studies,Cambridge IGCSE\n"

pytestmark = pytest.mark.usefixtures("encrypted_folder")


def give(client: Client, content: bytes, name: str = "file.csv", **fields) -> LoadedFile:
    """Give a file at the page, and let the worker look at it."""
    answer = client.post(URL, {"file": SimpleUploadedFile(name, content), **fields})
    assert answer.status_code == 302, answer.content.decode()
    return worked(LoadedFile.objects.get(pk=answer.url.split("/")[-2]))


def worked(one: LoadedFile) -> LoadedFile:
    jobs.run("loading.LoadedFile", str(one.pk))
    return LoadedFile.objects.get(pk=one.pk)


def apply(client: Client, one: LoadedFile) -> LoadedFile:
    client.post(f"{URL}{one.pk}/apply/")
    return worked(one)


def page(client: Client, one: LoadedFile) -> str:
    return client.get(f"{URL}{one.pk}/").content.decode()


def grade(centre: str, code: str = "0580") -> str:
    return Result.objects.get(
        entry__candidate__centre__number=centre, entry__syllabus__code=code
    ).grade


def test_what_would_change_is_seen_and_nothing_changes_before_it_is_applied(board, world):
    before = contents()
    said = load("results", CORRECTED, dry_run=True)
    given = give(board, CORRECTED, reason="Review of marking")

    assert said == "Would be: 0 created, 2 changed, 1 unchanged; nothing was written."
    assert given.found["counts"] == {"changed": 2, "unchanged": 1}
    html = page(board, given)
    assert "<bdi>A</bdi> → <bdi>B</bdi>" in html
    assert "June 2026, MAIN1, 0001, 0580" in html
    after = contents()
    assert after.pop("AuditEvent")[:-1] == before.pop("AuditEvent")
    assert after == before
    assert [event.action for event in events()] == ["file_given"]


def test_what_is_applied_is_in_the_history_by_who_applied_it(board, colleague, world):
    given = apply(colleague, give(board, CORRECTED, reason="Review of marking"))

    assert (grade("MAIN1"), grade("ASC01"), grade("OTH01")) == ("B", "A*", "A")
    assert given.applied_at
    assert (given.asked_by, given.applied_by) == ("board", "board.second")
    changes = ResultChange.objects.values_list("old_grade", "by", "reason")
    assert list(changes) == [("A", "board.second", "Review of marking")] * 2
    loaded = events()[-1]
    assert (loaded.action, loaded.by, loaded.subject) == ("loaded", "board.second", "results")
    assert loaded.new == {"changed": 2, "unchanged": 1}
    assert "Applied" in page(board, given)


def test_a_workbook_is_known_by_its_content(board, colleague, world):
    rows = [HEADS, ("0580", "AX", "MAIN1", "0001", "Bloggs: Fred", 65, 127, "C")]
    given = give(board, workbook(*rows), "anything")

    assert given.kind == "results"
    apply(colleague, given)
    assert grade("MAIN1") == "C"


def test_it_says_how_many_candidates_see_at_once(board, world):
    assert give(board, CORRECTED).found["seen_at_once"] == 2
    Release.objects.update(candidates_at=timezone.now() + ABANDONED_AFTER)

    assert give(board, CORRECTED).found["seen_at_once"] == 0


def test_it_says_who_would_lose_access_and_which_letters_become_outdated(board, world):
    world.open_all()
    for candidate in world.candidates.values():
        make_login(candidate)
    detached = b"number,name,country,time_zone,main_centre\nASC01,Made-up School,Nowhere,UTC,\n"

    given = give(board, detached)
    assert given.found["losing"] == {"ASC01": 1}
    assert "ASC01 1" in page(board, given)
    assert give(board, SERIES).found["outdated"] == {"June 2026": 4}


def test_withdrawn_entries_are_counted(board, world):
    entry = Entry.objects.get(candidate=world.candidate, syllabus__code="0580")
    heads = "series,centre,candidate_number,candidate_name,date_of_birth,uci,syllabus,option_code,status"
    row = f"June 2026,MAIN1,0001,{entry.candidate.name},,,0580,AX,withdrawn"
    given = give(board, f"{heads}\n{row}\n".encode())

    assert given.found["tally"] == {"entry, changed": 1, "entry, withdrawn": 1}
    assert "entries that were valid" in page(board, given)


def test_every_bad_row_is_named_as_load_names_it_and_nothing_can_be_applied(board, world):
    lines = faults("results", BAD)
    given = give(board, BAD)

    assert (given.found["bad"], len(lines)) == (2, 3)
    html = page(board, given)
    assert "2 bad rows." in html
    assert "There is no centre “NONE9”. Load the centres first." in html
    answer = board.get(f"{URL}{given.pk}/bad-rows/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [f"{row['place']}, {row['column']}: {row['reason']}" for row in rows] == lines
    apply(board, given)
    assert grade("MAIN1") == "A"
    assert not AuditEvent.objects.filter(action="loaded").exists()


def test_bad_rows_are_shown_by_what_is_wrong_with_the_first_places_of_each(board, world):
    head, *rows = BAD.decode().splitlines()
    wrong = next(row for row in rows if "NONE9" in row)
    given = give(board, "\n".join([head, *[wrong] * 7, *rows]).encode())
    html = re.sub(r"<[^>]*>", " ", page(board, given))

    assert html.count("There is no centre “NONE9”.") == 1
    assert re.search(r"Line 2, line 3, line 4, line 5, line 6\s+and 3 more", html)
    assert "9 bad rows." in html
    assert "Download all, line by line" in html


def test_when_what_is_stored_has_changed_meanwhile_there_is_a_new_check_instead(
    board, colleague, world
):
    given = give(board, CORRECTED)
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    correct([Correction(result, "C", 60)], by="another", reason="Review")

    given = apply(colleague, given)
    assert grade("MAIN1") == "C"
    assert given.applied_at is None
    html = page(board, given)
    assert "What is stored has changed since this was checked, so nothing was applied." in html
    assert "<bdi>C</bdi> → <bdi>B</bdi>" in html

    apply(colleague, given)
    assert grade("MAIN1") == "B"


def test_a_worker_that_was_thought_dead_changes_nothing_the_second_time(board, colleague, world):
    given = give(board, CORRECTED)
    colleague.post(f"{URL}{given.pk}/apply/")
    stale = LoadedFile.objects.get(pk=given.pk)
    applied = worked(given)
    assert applied.applied_at
    before = contents()

    tasks.do(stale, lambda done, total: None)

    assert contents() == before
    assert LoadedFile.objects.get(pk=given.pk).applied_at == applied.applied_at


def test_the_kind_is_told_by_the_heads():
    for kind in KINDS:
        heads, rest = (SAMPLE / f"{kind}.csv").read_bytes().split(b"\n", 1)
        spelt = b"\xef\xbb\xbf" + heads.upper() + b"\n" + rest
        assert kind_of(io.BytesIO(spelt)) == kind


REFUSED = [
    (
        SYLLABUSES,
        "staff",
        "This is a file of syllabuses, so say its heads, and you chose staff.",
    ),
    (b"PK\x03\x04", "entries", "This is a file of results, it is a workbook,"),
    (b"code,title\n0580,Maths\n", "", "its first line reads “code, title”"),
    (b"", "", "The kind of this file cannot be told"),
]


def test_a_wrong_or_unknown_kind_is_refused_and_nothing_of_the_file_stays(
    board, encrypted_folder, django_capture_on_commit_callbacks
):
    for content, kind, answer in REFUSED:
        with django_capture_on_commit_callbacks(execute=True):
            page = board.post(URL, {"file": SimpleUploadedFile("f.csv", content), "kind": kind})
        assert answer in page.content.decode()
    assert not list(encrypted_folder.glob("*/*"))
    assert not LoadedFile.objects.exists()
    assert not EncryptedFile.objects.exists()
    assert events() == []


def test_with_its_kind_chosen_every_missing_head_is_named(board, world):
    given = give(board, b"code,title\n0580,Maths\n", kind="syllabuses")

    assert "This column is missing." in page(board, given)


def test_releases_are_applied_by_somebody_else_than_who_gave_them(board, colleague, world):
    given = give(board, SERIES)
    html = page(board, given)
    assert "so somebody other than you, who uploaded it, must apply it" in html
    assert "Who can: board.second now." in html
    refused = board.post(f"{URL}{given.pk}/apply/", follow=True).content.decode()
    assert "so somebody else at the board must apply it" in refused
    assert not LoadedFile.objects.get(pk=given.pk).applied_by

    assert "Waits for a second person" in page(colleague, given)
    apply(colleague, given)
    assert Release.objects.get(qualification__name=IGCSE).candidates_at.day == 14
    assert events()[-1].by == "board.second"


def test_the_database_does_not_let_one_person_do_both(world):
    given = make_load(world.board, SERIES, "series")
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        LoadedFile.objects.filter(pk=given.pk).update(applied_by=given.asked_by)


def test_the_second_person_gives_the_password_again_and_it_is_applied(board, colleague, world):
    given = give(board, SERIES)
    asked = colleague.get(f"{URL}{given.pk}/apply/").text  # as after signing in again
    assert "Nothing has been changed yet." in asked
    an_hour_passes(colleague)

    asked = colleague.post(f"{URL}{given.pk}/apply/")
    assert asked.url.startswith("/account/confirm/")
    assert not LoadedFile.objects.get(pk=given.pk).applied_by
    colleague.post(asked.url, {"password": PASSWORD})
    assert worked(given).applied_by == "board.second"


def test_a_file_that_changes_nothing_cannot_be_applied(board, world):
    given = give(board, b"code,title,qualification\n0580,Syllabus 0580,Cambridge IGCSE\n")

    assert "Everything in it is stored already" in page(board, given)
    assert apply(board, given).applied_at is None


CHANCE = re.compile(r"[0-9a-f-]{32,}|datetime\.datetime\([^)]*\)")


def test_nothing_of_the_content_is_in_clear_in_rows_trail_log_or_folder(
    board, world, encrypted_folder, caplog
):
    secret = b"June 2026,MAIN1,0001,0580,B,71\nJune 2026,MAIN1,0001,0610,Zzyzx,\n"
    given = give(board, CORRECTED.splitlines(keepends=True)[0] + secret)

    rows = str(list(LoadedFile.objects.values())) + str(list(AuditEvent.objects.values()))
    rows = CHANCE.sub("", rows)  # an id, a digest or a moment may hold any four digits
    for word in ("0001", "Zzyzx", "71,"):
        assert word not in rows + caplog.text
    stored = [path.read_bytes() for path in encrypted_folder.glob("*/*")]
    assert len(stored) == 3
    assert not any(b"June 2026" in one or b"Zzyzx" in one for one in stored)
    assert "“Zzyzx” is not a grade" in page(board, given)


def test_a_file_without_the_token_of_the_form_leaves_nothing(
    world, encrypted_folder, django_capture_on_commit_callbacks
):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.board)
    client.get(URL)  # with the cookie, the token is looked for in what was sent

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(URL, {"file": SimpleUploadedFile("f.csv", SYLLABUSES)})

    assert answer.status_code == 403
    assert not LoadedFile.objects.exists()
    assert not list(encrypted_folder.glob("*/*"))


def test_nobody_else_can_fill_the_disk(client, world, encrypted_folder):
    for user in (None, world.officer):
        if user:
            client.force_login(user)
        client.post(URL, {"file": SimpleUploadedFile("f.csv", SYLLABUSES)})

    assert not EncryptedFile.objects.exists()
    assert not list(encrypted_folder.glob("*/*"))


def test_without_a_file_the_form_says_so_and_keeps_what_was_typed(board, world):
    html = board.post(URL, {"kind": "results", "reason": "Review of marking"}).content.decode()

    assert "Choose a file." in html
    assert 'value="Review of marking"' in html


def test_the_file_is_given_back_as_it_was_for_the_password_and_recorded(board, world):
    given = give(board, CORRECTED)
    an_hour_passes(board)
    assert board.get(f"{URL}{given.pk}/download/").url.startswith("/account/confirm/")

    board.post("/account/confirm/", {"password": PASSWORD})
    assert f'0;url=/board/loading/{given.pk}/download/"' in page(board, given)
    answer = board.get(f"{URL}{given.pk}/download/")
    assert b"".join(answer.streaming_content) == CORRECTED
    assert answer["Content-Disposition"].startswith('attachment; filename="results-2')
    assert "no-store" in answer["Cache-Control"]
    assert events()[-1].action == "loaded_file_downloaded"


def test_after_its_time_it_is_destroyed_and_its_row_stays(board, world, encrypted_folder, settings):
    given = give(board, BAD)
    until = given.asked_at + settings.LOADED_FILE_RETENTION
    assert destroy_expired(until) == 0

    assert destroy_expired(until + ABANDONED_AFTER) == 1
    assert destroy_expired(until + ABANDONED_AFTER) == 0
    assert list(EncryptedFile.objects.values_list("wrapped_key")) == [(None,)]
    html = page(board, given)
    assert "<dt>Deleted</dt>" in html
    assert "NONE9" not in html
    answer = board.get(f"{URL}{given.pk}/download/", follow=True)
    assert "This file has been destroyed." in answer.content.decode()
    assert events()[-1].action == "loaded_file_destroyed"


def test_a_file_that_is_applied_when_its_time_has_passed_is_not_destroyed_under_it(board, world):
    given = give(board, CORRECTED)
    later = given.asked_at + 365 * ABANDONED_AFTER
    ready = LoadedFile.objects.get(pk=given.pk)

    other = make_board_operator("board.second")
    with after_query(2, lambda: workflow.apply(ready, by=other)):
        destroy_expired(later)
    given.refresh_from_db()
    assert (given.step, given.under_way, given.destroyed_at) == ("apply", True, None)


def test_two_workers_who_destroy_at_once_record_it_once(board, world):
    later = give(board, BAD).asked_at + 365 * ABANDONED_AFTER

    with after_query(2, lambda: destroy_expired(later)):
        destroy_expired(later)
    assert [one.action for one in events()].count("loaded_file_destroyed") == 1


def test_a_file_that_takes_long_to_arrive_is_no_work_yet(board, world):
    slow = begin(name="slow.csv", by=world.board)
    assert worker.resume(timezone.now() + ABANDONED_AFTER) == 0

    assert board.get(f"{URL}{slow.pk}/").status_code == 404
    assert "slow.csv" not in board.get(URL).content.decode()


def test_what_never_arrived_is_forgotten_after_a_day(world, encrypted_folder):
    half = begin(name="half.csv", by=world.board)
    assert destroy_expired() == 0

    assert destroy_expired(half.asked_at + 2 * ABANDONED_AFTER) == 1
    assert not EncryptedFile.objects.exists()


def test_a_file_can_be_discarded_but_not_once_it_is_applied(board, colleague, world):
    stored, gone = give(board, CORRECTED), give(board, SYLLABUSES)
    apply(colleague, stored)
    for one in (stored, gone):
        board.post(f"{URL}{one.pk}/discard/")

    assert "Discarded" in page(board, gone)
    assert LoadedFile.objects.get(pk=stored.pk).destroyed_at is None
    assert apply(board, gone).applied_at is None
    assert not Syllabus.objects.filter(code="0999").exists()


def test_a_damaged_file_is_said_and_can_be_tried_again(board, world, encrypted_folder):
    given = make_load(world.board, CORRECTED, "results")
    [path] = encrypted_folder.glob("*/*")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    given = worked(given)
    assert given.has_failed
    assert given.error in page(board, given)

    path.write_bytes(whole)
    board.post(f"{URL}{given.pk}/retry/")
    assert worked(given).found["counts"] == {"changed": 2, "unchanged": 1}


def test_on_a_full_disk_only_what_was_typed_is_kept_and_the_page_says_so(
    board, world, encrypted_folder
):
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    encrypted_folder.mkdir()
    small = ["mount", "-t", "tmpfs", "-o", "size=64k", "stored", str(encrypted_folder)]
    if subprocess.run(small, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        content = SYLLABUSES + b"0998,Made-up Studies,Cambridge IGCSE\n" * 50_000
        posted = {"file": SimpleUploadedFile("f.csv", content), "reason": "Review of marking"}
        page = board.post(URL, posted).content.decode()
    finally:
        subprocess.run(["umount", str(encrypted_folder)], check=True)

    assert "The storage is full, or cannot be reached." in page
    assert 'value="Review of marking"' in page
    assert not EncryptedFile.objects.exists()


def test_a_file_of_several_pieces_arrives_whole(board, world):
    title = b"Made-up Studies " * 11
    rows = [b"%04d,%s,Cambridge IGCSE\n" % (code, title) for code in range(1000, 7000)]
    content = SYLLABUSES + b"".join(rows)
    given = give(board, content)

    assert given.file.size == len(content) > PIECE
    assert given.file.sha256 == hashlib.sha256(content).hexdigest()
    assert given.found["counts"] == {"created": 6001}


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_takes_the_same_queries_however_many_files(
    board, world, many, django_assert_num_queries
):
    for _ in range(many):
        make_load(world.board)
    board.get(URL)
    with django_assert_num_queries(6):
        board.get(URL)


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_transaction_is_open(world):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the load itself")
    seen = []
    with transaction.atomic():
        Syllabus.objects.update(title="other")
        with reporting(lambda done, total: seen.append((done, total))) as report:
            report(1, 2)
            time.sleep(EVERY * 1.5)
            assert seen == [(1, 2)]


@pytest.mark.django_db(transaction=True)
def test_a_load_that_another_worker_has_taken_over_stops_when_it_tells_how_far_it_is(world):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the load itself")
    load = make_load(world.officer, state="running", run=uuid.uuid4())

    def report_progress(done: int, total: int) -> None:
        jobs._report_progress(
            jobs.Run("loading.LoadedFile", str(load.pk), uuid.uuid4()), done, total
        )

    with pytest.raises(jobs.JobTakenOver), reporting(report_progress) as report:
        report(1, 2)
        time.sleep(EVERY * 1.5)
        report(2, 2)
    assert LoadedFile.objects.get().done == 0


def test_an_account_that_another_opened_lately_is_no_second_person(board, colleague, world):
    given = give(board, SERIES)
    record_about("board.second", "invited", by="board")

    answer = colleague.post(f"{URL}{given.pk}/apply/", follow=True)

    assert "board made or opened the account board.second" in answer.content.decode()
    assert not LoadedFile.objects.get(pk=given.pk).applied_by
