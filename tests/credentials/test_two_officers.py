"""Two officers press *Create credentials* at once: nothing is made twice (rules 12, 15 and 17)."""

import html
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from credentials.letters.letter_files import letter_files_of
from credentials.models import Credentials, LetterFile
from tests.asked import counted_on
from tests.builders import World, make_candidate, make_officer
from tests.letters import logins_in, make

CENTRE = "/candidate-results/2026-06/MAIN1/"
CREATE = CENTRE + "credentials/create/"
SECOND = "officer.second"


@pytest.fixture
def world(transactional_db) -> World:
    """MAIN1 with three candidates and two officers, in a database that each reaches for himself."""
    world = World()
    world.open_all()
    for number in ("0002", "0003"):
        make_candidate(world.main, world.series, number)
    make_officer(SECOND, world.main)
    return world


@pytest.fixture
def officers(world, letters_folder) -> dict[str, Client]:
    clients = {}
    for user in (world.officer, world.main.memberships.get(user__username=SECOND).user):
        clients[user.username] = Client()
        clients[user.username].force_login(user)
    return clients


def asked(client: Client) -> str:
    """What the page that asks has counted."""
    return counted_on(client.post(CREATE))


def at_once(officers: dict[str, Client], counted: dict[str, str]) -> dict[str, str]:
    """Both press the button in the same instant, each with a connection of his own; the pages."""
    barrier = Barrier(len(officers))

    def press(client: Client, posted: dict) -> str:
        try:
            barrier.wait()
            page = client.post(CREATE, posted, follow=True)
            return html.unescape(page.content.decode())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(officers)) as threads:
        pressed = {
            name: threads.submit(press, client, {"counted": counted[name]})
            for name, client in officers.items()
        }
        return {name: page.result() for name, page in pressed.items()}


def test_of_two_who_press_at_once_one_makes_letters_and_the_other_is_told_both_times(
    world, officers
):
    made_by = []
    for time in (1, 2):
        counted = {name: asked(client) for name, client in officers.items()}
        pages = at_once(officers, counted)

        file = LetterFile.objects.latest("asked_at")
        assert LetterFile.objects.count() == time
        other = next(name for name in officers if name != file.asked_by)
        assert f"Asked for by {file.asked_by}" in pages[file.asked_by]
        assert "Asked for by" not in pages[other]
        assert "Letters are being made for this centre. Wait until they are ready." in pages[other]
        made_by.append(file.asked_by)
        make(file)
        live = Credentials.objects.live().filter(candidate__centre=world.main)
        assert sorted(live.values_list("candidate__number", "issue_number")) == [
            ("0001", time),
            ("0002", time),
            ("0003", time),
        ]
        assert set(live.values_list("letter_file", flat=True)) == {file.pk}
        assert len(logins_in(file)) == 3

    page = officers[SECOND].get(f"{CENTRE}letters/").content.decode()
    assert [file.asked_by for file in letter_files_of(world.main, world.series)] == made_by[::-1]
    assert [name in page for name in made_by] == [True, True]


def test_who_was_asked_before_the_other_made_new_letters_is_asked_anew(world, officers):
    """Though the counts are the same: the logins that he would replace are not those he was asked
    about, and the other has perhaps printed them by now."""
    first, second = officers.values()
    first.post(CREATE, {"counted": asked(first)})
    make(LetterFile.objects.get())
    before = asked(second)
    first.post(CREATE, {"counted": asked(first)})
    make(LetterFile.objects.latest("asked_at"))

    page = second.post(CREATE, {"counted": before}).content.decode()

    assert "what would happen has changed since you were asked" in page
    assert LetterFile.objects.count() == 2
    assert set(Credentials.objects.live().values_list("issue_number", flat=True)) == {2}
