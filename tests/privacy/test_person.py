"""Rule 27: one person is found surely or not at all, and gets what is kept of them: no grade early, no secret."""

import datetime as dt
import io
import json
import os
import re
import stat
import zipfile

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import User
from centres.models import AuditEvent, Candidate
from exchange.models import File, Version
from privacy import export, person
from privacy.person import NotOne
from results.corrections import Correction, correct
from results.models import Result
from tests.builders import (
    A_LEVEL,
    AFTER,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    hold,
    let_go,
    make_board_operator,
    make_candidate,
    make_load,
    make_login,
    make_series,
)
from tests.privacy.test_decisions_and_files import make_version

BORN = dt.date(2009, 3, 4)
UCI = "MAIN11260001A"


@pytest.fixture
def fred(world):
    """In two series: June 2026 and November 2025."""
    earlier = make_series(2025, 11, releases={IGCSE: BEFORE - dt.timedelta(days=200)})
    other = make_candidate(world.main, earlier, "0007", name="BLOGGS: Fred")
    Candidate.objects.filter(pk__in=[world.candidate.pk, other.pk]).update(
        uci=UCI, date_of_birth=BORN
    )
    world.open_all()
    return [Candidate.objects.get(pk=one.pk) for one in (other, world.candidate)]


def pks(found) -> set[int]:
    return {one.pk for one in found}


def test_a_person_is_found_in_every_series_by_uci_or_by_name_and_birthday(fred):
    both = pks(fred)
    assert pks(person.find(uci=UCI.lower())) == both
    assert pks(person.find(name="bloggs: fred", born=BORN)) == both
    assert pks(person.find(name="Fred Bloggs", born=BORN)) == both


@pytest.mark.parametrize(
    "asked",
    [
        {"uci": "MAIN11260002B"},
        {"name": "SMITH: Anna", "born": BORN},
        {"name": "BLOGGS: Fred", "born": BORN + dt.timedelta(days=1)},
        {"name": "BLOGGS: Fred"},
        {"born": BORN},
        {},
    ],
)
def test_nobody_is_found_by_half_of_it(fred, asked):
    with pytest.raises(NotOne):
        person.find(**asked)


def test_two_people_with_one_uci_are_not_taken_for_one(world, fred):
    make_candidate(world.main, world.series, "0009", name="BLOGGS: Anna")
    Candidate.objects.filter(number="0009").update(uci=UCI, date_of_birth=BORN)
    with pytest.raises(NotOne, match="may be more than one person"):
        person.find(uci=UCI)
    assert pks(person.find(uci=UCI, name="BLOGGS: Fred")) == pks(fred)


def test_two_of_one_name_and_birthday_with_other_ucis_are_not_taken_for_one(world, fred):
    other = make_candidate(world.associate, world.series, "0009", name="BLOGGS: Fred")
    for uci in ("ASC011260009C", ""):
        Candidate.objects.filter(pk=other.pk).update(uci=uci, date_of_birth=BORN)
        with pytest.raises(NotOne, match="may be more than one person"):
            person.find(name="BLOGGS: Fred", born=BORN)
    assert pks(person.find(uci=UCI, name="BLOGGS: Fred", born=BORN)) == pks(fred)


def test_a_given_name_and_a_birthday_are_nobodys_name(world, fred):
    other = make_candidate(world.associate, world.series, "0009", name="SMITH: Fred")
    Candidate.objects.filter(pk=other.pk).update(uci="ASC011260009C", date_of_birth=BORN)
    for name in ("SMITH: Fred", "Fred Smith"):
        assert pks(person.find(name=name, born=BORN)) == {other.pk}
    with pytest.raises(NotOne, match="Nobody is kept"):
        person.find(name="JONES: Fred", born=BORN)


HERE, THERE = "MAIN1/2026-06/0001", "MAIN1/2025-11/0007"
FRED = {"name": "Fred Bloggs", "born": BORN}


