"""The pages of sealed series and of keyholders: what they say, and who may seal what (rule 28)."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from centres.models import Series
from sealed.keyholders import SHUT_FOR
from sealed.models import Keyholder, Seal, SealedFile
from tests.builders import IGCSE_RELEASE, make_series
from tests.sealed.cast import HEADS, Cast, give_file, make_keyholder, make_ring, make_seal

ROOT = "/board/sealed-results/"
BEFORE = IGCSE_RELEASE - dt.timedelta(days=60)
LOST = "With fewer than two passphrases left, nobody can read the sealed files any more."


@pytest.fixture
def ring(world) -> list[Cast]:
    return make_ring()


@pytest.fixture
def november(world) -> Series:
    """It has no results yet."""
    return make_series(
        2026, 11, releases={"Cambridge IGCSE": dt.datetime(2027, 1, 14, 6, tzinfo=dt.UTC)}
    )


def test_a_series_is_sealed_after_it_was_told_what_that_means(board, ring, november):
    assert "Can be sealed" in board.get(ROOT).text
    asked = board.get(f"{ROOT}series/2026-11/seal/").text
    assert "Seal November 2026?" in asked and "Nothing has been sealed yet." in asked
    assert LOST in asked
    assert 'value="2027-01-13"' in asked and 'value="06:00"' in asked  # a day before
    assert not Seal.objects.exists()

    moment = {"day": "2027-01-12", "time": "18:00"}
    page = board.post(f"{ROOT}series/2026-11/seal/", moment, follow=True).text
    assert "November 2026 is sealed." in page and LOST in page
    seal = Seal.objects.get()
    assert (seal.opens_from, seal.sealed_by) == (
        dt.datetime(2027, 1, 12, 18, tzinfo=dt.UTC),
        "board",
    )
    assert "Sealed" in board.get(ROOT).text


def test_a_moment_that_is_not_whole_seals_nothing(board, ring, november):
    for typed in ({"day": "2027-01-12"}, {"day": "12", "time": "18:00"}, {"edit": "yes"}):
        assert "Seal November 2026?" in board.post(f"{ROOT}series/2026-11/seal/", typed).text
    assert not Seal.objects.exists()


@pytest.mark.parametrize(
    ("series", "said"),
    [
        ("2026-06", "June 2026 has results already: a seal would come too late."),
        ("2026-11", "November 2026 is sealed already, or was."),
    ],
)
def test_what_cannot_be_sealed_is_refused_before_anybody_is_asked(
    board, ring, november, series, said
):
    make_seal(november, ring[0].user)
    for answer in (
        board.get(f"{ROOT}series/{series}/seal/", follow=True),
        board.post(
            f"{ROOT}series/{series}/seal/", {"day": "2027-01-12", "time": "18:00"}, follow=True
        ),
    ):
        assert said in answer.text
    assert Seal.objects.count() == 1


def test_with_fewer_than_three_keyholders_nothing_is_sealed(board, november):
    make_keyholder("keyholder.1")
    assert "sealed to at least 3 keyholders; there are 0" in board.get(ROOT).text
    assert "and there are 0" in board.get(f"{ROOT}series/2026-11/seal/", follow=True).text


def test_what_was_given_is_told_in_counts(board, ring, november):
    seal = make_seal(november, ring[0].user)
    assert "No results file has been given yet" in board.get(f"{ROOT}series/2026-11/").text
    give_file(seal, f"{HEADS}2026-11,MAIN1,0001,0580,A*,85\n", by=ring[0].user)
    give_file(seal, HEADS + "2026-11,MAIN1,0001,0580,B,70\n" * 2, by=ring[1].user, replaces=True)
    page = board.get(f"{ROOT}series/2026-11/").text

    assert "1. <bdi" in page and "2. <bdi" in page and "Replaced" in page
    assert 'data-head="Rows">2<' in page and "keyholder.2" in page
    assert ">A*<" not in page and ">B<" not in page
    assert "Open the results" in page
    assert "Not as it was given" not in page


def test_a_file_whose_manifest_was_changed_is_told(board, ring, november):
    seal = make_seal(november, ring[0].user)
    file = give_file(seal, HEADS, by=ring[0].user)
    SealedFile.objects.filter(pk=file.pk).update(manifest={**file.manifest, "rows": 7})
    assert "Not as it was given" in board.get(f"{ROOT}series/2026-11/").text


def test_a_series_that_is_not_sealed_has_no_page_here(board, ring, november):
    for address in (
        "series/2026-11/",
        "series/2026-11/opening/",
        "series/2026-11/open/",
        "series/1999-06/",
        "series/x/seal/",
    ):
        assert board.get(ROOT + address).status_code == 404, address


def test_the_keyholders_are_named_with_who_has_not_tried_for_thirty_days(board, ring):
    page = board.get(f"{ROOT}keyholders/").text
    assert "Keyholders: 3" in page and LOST in page
    assert page.count("Tried lately") == 2 and page.count("Not tried yet") == 1

    Keyholder.objects.filter(user=ring[1].user).update(
        tried_at=timezone.now() - dt.timedelta(days=31)
    )
    page = board.get(f"{ROOT}keyholders/").text
    assert page.count("Not tried for 30 days") == 1 and page.count("Tried lately") == 1


def test_who_has_made_keys_can_be_appointed(board, ring):
    make_keyholder("keyholder.4")
    page = board.get(f"{ROOT}keyholders/").text
    assert "Have made their keys, and can be appointed" in page
    assert "not tried yet" in page


def test_five_wrong_passphrases_shut_the_door_for_an_hour(ring):
    client = Client()
    client.force_login(ring[0].user)
    for _ in range(5):
        client.post(f"{ROOT}keyholders/try/", {"passphrase": "wrong"})
    right = {"passphrase": ring[0].passphrase}
    assert "None is tried before" in client.post(f"{ROOT}keyholders/try/", right).text
    assert "Tried wrongly too often" in client.get(f"{ROOT}keyholders/").text
    with time_machine.travel(timezone.now() + SHUT_FOR + dt.timedelta(minutes=1)):
        client = Client()
        client.force_login(ring[0].user)
        assert (
            "This is your passphrase."
            in client.post(f"{ROOT}keyholders/try/", right, follow=True).text
        )


def test_who_has_no_keys_is_told_to_make_them(board, ring):
    answer = board.get(f"{ROOT}keyholders/try/", follow=True).text
    assert "You have no keys yet. Make them first." in answer and "Make my keys" in answer


def test_somebody_who_is_no_operator_any_more_is_not_offered(board, ring):
    gone = make_keyholder("keyholder.4")
    assert "keyholder.4" in board.get(f"{ROOT}keyholders/change/").text
    gone.user.is_active = False
    gone.user.save()
    assert "keyholder.4" not in board.get(f"{ROOT}keyholders/change/").text
