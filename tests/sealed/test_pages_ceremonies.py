"""The pages on which keyholders act together, and that of the opening (rule 28)."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import jobs
from core.jobs import State
from results.models import Result
from sealed import ceremonies, signatures
from sealed.models import Ceremony, Keyholder, Opening, Turn
from tests.board.test_home import html
from tests.builders import make_board_operator, make_candidate, make_centre, make_series
from tests.sealed.cast import HEADS, Cast, give_file, make_keyholder, make_ring, make_seal

ROOT = "/board/sealed-results/"
OF = f"{ROOT}series/2026-06/"


def signed_in(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.user)
    return client


@pytest.fixture
def ring(db) -> list[Cast]:
    return make_ring()


@pytest.fixture
def board(db) -> Client:
    """Somebody of the board who is no keyholder."""
    client = Client()
    client.force_login(make_board_operator())
    return client


@pytest.fixture
def seal(ring):
    """It can be opened, and has a file of one row."""
    series = make_series()
    make_candidate(make_centre("MAIN1"), series, grades={"0580": None})
    seal = make_seal(series, ring[0].user, opens_from=timezone.now())
    give_file(seal, f"{HEADS}2026-06,MAIN1,0001,0580,A,85\n", by=ring[0].user)
    return seal


def begun(client: Client, address: str = f"{OF}open/") -> str:
    """The address of what has begun."""
    answer = client.post(address)
    assert answer.status_code == 302, answer.text
    return answer.url


def given(client: Client, page: str, cast: Cast, **more) -> str:
    return client.post(page, {"passphrase": cast.passphrase}, follow=True, **more).text


def worked() -> Opening:
    opening = Opening.objects.get()
    jobs.run("sealed.Opening", str(opening.pk))
    opening.refresh_from_db()
    return opening


def test_two_keyholders_open_a_series_each_in_a_browser_of_their_own(ring, seal):
    one, two = signed_in(ring[0]), signed_in(ring[1])
    asked = one.get(f"{OF}open/").text
    assert "Open the results of June 2026?" in asked and "Nothing has been opened yet" in asked
    page = begun(one)
    assert "0 of 2 passphrases given" in one.get(page).text

    assert "1 of 2 passphrases given" in given(one, page, ring[0])
    assert not Opening.objects.exists()
    assert "You have given your passphrase already" in one.get(page).text
    opened = given(two, page, ring[1])

    assert "The keyholders have opened the results." in opened and "Being loaded" in opened
    assert worked().state == State.READY
    done = two.get(f"{OF}opening/").text
    assert "What was loaded" in done and "<b>1</b>" in done
    assert Result.objects.get().grade == "A"
    assert "Opened" in two.get(ROOT).text


def test_before_its_moment_it_takes_three_and_every_page_says_so(ring, seal):
    seal.opens_from = timezone.now() + dt.timedelta(days=1)
    seal.save()
    signatures.sign(seal)
    one, two, three = (signed_in(each) for each in ring)
    assert "Until then it takes 3." in one.get(f"{OF}open/").text
    page = begun(one)
    assert "0 of 3 passphrases given" in one.get(page).text

    given(one, page, ring[0])
    assert "2 of 3 passphrases given" in given(two, page, ring[1])
    assert not Opening.objects.exists()
    assert "Being loaded" in given(three, page, ring[2])


def test_a_second_keyholder_in_the_same_browser_is_refused_with_a_sentence(ring, seal):
    client = signed_in(ring[0])
    page = begun(client)
    given(client, page, ring[0])
    client.force_login(ring[1].user)

    for answer in (client.get(page).text, given(client, page, ring[1])):
        assert "Another keyholder has given a passphrase in this browser." in answer
        assert 'name="passphrase"' not in answer
    assert Turn.objects.filter(ceremony__kind="open").count() == 1 and not Opening.objects.exists()
    assert Keyholder.objects.get(user=ring[1].user).wrong_tries == 0

    ceremonies.stop(Ceremony.objects.get(pk=page.split("/")[-2]), by=ring[0].user)
    later = begun(client)  # the next is another matter
    assert "1 of 2 passphrases given" in given(client, later, ring[1])


def test_a_cookie_that_is_not_ours_says_nothing(ring, seal, settings):
    client = signed_in(ring[0])
    page = begun(client)
    client.cookies[settings.KEYHOLDER_COOKIE] = "[1, 2]:forged"
    assert "1 of 2 passphrases given" in given(client, page, ring[0])


def test_who_is_no_keyholder_sees_who_has_given_theirs_and_no_form(ring, seal, board):
    page = begun(board)
    given(signed_in(ring[0]), page, ring[0])
    seen = board.get(page).text

    assert "1 of 2 passphrases given" in seen and "You are no keyholder" in seen
    assert 'name="passphrase"' not in seen


def test_whoever_of_the_board_stops_it_and_then_nothing_is_opened(ring, seal, board):
    one, two = signed_in(ring[0]), signed_in(ring[1])
    page = begun(one)
    given(one, page, ring[0])
    board.get(f"{page}stop/")
    assert "1 of 2 passphrases given" in board.get(page).text

    assert "Stopped. Nothing was opened or changed." in board.post(f"{page}stop/", follow=True).text
    assert "or it has ended. Begin again." not in board.get(page).text
    assert 'name="passphrase"' not in given(two, page, ring[1])
    assert not Opening.objects.exists()


def test_after_fifteen_minutes_it_is_over(ring, seal):
    one = signed_in(ring[0])
    page = begun(one)
    given(one, page, ring[0])
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=15, seconds=1)):
        assert "The time is over: nothing was opened or changed" in given(
            signed_in(ring[1]), page, ring[1]
        )
    assert not Opening.objects.exists()


def test_the_page_renews_who_has_given_theirs_and_asks_for_all_of_itself_at_the_end(ring, seal):
    one, two = signed_in(ring[0]), signed_in(ring[1])
    page = begun(one)
    part = {"headers": {"HX-Request": "true"}}
    assert f'hx-get="{page}progress/"' in one.get(page).text
    given(two, page, ring[1])
    answer = one.get(f"{page}progress/", **part)
    assert "1 of 2 passphrases given" in answer.text and "HX-Refresh" not in answer
    assert "14 min" in answer.text and 'name="passphrase"' not in answer.text

    given(one, page, ring[0])
    answer = two.get(f"{page}progress/", **part)
    assert answer["HX-Refresh"] == "true" and "hx-get" not in answer.text


def test_a_rehearsal_opens_made_up_rows_and_changes_nothing(ring, seal):
    one, two = signed_in(ring[0]), signed_in(ring[1])
    assert "12 made-up rows" in one.get(f"{ROOT}rehearse/").text
    page = begun(one, f"{ROOT}rehearse/")
    given(one, page, ring[0])

    assert "The rehearsal opened what it had closed" in given(two, page, ring[1])
    assert not Opening.objects.exists() and seal.shares.count() == 6


def test_there_is_one_at_a_time(ring, seal):
    client = signed_in(ring[0])
    begun(client)
    for address in (f"{OF}open/", f"{ROOT}rehearse/"):
        for answer in (client.get(address, follow=True), client.post(address, follow=True)):
            assert "Keyholders are at something already." in answer.text
    assert Ceremony.objects.filter(ended_at=None).count() == 1


def test_the_first_keyholders_are_appointed_by_two_of_them(db):
    cast = [make_keyholder(f"keyholder.{one}") for one in (1, 2, 3)]
    one, two = signed_in(cast[0]), signed_in(cast[1])
    change = f"{ROOT}keyholders/change/"
    assert "keyholder.3, passphrase not tried yet" not in one.get(change).text
    pks = [each.holder.pk for each in cast]

    assert "There would be 2 keyholders" in one.post(change, {"appointing": pks[:2]}).text
    assert "Choose who is appointed, or who is retired." in one.post(change, {}).text
    asked = one.post(change, {"appointing": pks}).text
    assert "Change the keyholders?" in asked and "Nothing has been changed yet" in asked
    assert not Ceremony.objects.exists()
    page = one.post(change, {"appointing": pks, "confirmed": "yes"}).url
    given(one, page, cast[0])
    assert "The keyholders are changed" in given(two, page, cast[1])
    assert Keyholder.objects.appointed().count() == 3


def test_to_replace_is_to_retire_one_and_appoint_another_at_once(ring):
    new, client = make_keyholder("keyholder.4"), signed_in(ring[0])
    change = f"{ROOT}keyholders/change/"
    retiring = {"retiring": ring[2].holder.pk}
    assert "There would be 2 keyholders" in client.post(change, retiring).text
    chosen = {**retiring, "appointing": new.holder.pk}
    asked = client.post(change, chosen).text
    assert "keyholder.4" in asked and "the passphrase opens nothing from then on" in asked
    assert "Appoint, retire or replace" in client.post(change, {**chosen, "change": "yes"}).text
    page = client.post(change, {**chosen, "confirmed": "yes"}).url

    given(client, page, ring[0])
    given(signed_in(ring[1]), page, ring[1])
    assert [str(one) for one in Keyholder.objects.appointed()][-1] == str(new.user)
    assert "You are no keyholder" in signed_in(ring[2]).get(begun(client, f"{ROOT}rehearse/")).text


# --- The opening ----------------------------------------------------------------------------------


@pytest.fixture
def failed(ring, seal) -> Client:
    """An opening with a row that does not fit: nothing was loaded."""
    give_file(seal, f"{HEADS}2026-06,MAIN1,0001,9999,B,\n", by=ring[0].user)
    one, two = signed_in(ring[0]), signed_in(ring[1])
    page = begun(one)
    given(one, page, ring[0])
    given(two, page, ring[1])
    assert worked().state == State.FAILED
    return two


def test_rows_that_do_not_fit_are_told_and_nothing_is_loaded(failed):
    page = failed.get(f"{OF}opening/").text
    assert "1 bad row." in page and not Result.objects.exists()
    rows = failed.get(f"{OF}opening/bad-rows/")

    assert rows["Content-Type"].startswith("text/csv")
    assert "bad-rows-2026-06.csv" in rows["Content-Disposition"]
    assert b"9999" in rows.getvalue()


def test_within_the_hour_it_is_tried_again_without_the_keyholders(failed, seal):
    seal.files.filter(number=2).update(replaced_at=timezone.now())
    assert "Try again" in failed.get(f"{OF}opening/").text
    failed.get(f"{OF}opening/retry/")
    assert Opening.objects.get().state == State.FAILED

    assert "Being loaded" in failed.post(f"{OF}opening/retry/", follow=True).text
    assert worked().state == State.READY
    assert Result.objects.get().grade == "A"


def test_after_the_hour_it_takes_them_once_more(failed, ring):
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        failed = signed_in(ring[1])
        page = failed.get(f"{OF}opening/").text
        assert "Open the results once more" in page and "Try again" not in page
        answer = failed.post(f"{OF}opening/retry/", follow=True).text
        assert "The hour in which the results could be loaded is over" in answer
        assert Opening.objects.get().state == State.FAILED


def test_what_is_being_loaded_is_not_opened_once_more(ring, seal):
    one, two = signed_in(ring[0]), signed_in(ring[1])
    page = begun(one)
    given(one, page, ring[0])
    given(two, page, ring[1])

    assert "is being opened already" in one.post(f"{OF}open/", follow=True).text
    assert f'href="{OF}open/"' not in one.get(OF).text


# --- Home of the board ----------------------------------------------------------------------------


def test_home_says_whose_passphrase_lacks(ring, seal, board):
    one = signed_in(ring[0])
    page = begun(board)
    for client in (one, board):
        home = html(client.get("/board/"))
        assert "Open results of June 2026: passphrases of keyholders, until" in home
        assert f'href="{page}"' in home
    assert "1 thing waits for a second person.<" in html(one.get("/board/"))
    assert "Give my passphrase" in html(one.get("/board/"))
    assert "none for you" in html(board.get("/board/"))
    assert "Give my passphrase" not in html(board.get("/board/"))

    given(one, page, ring[0])
    assert "none for you" in html(one.get("/board/"))


def test_the_boards_bar_counts_what_is_under_way_amber_for_whose_passphrase_lacks(ring, board):
    count = '<span class="badge{}">1<span class="visually-hidden"> under way</span>'
    assert " under way</span>" not in html(board.get("/board/"))
    begun(board, f"{ROOT}rehearse/")

    assert count.format("") in html(board.get("/board/"))
    assert count.format(" badge-warn") in html(signed_in(ring[0]).get("/board/"))


def test_the_ceremony_that_made_the_ring_can_still_be_looked_at(ring):
    page = reverse("sealed:ceremony", args=[Ceremony.objects.get().pk])
    seen = signed_in(ring[2]).get(page).text
    assert "Change the keyholders" in seen and "Done" in seen and 'name="passphrase"' not in seen
    assert "The fifteen minutes of this are over" not in seen
