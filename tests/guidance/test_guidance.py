"""Guidance: every page of Direct has its topic, and what a topic says stands on the page it speaks of."""

import datetime as dt
import re
from html import unescape
from html.parser import HTMLParser

import pytest
import time_machine
from django.template.loader import get_template
from django.urls import reverse

from guidance.parts import PARTS
from guidance.topics import TOPICS, text_of, topic_for
from results.corrections import Correction, correct
from results.models import Result
from tests.builders import AFTER, IGCSE_RELEASE, make_login
from tests.sweeps import PAGES
from tests.sweeps.made import make_objects
from tests.sweeps.page import ROLES
from tests.test_sweeps import BOARD, address, board_address

# What topics say, and where it stands on pages, which tests/test_sweeps.py asks of both databases.
pytestmark = pytest.mark.one_database

CONTROL = re.compile(r'{% control "([^"]+)" "([^"]+)" %}')
LINK = re.compile(r'<a [^>]*?href="([^"]+)"')
EACH = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
STAFF = ROLES[2:]
CORRECTED = IGCSE_RELEASE + dt.timedelta(days=1)


def staff_pages() -> list[str]:
    """Pages that somebody of the staff gets, and nobody who has not signed in."""
    codes = {name: dict(zip(ROLES, page.get.split(), strict=True)) for name, page in PAGES.items()}
    return [
        name
        for name, code in codes.items()
        if PAGES[name].is_page
        and code["anonymous"] != "200"
        and "200" in {code[role] for role in STAFF}
        and not name.startswith(("guidance:", "results:"))
    ]


@pytest.mark.parametrize("name", staff_pages())
def test_a_page_of_direct_has_its_task(name):
    assert topic_for(name), f"Let a topic of guidance/topics.py explain {name}."


def test_what_names_a_page_most_closely_explains_it():
    assert topic_for("centres:edit_status").slug == "own-candidates"
    assert topic_for("credentials:create").slug == "making-letters"
    assert topic_for("credentials:batch_retry").slug == "letters-of-associates"
    assert topic_for("board:start").slug == "state-of-the-service"
    assert topic_for("admin:centres_release_changelist").slug == "releases-and-holds"
    assert topic_for("no_such:page") is None


def test_no_two_tasks_explain_the_same():
    patterns = [pattern for topic in TOPICS for pattern in topic.explains]

    assert sorted(patterns) == sorted(set(patterns))


def test_a_page_of_direct_links_to_its_task(client, world):
    client.force_login(world.officer)
    page = client.get(reverse("centres:edit_status", args=["2026-06", "MAIN1"]))

    assert f'href="{reverse("guidance:topic", args=["own-candidates"])}"' in page.text


def test_a_page_of_sealed_results_links_to_its_part(client, world):
    client.force_login(world.board)
    page = client.get(reverse("sealed:keyholders"))

    address = reverse("guidance:topic", args=["sealed-results"])
    assert f'href="{address}#become-a-keyholder"' in page.text


def test_every_part_that_a_page_links_to_stands_in_its_topic():
    for name, part in PARTS.items():
        assert f'<h2 id="{part}">' in text_of(topic_for(name)), name


def test_each_page_of_sealed_results_has_its_part():
    parts_of_pages = ("_progress", "bad_rows")
    pages = {name for name in BOARD if name.startswith("sealed:")}

    assert {name for name in pages if not name.endswith(parts_of_pages)} == {*PARTS}


def test_a_page_that_does_not_exist_links_to_the_contents(client, world):
    client.force_login(world.officer)

    assert f'href="{reverse("guidance:index")}"' in client.get("/nowhere/").text


def test_who_is_not_signed_in_gets_no_link(client, db):
    assert "/guidance/" not in client.get(reverse("account_login")).text


def test_the_boards_pages_link_to_their_topic(client, world):
    client.force_login(world.board)
    page = client.get(reverse("board:start"))

    assert f'href="{reverse("guidance:topic", args=["state-of-the-service"])}"' in page.text


def test_guidance_can_be_read_before_a_second_factor_is_set_up(client, world, settings):
    settings.MFA_REQUIRED = True
    client.force_login(world.officer)

    assert client.get(reverse("guidance:topic", args=["logging-in"])).status_code == 200
    assert client.get(reverse("board:start")).status_code == 302
    assert client.get(reverse("dashboard")).status_code == 302


@EACH
def test_a_topic_has_a_page_and_related_topics(topic, client, world):
    client.force_login(world.viewer)
    page = client.get(reverse("guidance:topic", args=[topic.slug]))

    assert page.status_code == 200
    assert f"<h1>{topic.title}</h1>" in page.text
    assert topic.related_topics
    assert topic not in topic.related_topics


def test_the_contents_name_every_task_once_by_audience(client, world):
    client.force_login(world.viewer)
    page = client.get(reverse("guidance:index")).text

    for topic in TOPICS:
        assert page.count(f'href="{reverse("guidance:topic", args=[topic.slug])}"') == 1
        assert f'id="{topic.audience.slug}"' in page


def test_a_task_that_there_is_not_is_not_found(client, world):
    client.force_login(world.viewer)

    assert client.get(reverse("guidance:topic", args=["no-such-topic"])).status_code == 404


@EACH
def test_every_link_of_a_topic_leads_somewhere(topic, client, world):
    """As the board, or as a main centre's officer, follows them."""
    for url in LINK.findall(text_of(topic)):
        if not url.startswith("mailto:"):
            assert any(found(client, user, url) for user in (world.officer, world.board)), url


def found(client, user, url: str) -> bool:
    client.force_login(user)
    return client.get(url).status_code == 200


class Controls(HTMLParser):
    """What a page says, and the names that are not seen: of buttons that are inputs, `aria-label`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.said += [
            value for name, value in attributes if name in ("value", "aria-label") and value
        ]

    def handle_data(self, data: str) -> None:
        self.said.append(data.strip())

    def name(self, control: str) -> bool:
        """Whole, or followed by what it is of, `Give access, ASC01`, or for how many, `Re-create 12`."""
        beginning = re.compile(rf"{re.escape(control)}(?:$|,| (?:for |and end )?[0-9])")
        return any(beginning.match(unescape(text)) for text in self.said)


CLAIMS = sorted(
    {
        claim
        for topic in TOPICS
        for claim in CONTROL.findall(get_template(topic.template).template.source)
    }
)


@pytest.fixture
def opened(world):
    world.open_all()
    world.login = make_login(world.associate_candidate)
    make_objects(world, world.login[2].letter_file)
    result = Result.objects.filter(entry__candidate=world.associate_candidate).first()
    correct([Correction(result, "B", None)], by="board", reason="Review of marking", at=CORRECTED)
    return world


def test_every_control_that_a_task_names_stands_on_its_page(client, opened):
    pages = {name for _, name in CLAIMS}
    with time_machine.travel(AFTER):
        controls = {name: Controls(everything(client, opened, name)) for name in pages}

    assert [(name, page) for name, page in CLAIMS if not controls[page].name(name)] == []


def everything(client, world, name: str) -> str:
    """What the page says to a main centre's officer and to an Associate's, or to the board, opened and
    posted empty."""
    if name.startswith(("board:", "loading:", "sealed:")):
        client.force_login(world.board)
        return client.get(board_address(name, world)).text
    url, said = address(name, world), ""
    for user in (world.officer, world.associate_officer):
        client.force_login(user)
        for one in (url, url.replace("ASC01", "MAIN1")):
            said += client.get(one).text + client.post(one).text
    return said


def test_tasks_name_controls_at_all():
    assert len(CLAIMS) > 30
