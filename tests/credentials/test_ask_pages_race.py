"""What an ask page told holds when it is done: two officers with a connection each (rules 9 and 15).

One has an ask page open while the other makes new letters and prints them. The first one's press ends
none of the other's logins unasked, wherever it comes in between.
"""

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client

from centres.models import SubcentreArrangement, SubcentreDefaults
from centres.subcentres import Row, management_of, save
from credentials.models import Credentials, LetterFile
from tests.asked import counted_on
from tests.builders import World, make_candidate, make_login, make_officer
from tests.letters import make, text

SERIES = "/candidate-results/2026-06/"
MANY = f"{SERIES}MAIN1/attached-centres/create/"
ONE = f"{SERIES}ASC01/credentials/create/"
STATUS = f"{SERIES}ASC01/status/edit/"
EVERYBODY = {"which": "all", "centre": ["ASC01", "ASC02"]}
NOBODY = {
    "status": "none",
    "contact_name": "Exams Office",
    "contact_telephone": "+44 1223 000000",
    "version": "0",
}
HOUR = dt.timedelta(hours=1)
ASKED_AGAIN = "what would happen has changed since you were asked"
WAIT = "Letters are being made for this centre. Wait until they are ready."


@pytest.fixture
def world(transactional_db, letters_folder) -> World:
    """Everybody at ASC01 and ASC02 has a login; two officers act for MAIN1."""
    world = World()
    world.open_all()
    make_candidate(world.associate, world.series, "0002")
    for candidate in world.series.candidates.filter(centre__main_link__main=world.main):
        make_login(candidate)
    make_officer("officer.second", world.main)
    return world


@pytest.fixture
def officers(world) -> tuple[Client, Client]:
    clients = []
    for member in world.main.memberships.filter(user__username__startswith="officer"):
        clients.append(Client())
        clients[-1].force_login(member.user)
    first, second = clients
    return first, second


def press(client: Client, url: str, posted: dict, counted: str) -> str:
    return text(client.post(url, {**posted, "counted": counted}, follow=True))


def asked(client: Client, url: str, posted: dict) -> str:
    return counted_on(client.post(url, posted))


def recreate(client: Client, url: str = ONE, posted: dict | None = None) -> set[int]:
    """Ask, confirm, and let the letters be made; the logins that then work."""
    posted = posted or {}
    press(client, url, posted, asked(client, url, posted))
    for file in LetterFile.objects.under_way():
        make(file)
    return logins()


def logins() -> set[int]:
    return set(Credentials.objects.live().values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("url", "posted"),
    [(MANY, EVERYBODY), (ONE, {}), (STATUS, NOBODY)],
    ids=["letters of many centres", "letters of one", "shutting out"],
)
def test_logins_that_another_has_made_and_printed_since_do_not_end_unasked(officers, url, posted):
    first, second = officers
    before = asked(first, url, posted)
    printed = recreate(second, MANY, EVERYBODY)

    assert ASKED_AGAIN in press(first, url, posted, before)
    assert logins() == printed
    assert ASKED_AGAIN not in press(first, url, posted, asked(first, url, posted))


@pytest.mark.parametrize(
    ("url", "posted"), [(MANY, EVERYBODY), (ONE, {})], ids=["of many centres", "of one"]
)
def test_who_asks_while_another_does_so_waits_and_is_then_told(
    officers, first, second, url, posted
):
    """The second has counted what the first is about to replace."""
    one, other = officers
    before = asked(other, url, posted)
    first.begin(
        press, one, ONE, {}, asked(one, ONE, {}), until='INSERT INTO "credentials_letterfile"'
    )
    second.begin(press, other, url, posted, before)
    second.waits_for(first)
    first.finish()
    answer = second.finish()

    assert LetterFile.objects.under_way().count() == 1
    assert WAIT in answer or ASKED_AGAIN in answer


def test_access_that_is_taken_away_while_letters_are_put_in_place_ends_none_of_them_unasked(
    officers, first, second
):
    """Of one who is asked about the old logins, and presses while new ones take their place."""
    one, other = officers
    press(one, ONE, {}, asked(one, ONE, {}))
    before = asked(other, STATUS, NOBODY)
    first.begin(
        make, LetterFile.objects.under_way().get(), until='INSERT INTO "credentials_credentials"'
    )
    second.begin(press, other, STATUS, NOBODY, before)
    second.waits_for(first)
    file = first.finish()

    assert ASKED_AGAIN in second.finish()
    assert Credentials.objects.live().filter(letter_file=file).count() == 2


def test_who_saves_subcentre_management_does_not_hold_what_who_asks_for_letters_needs(
    world, officers, first, second
):
    """Nor the other way round: PostgreSQL would end one of them. New rows ask for the link they hang on."""
    _, other = officers
    SubcentreArrangement.objects.all().delete()
    SubcentreDefaults.objects.update(use_defaults=True, give_access=True)
    before = management_of(world.main, world.series)
    counted = asked(other, MANY, EVERYBODY)
    first.begin(
        save,
        main=world.main,
        series=world.series,
        by=world.officer,
        wanted=replace(before, rows={**before.rows, "ASC01": Row(True, HOUR)}),
        until='UPDATE "centres_subcentredefaults"',
    )
    second.begin(
        press, other, MANY, EVERYBODY, counted, until='"centres_subcentrelink"."id" ASC FOR'
    )
    first.finish()
    second.finish()

    assert LetterFile.objects.under_way().count() == 2
