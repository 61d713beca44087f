"""A key that is not the site's is told by its fingerprint, never by what does not open."""

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.second_factor import SecondFactorAdapter
from board.service_state import state
from core import encrypted_files, encryption, key_fingerprints
from core.encryption import CannotOpen, WrongKey
from core.models import KeyFingerprint
from credentials.letters import storage
from credentials.logins.authentication import sign_in
from tests.builders import make_login

OWN = {"1": b"o" * 32}
OTHER = {"1": b"x" * 32}
NOT_SET_UP = "not set up correctly"


@pytest.fixture(autouse=True)
def noted(settings, db, storage_folder):
    settings.MASTER_KEYS = settings.PEPPER_KEYS = OWN
    for setting, key_id in key_fingerprints.new():
        key_fingerprints.note(setting, key_id)


def test_of_a_key_only_a_fingerprint_is_kept_and_each_kind_has_its_own(settings):
    rows = {row.setting: row.fingerprint for row in KeyFingerprint.objects.all()}

    assert rows.keys() == {"MASTER_KEYS", "PEPPER_KEYS", "SECRET_KEY"}
    assert len(set(rows.values())) == 3
    assert {len(value) for value in rows.values()} == {32}


def test_another_key_under_the_id_and_a_missing_one_do_not_fit(settings):
    assert key_fingerprints.misfits() == []

    settings.MASTER_KEYS = OTHER
    assert [str(one) for one in key_fingerprints.misfits()] == ["MASTER_KEYS 1"]
    settings.MASTER_KEYS = {"2": b"n" * 32}
    assert [str(one) for one in key_fingerprints.misfits()] == ["MASTER_KEYS 1"]
    settings.MASTER_KEYS = {"2": b"n" * 32, **OWN}
    assert key_fingerprints.misfits() == []
    settings.SECRET_KEY = "another"
    assert [str(one) for one in key_fingerprints.misfits()] == ["SECRET_KEY"]


def test_a_retired_key_may_be_missing_but_its_id_is_never_anothers(settings):
    settings.PEPPER_KEYS = {"2": b"n" * 32}
    key_fingerprints.retire("PEPPER_KEYS", "1")
    assert key_fingerprints.misfits() == []

    settings.PEPPER_KEYS = {"2": b"n" * 32, **OWN}  # not taken out yet
    assert key_fingerprints.misfits() == []
    settings.PEPPER_KEYS = {"2": b"n" * 32, **OTHER}
    assert [str(one) for one in key_fingerprints.misfits()] == ["PEPPER_KEYS 1"]


@pytest.mark.parametrize("wrong", [OTHER, {"2": b"n" * 32}], ids=["another", "missing"])
def test_with_a_wrong_master_key_letters_are_never_called_damaged(
    world, issue, settings, wrong, client
):
    world.open_all()
    file = issue()
    settings.MASTER_KEYS = wrong

    with pytest.raises(WrongKey, match=NOT_SET_UP):
        storage.letters_in(file)
    client.force_login(world.officer)
    page = client.get(f"/candidate-results/2026-06/MAIN1/letters/{file.pk}/download/", follow=True)
    assert NOT_SET_UP in page.text
    assert "damaged" not in page.text


def test_what_is_damaged_under_the_right_key_is_still_called_so(world, issue, letters_folder):
    world.open_all()
    file = issue()
    (letters_folder / file.parts.get().stored_as).write_bytes(b"x" * 100)
    with pytest.raises(CannotOpen, match=r"damaged\. Re-create") as raised:
        storage.letters_in(file)
    assert not isinstance(raised.value, WrongKey)

    file.wrapped_key = bytes(60)
    with pytest.raises(CannotOpen, match="damaged") as raised:
        storage.unwrap(file)
    assert not isinstance(raised.value, WrongKey)


def test_so_it_is_with_encrypted_files_and_second_factors(settings):
    stored, encrypted = encrypted_files.keep([b"x"]), SecondFactorAdapter().encrypt("SECRET")
    settings.MASTER_KEYS = OTHER

    with pytest.raises(WrongKey):
        encrypted_files.stream(stored)
    with pytest.raises(WrongKey):
        SecondFactorAdapter().decrypt(encrypted)

    settings.MASTER_KEYS = OWN
    stored.wrapped_key = bytes(60)
    with pytest.raises(CannotOpen, match="damaged"):
        encrypted_files.stream(stored)
    with pytest.raises(CannotOpen, match="damaged"):
        SecondFactorAdapter().decrypt(encrypted[:-8] + "AAAAAAA=")


def test_a_key_that_nobody_noted_is_not_believed(settings):
    stored = encrypted_files.keep([b"x"])
    KeyFingerprint.objects.all().delete()
    stored.wrapped_key = bytes(60)

    with pytest.raises(WrongKey):
        encrypted_files.stream(stored)


@pytest.mark.parametrize("wrong", [OTHER, {"2": b"n" * 32}], ids=["another", "missing"])
def test_with_a_wrong_pepper_no_login_is_called_wrong(world, settings, wrong):
    world.open_all()
    username, password, row = make_login(world.candidate)
    settings.PEPPER_KEYS = wrong
    candidate = Client(raise_request_exception=False)

    for typed in (password, "0000-0000-0000-0000"):
        answer = candidate.post("/results/", {"username": username, "password": typed})
        if typed == password:
            assert answer.status_code == 503
            assert "not with your login" in answer.text
            assert "no-store" in answer["Cache-Control"]
    with pytest.raises(WrongKey):
        sign_in(username, password)

    settings.PEPPER_KEYS = OWN
    assert sign_in(username, password) == row
    assert sign_in("WRONG", password) is None


def test_the_board_is_told_where_and_when_a_key_was_refused(world, settings):
    settings.PEPPER_KEYS = OTHER
    with pytest.raises(WrongKey):
        sign_in("A", "B")
    [part] = [part for part in state() if part.name == "Keys and site"]
    assert part.state == "bad"
    assert "Key 1 of PEPPER_KEYS is another than this site's" in part.remedy

    settings.PEPPER_KEYS = OWN  # on this server; on the other it is still so
    [part] = [part for part in state() if part.name == "Keys and site"]
    assert part.state == "look"
    assert "PEPPER_KEYS 1 on " in part.words


def test_many_sign_ins_with_a_wrong_pepper_write_it_once_a_minute(
    world, settings, django_assert_num_queries
):
    settings.PEPPER_KEYS = OTHER
    with pytest.raises(WrongKey):
        sign_in("A", "B")
    first = KeyFingerprint.objects.get(setting="PEPPER_KEYS").refused_at

    with pytest.raises(WrongKey):
        sign_in("A", "B")
    assert KeyFingerprint.objects.get(setting="PEPPER_KEYS").refused_at == first


def test_no_key_is_in_what_is_kept_logged_or_said(world, settings, caplog, capsys):
    settings.MASTER_KEYS = settings.PEPPER_KEYS = OTHER
    with pytest.raises(WrongKey) as raised:
        encryption.unwrap("1", bytes(60), aad=b"")
    call_command("keys", "status")
    told = caplog.text + capsys.readouterr().out + str(raised.value)
    told += repr(list(KeyFingerprint.objects.values()))
    assert "ANOTHER than this site's" in told
    for key in (OWN["1"], OTHER["1"]):
        assert key.decode() not in told and key.hex() not in told
