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

HEADS = ("Letters in all", "New logins", "Replaced", "Not possible")


def counts(html: str) -> list[int]:
    """By HEADS; what is not said is nought."""
    found = dict(re.findall(r"<dt>([^<]+)</dt><dd><b>(\d+)</b>", html))
    return [int(found.get(head, 0)) for head in HEADS]


def lead(html: str) -> str:
    """For whom it is, in words."""
    found = re.search(r'<p class="lead">(.*?)</p>', html, re.S)[1]
    return " ".join(re.sub(r"<[^>]+>", "", found).split())


def ticked(html: str) -> list[str]:
    """Who is ticked: in a row, or in the field for all who stand in none."""
    also = re.search(r'name="also" value="([^"]*)"', html)[1].split()
    return sorted([*re.findall(r'name="candidate" value="(\d+)"[^>]* checked', html), *also])


def test_every_count_is_told(officer, world):
    make_candidate(world.main, world.series, "0002")
    make_login(world.candidate)
    arrange(world.main, world.series, delay=dt.timedelta(hours=1))
    make_login(make_candidate(world.main, world.series, "0003"))
    make_candidate(world.main, world.series, "0004").entries.update(withdrawn=True)

    html = text(officer.post(CREATE))
    assert counts(html) == [3, 1, 2, 1]
    assert "1 of the letters is outdated." in html
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
    assert counts(html) == [1, 1, 0, 1]
    assert "0001 BLOGGS: Fred" in html.partition("The centre has not given them access.")[2]


def test_it_always_says_for_whom(officer, world):
    make_candidate(world.main, world.series, "0002", name="OTHER: Ann")
    make_candidate(world.main, world.series, "0003", name="OTHER: Bob")
    make_login(world.candidate)
    arrange(world.main, world.series, delay=dt.timedelta(hours=1))

    whom = {
        "For all 3 candidates of the centre, as none is ticked.": {},
        "For the 2 ticked candidates.": {"candidate": ["0001", "0003"], "search": "x"},
        "For 0003 OTHER: Bob.": {"candidate": ["0003"]},
        "For the 2 candidates in the list, as none is ticked.": {"search": "other"},
        "For 0002 OTHER: Ann.": {"only": "0002", "candidate": ["0001", "0003"]},
        "For 0001 BLOGGS: Fred, whose letter is outdated.": {"which": "outdated"},
    }
    for said, posted in whom.items():
        assert lead(text(officer.post(CREATE, posted))).endswith(said)


# One candidate lost the letter


def test_one_letter_is_made_anew_in_two_clicks_and_the_third_page_has_it(officer, world):
    make_login(make_candidate(world.main, world.series, "0002"))
    old = make_login(world.candidate)[2]
    row = text(officer.post(CENTRE, {"search": "0001"}))
    link = re.search(r'href="([^"]+)" aria-label="Re-create, 0001"', row)[1]

    asked = text(officer.get(link))
    assert title(asked) == "Re-create credentials for 1 candidate?"
    assert counts(asked)[0] == 1
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked)
    button = re.search(r'name="(counted)" value="([^"]+)"', asked)
    assert buttons(asked) == ["Re-create and end 1 login"]
    posted = {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}
    answer = officer.post(
        re.search(r'<form method="post" action="([^"]+credentials[^"]+)"', asked)[1],
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
    assert "Create credentials" not in html


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
    assert 'value="other"' in html
    assert "<span data-count>2</span> ticked" in html
    everybody = {"search": "other", "candidate": "0003", "also": "0001 ", "everybody": "yes"}
    html = text(officer.post(CENTRE, everybody))
    assert ticked(html) == ["0001", "0003"]
    assert 'name="also" value=""' in html


def test_who_is_ticked_is_who_gets_letters_though_a_search_came_between(officer, world):
    make_candidate(world.main, world.series, "0002", name="OTHER: Ann")
    make_candidate(world.main, world.series, "0003", name="OTHER: Bob")
    html = text(officer.post(CENTRE, {"search": "other", "candidate": ["0001"]}))

    confirm(officer, search="other", also=" ".join(ticked(html)))
    chosen = LetterFile.objects.get().chosen
    assert chosen == [world.candidate.pk]


def test_a_filter_has_an_address_of_its_own_and_a_search_which_may_be_a_name_has_none(
    officer, world
):
    assert officer.post(CENTRE, {"show": "outdated"}).url == CENTRE + "?show=outdated"
    assert officer.post(CENTRE, {"search": "x", "everybody": "yes"}).url == CENTRE
    found = officer.post(CENTRE, {"search": "bloggs", "show": "all"})
    assert found.status_code == 200
    assert "BLOGGS: Fred" in text(officer.get(CENTRE, {"search": "nobody"}))


def test_tick_all_and_untick_are_for_whom_the_list_shows(officer, world):
    make_candidate(world.main, world.series, "0002", name="OTHER: Ann")
    make_candidate(world.main, world.series, "0003", name="OTHER: Bob")

    html = text(officer.post(CENTRE, {"search": "other", "tick": "all"}))
    assert ticked(html) == ["0002", "0003"]
    assert officer.post(CENTRE, {"candidate": ["0002", "0003"], "tick": "none"}).url == CENTRE


def test_two_thousand_stand_on_pages_of_a_hundred_and_ticks_stay_from_page_to_page(officer, world):
    Candidate.objects.bulk_create(
        Candidate(centre=world.main, series=world.series, number=f"{number:04}", name="MANY: A")
        for number in range(2, 2001)
    )
    first = text(officer.get(CENTRE))
    assert first.count('name="candidate"') == 100
    assert "Page 1 of 20" in first and "All <b>2,000</b>" in first

    second = text(officer.post(CENTRE, {"candidate": ["0001", "0100"], "page": "2"}))
    assert ticked(second) == ["0001", "0100"]
    assert 'value="0101"' in second and 'name="candidate" value="0100"' not in second
    everybody = text(officer.post(CENTRE, {"also": "0001 0100", "page": "2", "tick": "all"}))
    assert len(ticked(everybody)) == 2000
    assert "<span data-count>2,000</span> ticked" in everybody


def test_going_back_from_the_page_that_asks_keeps_ticks_and_search(officer, world):
    make_candidate(world.main, world.series, "0002", name="OTHER: Ann")
    asked = text(officer.post(CREATE, {"search": "other", "candidate": ["0001"]}))
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked)

    assert f'formaction="{CENTRE}">Cancel<' in asked
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
    return re.search("<h1[^>]*>(.*?)</h1>", html)[1]