def test_where_no_uci_says_it_somebody_names_each_candidate_that_is_the_person(world, fred):
    Candidate.objects.filter(pk=world.candidate.pk).update(uci="")
    with pytest.raises(NotOne) as told:
        person.find(**FRED)
    assert HERE in str(told.value) and THERE in str(told.value)
    assert pks(person.find(**FRED, named=[HERE.lower(), THERE])) == pks(fred)
    assert pks(person.find(**FRED, uci=UCI, named=[HERE, THERE])) == pks(fred)
    assert pks(person.find(**FRED, named=[THERE])) == {fred[0].pk}


@pytest.mark.parametrize("other", [{"uci": "ASC011260009C"}, {"name": "BLOGGS: Fred John"}])
def test_what_contradicts_itself_is_two_people_whoever_names_them(world, fred, other):
    Candidate.objects.update(uci="", date_of_birth=BORN)
    Candidate.objects.filter(pk=fred[0].pk).update(name="BLOGGS: Fred James", uci=UCI)
    Candidate.objects.filter(pk=fred[1].pk).update(**other)
    with pytest.raises(NotOne, match="cannot be one person"):
        person.find(**FRED, named=[HERE, THERE])


def test_nobody_is_named_who_has_another_name_or_birthday(world, fred):
    make_candidate(world.main, world.series, "0002", name="SMITH: Anna")
    Candidate.objects.filter(number="0002").update(date_of_birth=BORN)
    with pytest.raises(NotOne, match="there is no MAIN1/2026-06/0002"):
        person.find(**FRED, named=[HERE, "MAIN1/2026-06/0002"])
    for half in ({"uci": UCI}, {"name": "Fred Bloggs"}, {"born": BORN}):
        with pytest.raises(NotOne, match="Give the name and the date of birth"):
            person.find(**half, named=[HERE])


def test_the_command_says_who_may_be_the_same_person_and_was_left_out(
    world, fred, tmp_path, capsys
):
    Candidate.objects.filter(pk=world.candidate.pk).update(uci="")
    other = make_candidate(world.associate, world.series, "0009", name="BLOGGS: Fred")
    Candidate.objects.filter(pk=other.pk).update(uci="ASC011260009C", date_of_birth=BORN)
    call_command("person", "export", uci=UCI, by="board", to=tmp_path / "a.zip")
    assert f"{HERE}  0001 BLOGGS: Fred" in (said := capsys.readouterr().out)
    assert "ASC01/" not in said
    asked = ("--name", "BLOGGS: Fred", "--born", str(BORN), "--candidate", HERE)
    more = ("--candidate", THERE, "--by", "board", "--to", str(tmp_path / "b.zip"))
    call_command("person", "export", *asked, *more)
    assert "left out" not in capsys.readouterr().out
    facts = json.loads(zipfile.ZipFile(tmp_path / "b.zip").read("person.json"))
    assert len(facts["series"]) == 2


def exported(candidates, at) -> tuple[dict, str]:
    with zipfile.ZipFile(io.BytesIO(export.of_candidates(candidates, at=at))) as made:
        return json.loads(made.read("person.json")), made.read("person.txt").decode()


def test_no_grade_is_in_it_before_its_time(world, fred):
    for at, shown in ((IGCSE_RELEASE - dt.timedelta(seconds=1), False), (IGCSE_RELEASE, True)):
        facts, text = exported(fred, at)
        entries = {one["syllabus"][:4]: one for one in facts["series"][1]["entries"]}
        assert entries["0580"]["result"] == ("A(a)" if shown else "not shown")
        assert ("A(a)" in text.partition("June 2026")[2]) is shown
        assert entries["9702"]["result"] == "B(b)"  # A Level: two days before
    facts, _ = exported(fred, BEFORE)
    assert facts["series"][1]["entries"][0]["can be seen from"].startswith("2026-08-13")


def test_what_is_held_reads_as_what_is_missing(world, fred):
    hold(candidate=world.candidate)
    facts, text = exported(fred, AFTER)
    assert {one["result"] for one in facts["series"][1]["entries"]} == {"not shown"}
    assert "held" not in text and "inquiry" not in text


