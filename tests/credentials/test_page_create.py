"""The page that asks before letters are made, one candidate anew, and ticks that survive a search."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from centres.models import Candidate, Status
from centres.terms import Contact
from credentials.models import Credentials, LetterFile
from tests.asked import counted_on
from tests.builders import (
    CONTACT,
    PASSWORD,
    arrange,
    give,
    make_candidate,
    make_login,
    make_series,
    set_defaults,
)
from tests.credentials.test_page_letters import CENTRE, CREATE, confirm
from tests.letters import make, text

HEADS = ("Letters in all", "New logins", "Replaced", "Outdated now", "Not possible")


def counts(html: str) -> list[int]:
    return [int(re.search(rf'<dt>{head}</dt><dd class="number">(\d+)', html)[1]) for head in HEADS]


def lead(html: str) -> str:
    """For whom it is, in words."""
    found = re.search(r'<p class="lead">(.*?)</p>', html, re.S)[1]
    return " ".join(re.sub(r"<[^>]+>", "", found).split())


def ticked(html: str) -> list[str]:
    return re.findall(r'name="candidate" value="(\d+)"[^>]* checked', html)


def test_every_count_is_told(officer, world):
    make_candidate(world.main, world.series, "0002")
    make_login(world.candidate)
    arrange(world.main, world.series, delay=dt.timedelta(hours=1))
    make_login(make_candidate(world.main, world.series, "0003"))
    make_candidate(world.main, world.series, "0004").entries.update(withdrawn=True)

    html = text(officer.post(CREATE))
    assert counts(html) == [3, 1, 2, 1, 1]
    assert "0004 BLOGGS: Fred" in html.partition("All their entries have been withdrawn.")[2]


@pytest.mark.parametrize(
    ("why", "centre"), [("can be created from 25 March 2127", "2027-03"), ("a contact", "2026-06")]
)
def test_where_nothing_can_be_made_the_counts_are_told_all_the_same(client, world, why, centre):
    world.open_all()
    later = make_series(2027, 3, credentials_from=dt.date(2127, 3, 25))
    make_candidate(world.main, later)
    arrange(world.main, later)
    arrange(world.main, world.series, contact=Contact("A name alone"))
    client.force_login(world.officer)

    html = text(client.post(f"/candidate-results/{centre}/MAIN1/credentials/create/"))
    assert "Not possible now." in html
    assert why in html
    assert counts(html)[:2] == [1, 1]
    assert 'name="counted"' not in html


def test_who_has_no_access_is_named(officer, world):
    second = make_candidate(world.main, world.series, "0002")
    arrange(world.main, world.series, status=Status.SELECTED, selected=(second,))

    html = text(officer.post(CREATE))
    assert counts(html) == [1, 1, 0, 0, 1]
    assert "0001 BLOGGS: Fred" in html.partition("The centre has not given them access.")[2]


def test_it_always_says_for_whom(officer, world):
    make_candidate(world.main, world.series, "0002", name="OTHER: Ann")
    make_candidate(world.main, world.series, "0003", name="OTHER: Bob")
    make_login(world.candidate)
    arrange(world.main, world.series, delay=dt.timedelta(hours=1))

    whom = {
        "For all 3 candidates of the centre, as you ticked nobody.": {},
        "For the 2 candidates whom you ticked.": {"candidate": ["0001", "0003"], "search": "x"},
        "For the candidate whom you ticked: 0003 OTHER: Bob.": {"candidate": ["0003"]},
        "For the 2 candidates whom your search “other” found, as you ticked nobody.": {
            "search": "other"
        },
        "For the candidate whom your search “ann” found: 0002 OTHER: Ann.": {"search": "ann"},
        "For the candidate whose letter is outdated.": {"which": "outdated"},
        "For one candidate: 0002 OTHER: Ann.": {"only": "0002", "candidate": ["0001", "0003"]},
    }
    for said, posted in whom.items():
        assert lead(text(officer.post(CREATE, posted))).endswith(said)


# One candidate lost the letter


def test_one_letter_is_made_anew_in_two_clicks_and_the_third_page_has_it(officer, world):
    make_login(make_candidate(world.main, world.series, "0002"))
    old = make_login(world.candidate)[2]
    row = text(officer.get(CENTRE, {"search": "0001"}))
    link = re.search(r'href="([^"]+)" aria-label="Re-create, 0001"', row)[1]

    asked = text(officer.get(link))
    assert "<h1>Re-create?</h1>" in asked
    assert counts(asked)[0] == 1
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked)
    button = re.search(r'name="(counted)" value="([^"]+)">Re-create<', asked)
    posted = {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}
    answer = officer.post(
        re.search(r'<form method="post" class="actions" action="([^"]+)"', asked)[1],
        {**posted, button[1]: button[2]},
        follow=True,
    )
    file = LetterFile.objects.latest("asked_at")
    assert answer.redirect_chain == [(f"{CENTRE}letters/{file.pk}/", 302)]
    make(file)
    live = Credentials.objects.live()
    assert [one.candidate.number for one in live.filter(letter_file=file)] == ["0001"]
    assert live.count() == 2
    old.refresh_from_db()
    assert old.revoked_at is not None


def test_a_row_offers_what_its_candidate_can_have(officer, world):
    make_login(world.candidate)
    second = make_candidate(world.main, world.series, "0002")
    make_candidate(world.main, world.series, "0003").entries.update(withdrawn=True)
    make_candidate(world.main, world.series, "0004")
    arrange(world.main, world.series, status=Status.SELECTED, selected=(world.candidate, second))

    html = text(officer.get(CENTRE))
    offers = re.findall(r'aria-label="(Re-create|Create), (\d{4})">', html)
    assert offers == [("Re-create", "0001"), ("Create", "0002")]


def test_without_access_no_row_offers_anything(client, world):
    world.open_all()
    give(world.associate, world.series, access=False)
    client.force_login(world.associate_officer)

    html = text(client.get("/candidate-results/2026-06/ASC01/"))
    assert "BLOGGS: Fred" in html
    assert "credentials/create/?only" not in html
    assert ">Create credentials<" not in html


def test_an_unknown_or_anothers_number_makes_a_letter_for_nobody(officer, world):
    make_candidate(world.stranger_centre, world.series, "0077")

    html = text(officer.get(CREATE, {"only": "0077"}))
    assert "There is nobody to make a letter for." in html
    assert 'name="counted"' not in html
    confirm(officer, only="0077")
    assert not LetterFile.objects.exists()


def test_looking_at_the_page_that_asks_makes_nothing(officer, world):
    officer.get(CREATE, {"only": "0001", "counted": "1 new, 0 replaced"})

    assert not LetterFile.objects.exists()


# Ticks survive a search


def test_who_is_ticked_stays_ticked_found_or_not(officer, world):
    make_candidate(world.main, world.series, "0002", name="OTHER: Ann")
    make_candidate(world.main, world.series, "0003", name="OTHER: Bob")

    html = text(officer.post(CENTRE, {"search": "other", "candidate": ["0001", "0003"]}))
    assert ticked(html) == ["0001", "0003"]
    assert "0001" in html.partition("Also ticked, though not found by this search")[2]
    assert 'value="other"' in html
    everybody = {"search": "other", "candidate": ["0001", "0003"], "everybody": "yes"}
    html = text(officer.post(CENTRE, everybody))
    assert ticked(html) == ["0001", "0003"]
    assert "Also ticked" not in html


def test_who_is_ticked_is_who_gets_letters_though_a_search_came_between(officer, world):
    make_candidate(world.main, world.series, "0002", name="OTHER: Ann")
    make_candidate(world.main, world.series, "0003", name="OTHER: Bob")
    html = text(officer.post(CENTRE, {"search": "other", "candidate": ["0001"]}))

    confirm(officer, search="other", candidate=ticked(html))
    chosen = LetterFile.objects.get().chosen
    assert chosen == [world.candidate.pk]


def test_a_search_with_nobody_ticked_has_an_address_of_its_own(officer, world):
    answer = officer.post(CENTRE, {"search": "núñez & co"})

    assert answer.url == CENTRE + "?search=n%C3%BA%C3%B1ez+%26+co"
    assert officer.post(CENTRE, {"search": "x", "everybody": "yes"}).url == CENTRE


def test_going_back_from_the_page_that_asks_keeps_ticks_and_search(officer, world):
    make_candidate(world.main, world.series, "0002", name="OTHER: Ann")
    asked = text(officer.post(CREATE, {"search": "other", "candidate": ["0001"]}))
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked)

    assert f'formaction="{CENTRE}#candidates">Go back<' in asked
    html = text(officer.post(CENTRE, dict(hidden)))
    assert ticked(html) == ["0001"]
    assert 'value="other"' in html


def test_ticks_of_candidates_that_there_are_not_are_forgotten(officer, world):
    make_candidate(world.stranger_centre, world.series, "0077", name="STRANGER: Child")

    html = text(officer.post(CENTRE, {"candidate": ["0077", "0001"]}))
    assert ticked(html) == ["0001"]
    assert "0077" not in html


def test_two_thousand_ticks_are_taken(officer, world):
    numbers = [f"{number:04}" for number in range(1, 2001)]

    assert officer.post(CREATE, {"candidate": numbers}).status_code == 200
    assert officer.post(CENTRE, {"candidate": numbers}).status_code == 200


def test_before_letters_are_made_the_password_is_asked_again_and_what_was_counted_is_kept(
    officer, world
):
    """Who was asked, and then gave the password, has not to press the button again."""
    asked = text(officer.post(CREATE, {"candidate": "0001"}))
    counted = counted_on(asked)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        answer = officer.post(CREATE, {"candidate": "0001", "counted": counted})
        assert answer.url.startswith("/account/confirm/")
        assert not LetterFile.objects.exists()
        officer.post(answer.url, {"password": PASSWORD, "next": CREATE})

    assert LetterFile.objects.get().total == 1


# Working logins are not replaced unawares


def title(html: str) -> str:
    return re.search("<h1>(.*?)</h1>", html)[1]


def buttons(html: str) -> list[str]:
    return re.findall(
        r'<button class="btn btn-(?:outline-)?primary" name="counted"[^>]*>(.*?)<', html
    )


def test_where_everybody_has_a_login_the_page_asks_whether_to_replace_them(officer, world):
    make_login(world.candidate)
    html = text(officer.post(CREATE))
    assert title(html) == "Replace 1 working login?"
    assert buttons(html) == ["Create credentials and replace 1 working login"]

    make_login(make_candidate(world.main, world.series, "0002"))
    make_candidate(world.main, world.series, "0003")
    html = text(officer.post(CREATE))
    assert title(html) == "Replace 2 working logins, and create 1 new?"
    assert buttons(html) == [
        "Only the 1 without a letter",
        "Create credentials and replace 2 working logins",
    ]
    make_candidate(world.main, world.series, "0004")
    html = text(officer.post(CREATE))
    assert title(html) == "Create credentials?"
    assert buttons(html) == ["Only the 2 without a letter", "Create credentials"]


@pytest.mark.parametrize(
    ("asked", "whom"), [({}, ["0002", "0003"]), ({"candidate": ["0001", "0003"]}, ["0003"])]
)
def test_only_those_without_a_letter_get_one_at_a_press(officer, world, asked, whom):
    make_login(world.candidate)
    for number in ("0002", "0003"):
        make_candidate(world.main, world.series, number)

    html = text(officer.post(CREATE, asked))
    form = html.partition('<form method="post" class="actions"')[2].partition("</form>")[0]
    hidden = re.findall(r'type="hidden" name="(candidate|which)" value="([^"]*)"', form)
    posted = {name: [v for n, v in hidden if n == name] for name, _ in hidden}
    counted = counted_on(form)
    officer.post(CREATE, {**posted, "counted": counted})
    file = LetterFile.objects.latest("asked_at")
    assert (
        list(Candidate.objects.filter(pk__in=file.chosen).values_list("number", flat=True)) == whom
    )


def test_the_solid_button_invites_only_where_somebody_has_no_letter(officer, world):
    solid = '<button class="btn btn-primary">Create credentials<'
    assert solid in text(officer.get(CENTRE))

    make_login(world.candidate)
    html = text(officer.get(CENTRE))
    assert solid not in html
    assert "Whoever can have a letter has one; a new one replaces the login." in html


# What stands in the way is mended by a link


def test_advice_leads_to_the_page_where_it_can_be_followed(client, world):
    client.force_login(world.officer)
    edit = f'<a href="{CENTRE}status/edit/">Go to that page</a>'
    assert edit in text(client.get(CENTRE))
    assert edit in text(client.post(CREATE)).partition("Not possible now.")[2]

    arrange(world.main, world.series, status=Status.SELECTED)
    html = text(client.post(CREATE))
    assert edit in html.partition("The centre has not given them access.")[2]


def test_who_has_no_access_is_told_which_centre_gives_it_and_whom_to_ask(client, world):
    set_defaults(world.main, world.series)
    give(world.associate, world.series, access=False)
    url = "/candidate-results/2026-06/ASC01/"
    client.force_login(world.associate_officer)

    html = text(client.get(url))
    assert f"{world.main} gives it in Subcentre Management." in html
    assert f"Its contact: {CONTACT.name}, {CONTACT.telephone}, {CONTACT.email}." in html
    assert "subcentres/" not in html

    client.force_login(world.officer)
    link = f'<a href="{CENTRE}subcentres/">Go to that page</a>'
    html = text(client.get(url))
    assert link in html.partition("You have not given this centre access in this series.")[2]
    assert "Its contact:" not in html


def test_a_main_centre_is_not_told_to_ask_itself(client, world):
    world.open_all()
    set_defaults(world.main, world.series, contact=Contact())
    client.force_login(world.associate_officer)
    create = "/candidate-results/2026-06/ASC01/credentials/create/"
    told = f"The main centre, {world.main}, must fill in its default contact details"
    assert told in text(client.post(create))

    client.force_login(world.officer)
    for page in (
        client.post(create),
        client.get("/candidate-results/2026-06/ASC01/"),
        client.post(
            "/candidate-results/2026-06/MAIN1/attached-centres/create/",
            {"which": "new", "centre": "ASC01"},
        ),
    ):
        assert "Fill in your default contact details in Subcentre Management" in text(page)
        assert "must fill in" not in text(page)
    assert "your main centre" not in text(
        client.get("/candidate-results/2026-06/ASC01/status/edit/")
    )