def buttons(html: str) -> list[str]:
    found = re.findall(r'<button class="btn [^"]+" name="counted"[^>]*>(.*?)</button>', html)
    return [re.sub("<[^>]+>", "", one).strip() for one in found]


def test_where_everybody_has_a_login_the_page_asks_whether_to_replace_them(officer, world):
    make_login(world.candidate)
    html = text(officer.post(CREATE))
    assert title(html) == "Re-create credentials for 1 candidate?"
    assert buttons(html) == ["Re-create and end 1 login"]

    make_login(make_candidate(world.main, world.series, "0002"))
    make_candidate(world.main, world.series, "0003")
    html = text(officer.post(CREATE))
    assert title(html) == "Create credentials for 3 candidates?"
    assert buttons(html) == [
        "Create credentials for 1 without a letter",
        "Create credentials and end 2 logins",
    ]
    assert "btn-danger" in html


@pytest.mark.parametrize(
    ("asked", "whom"), [({}, ["0002", "0003"]), ({"candidate": ["0001", "0003"]}, ["0003"])]
)
def test_only_those_without_a_letter_get_one_at_a_press(officer, world, asked, whom):
    make_login(world.candidate)
    for number in ("0002", "0003"):
        make_candidate(world.main, world.series, number)

    html = text(officer.post(CREATE, asked))
    form = html.partition('<div class="actions">')[2].partition("</form>")[0]
    hidden = re.findall(r'type="hidden" name="(candidate|which)" value="([^"]*)"', form)
    posted = {name: [v for n, v in hidden if n == name] for name, _ in hidden}
    counted = counted_on(form)
    officer.post(CREATE, {**posted, "counted": counted})
    file = LetterFile.objects.latest("asked_at")
    assert (
        list(Candidate.objects.filter(pk__in=file.chosen).values_list("number", flat=True)) == whom
    )


def test_the_solid_button_invites_only_where_somebody_has_no_letter(officer, world):
    solid = '<button class="btn btn-primary" data-create>'
    assert solid in text(officer.get(CENTRE))

    make_login(world.candidate)
    html = text(officer.get(CENTRE))
    assert solid not in html
    assert "Everyone has a letter. A new one replaces the login." in html

    make_candidate(world.main, world.series, "0002")
    arrange(world.main, world.series, status=Status.SELECTED, selected=(world.candidate,))
    html = text(officer.get(CENTRE))
    assert "Everyone with access has a letter." in html

    arrange(world.main, world.series, status=Status.NONE)
    html = text(officer.get(CENTRE))
    assert "Nobody has access, so there is no letter to create." in html
    assert "has a letter" not in html


# What stands in the way is mended by a link


def test_advice_leads_to_the_page_where_it_can_be_followed(client, world):
    client.force_login(world.officer)
    edit = f'<a href="{CENTRE}status/edit/">Edit status</a>'
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
    link = f'<a href="{CENTRE}subcentres/">Subcentre Management</a>'
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