def test_a_correction_is_told_only_since_the_release(world, fred):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    correct([Correction(result, "B", None)], by="board", reason="r", at=BEFORE)
    correct([Correction(result, "C", None)], by="board", reason="r", at=AFTER)
    facts, _ = exported(fred, AFTER + dt.timedelta(days=1))
    entry = facts["series"][1]["entries"][0]
    assert entry["result"] == "C(c)"
    assert [one["before"] for one in entry["corrected"]] == ["B"]


def test_of_what_was_corrected_while_it_was_held_nothing_is_told(world, fred):
    held = hold(candidate=world.candidate)
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    correct([Correction(result, "B", None)], by="board", reason="r", at=AFTER)
    let_go(held, at=AFTER + dt.timedelta(days=1))
    facts, _ = exported(fred, AFTER + dt.timedelta(days=2))
    entry = facts["series"][1]["entries"][0]
    assert (entry["result"], entry["corrected"]) == ("B(b)", [])


def test_neither_a_secret_nor_the_name_of_anybody_else_is_in_it(world, fred):
    username, password, login = make_login(world.candidate)
    facts, text = exported(fred, AFTER)
    everything = json.dumps(facts) + text
    for secret in (username, password, username.replace("-", ""), bytes(login.digest).hex()):
        assert secret not in everything
    assert "officer" not in everything
    assert facts["series"][1]["logins"][0]["letter"] == 1
    assert "BLOGGS: Fred" in text and "04 March 2009" not in text


def test_the_command_writes_it_for_its_owner_alone_and_the_trail_names_nobody(
    world, fred, tmp_path, capsys
):
    to = tmp_path / "export.zip"
    with time_machine.travel(AFTER, tick=False):
        call_command("person", "export", uci=UCI, by="board", to=to)
    assert stat.S_IMODE(os.stat(to).st_mode) == 0o600
    assert zipfile.ZipFile(to).namelist() == ["person.json", "person.txt"]
    told = AuditEvent.objects.get(action="person_exported")
    assert (told.by, told.subject, told.new) == ("board", "", {"candidates": 2})
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("person", "export", uci=UCI, by="board", to=to)


def test_files_that_may_name_them_are_listed(world, fred, tmp_path, capsys):
    make_version(world, destroyed_at=None, name="Class list.pdf")
    make_version(world, destroyed_at=AFTER, name="Gone.pdf")
    other = make_version(world, destroyed_at=None, name="Elsewhere.pdf")
    File.objects.filter(pk=other.file_id).update(centre=world.stranger_centre)
    make_load(world.board, kind="results")
    call_command("person", "export", uci=UCI, by="board", to=tmp_path / "export.zip")
    said = capsys.readouterr().out
    assert "Class list.pdf" in said and "results.csv" in said
    assert not re.search("Gone|Elsewhere", said)
    assert Version.objects.count() == 3


@pytest.mark.parametrize("by", ["officer.main", "nobody", "", "board.left", "board.never"])
def test_only_the_board_may(world, fred, tmp_path, by):
    make_board_operator("board.never")
    User.objects.filter(username="board.never").update(password="!")
    make_board_operator("board.left")
    User.objects.filter(username="board.left").update(is_active=False)
    with pytest.raises(CommandError, match="nobody of the board"):
        call_command("person", "export", uci=UCI, by=by, to=tmp_path / "export.zip")


def test_staff_get_what_is_kept_of_them(world, tmp_path, capsys):
    to = tmp_path / "export.zip"
    call_command("person", "export", username="officer.main", by="board", to=to)
    facts = json.loads(zipfile.ZipFile(to).read("person.json"))["account"]
    assert facts["e-mail"] == "officer.main@example.org"
    assert facts["works at"][0]["centre"] == "MAIN1"
    assert A_LEVEL not in json.dumps(facts)
    with pytest.raises(CommandError, match="no account"):
        call_command("person", "export", username="nobody", by="board", to=to)
