"""`manage.py demo`: the made-up cohort, and what waits for a second person of the board in it."""

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from board import accounts, corrections, releases
from board.models import ProposedAccess, ProposedCorrection, ProposedRelease
from board.proposals import NeedsSecondPerson
from centres.models import Entry
from core import jobs
from core.jobs import State
from demo.fill import BOARD
from loading import workflow
from loading.models import LoadedFile
from results import holds
from results.models import Hold, Result
from sealed import ceremonies
from sealed.models import Ceremony, Opening, Seal
from sealed.passphrases import WORDS


@pytest.fixture
def told(db, settings, tmp_path, capsys) -> str:
    settings.DATA_DIR = tmp_path
    settings.STORAGE_URL = str(tmp_path)
    call_command("demo")
    return capsys.readouterr().out


def test_the_demo_names_both_operators_and_what_each_has_begun_the_other_can_finish(told):
    (first, _), (second, _) = BOARD
    assert all(f"    {username} " in told for username in (first, second))
    one, other = (User.objects.get(username=username) for username in (first, second))

    release = ProposedRelease.objects.waiting().get()
    with pytest.raises(NeedsSecondPerson):
        releases.confirm(release, by=one)
    releases.confirm(release, by=other)

    hold = Hold.objects.in_force().get()
    with pytest.raises(holds.NeedsSecondPerson):
        holds.let_go(hold, by=one)
    holds.let_go(hold, by=other)

    load = LoadedFile.objects.get()
    with pytest.raises(workflow.NeedsSecondPerson):
        workflow.apply(load, by=one)
    workflow.apply(load, by=other)

    correction = ProposedCorrection.objects.waiting().get()
    with pytest.raises(NeedsSecondPerson):
        corrections.confirm(correction, by=other)
    corrections.confirm(correction, by=one)

    account = ProposedAccess.objects.waiting().get()
    with pytest.raises(NeedsSecondPerson):
        accounts.confirm(account, by=other)
    assert accounts.confirm(account, by=one)


def test_all_of_it_waits_at_the_boards_home(told):
    client = Client()
    client.force_login(User.objects.get(username="board.2"))
    home = client.get("/board/").content.decode()
    for words in ("Cambridge IGCSE", "made-up series.csv", "board.3"):
        assert words in home
    assert (
        client.get("/board/holds/?state=asked").content.decode().count("Made up: an inquiry") == 1
    )


def test_two_of_the_keyholders_that_the_demo_names_open_its_sealed_series(told):
    passphrases = dict(
        line.split(maxsplit=1)
        for line in told.splitlines()
        if line.startswith("    ")
        and len(line.split()) == WORDS + 1
        and "." not in line.split()[-1]
    )
    cast = [User.objects.get(username=username) for username in ("board", "keyholder")]
    seal = Seal.objects.get()
    one = ceremonies.begin(Ceremony.Kind.OPEN, by=cast[0], seal=seal)
    for user in cast:
        ceremonies.take_turn(
            one, user=user, passphrase=passphrases[user.username], session=user.username
        )
    opening = Opening.objects.get()
    jobs.run(Opening._meta.label, str(opening.pk))

    opening.refresh_from_db()
    assert (opening.state, opening.error) == (State.READY, "")
    entries = Entry.objects.valid().filter(candidate__series=seal.series)
    assert Result.objects.filter(entry__in=entries).count() == entries.count() > 0
