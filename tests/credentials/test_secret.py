"""Rules 16 and 17: usernames and passwords."""

import string

from hypothesis import given
from hypothesis import strategies as st

from credentials.logins import secret
from credentials.logins.secret import ALPHABET, Secret, Slip

symbols = st.sampled_from(ALPHABET)
stems = st.lists(symbols, min_size=15, max_size=15).map("".join)
passwords = stems.map(lambda stem: stem + secret.check_symbol(stem))
logins = st.builds(Secret, st.text(symbols, min_size=8, max_size=8), passwords)


def test_a_made_login_has_8_and_16_symbols_without_look_alikes_and_reads_back():
    for _ in range(50):
        made = secret.make()
        assert len(made.username) == 8
        assert len(made.password) == 16
        assert not set("ILOU") & set(made.username + made.password)
        assert secret.read(made.grouped_username, made.grouped_password) == made


def test_it_is_grouped_in_fours():
    one = Secret("ABCDEFGH", "0123456789ABCDEF")

    assert one.grouped_username == "ABCD-EFGH"
    assert one.grouped_password == "0123-4567-89AB-CDEF"


def test_many_are_made_and_no_two_are_alike():
    made = [secret.make() for _ in range(2000)]

    assert len({one.username for one in made}) == len({one.password for one in made}) == 2000
    assert set("".join(one.username + one.password for one in made)) == set(ALPHABET)


def test_neither_repr_nor_str_tells_it():
    made = secret.make()

    for text in (repr(made), str(made), f"{made}", repr([made])):
        assert made.username not in text
        assert made.password not in text


@given(passwords, st.integers(0, 15), symbols)
def test_every_single_wrong_symbol_is_noticed(password, place, other):
    wrong = password[:place] + other + password[place + 1 :]

    assert (secret.read("ABCDEFGH", wrong) is None) == (wrong != password)


@given(passwords, st.integers(0, 14))
def test_every_swap_of_neighbours_is_noticed(password, place):
    one, other = password[place : place + 2]
    swapped = password[:place] + other + one + password[place + 2 :]

    assert (secret.read("ABCDEFGH", swapped) is None) == (one != other)


def test_every_symbol_can_be_the_check_symbol_and_each_place_counts():
    stem = "0" * 15
    found = {
        secret.check_symbol(stem[:place] + symbol + stem[place + 1 :])
        for place in range(15)
        for symbol in ALPHABET
    }
    assert found == set(ALPHABET)


@given(logins, st.data())
def test_case_spaces_dashes_and_look_alikes_are_forgiven(login, data):
    def typed(text: str) -> str:
        alike = {"0": "0Oo", "1": "1IiLl"}
        return "".join(
            data.draw(st.sampled_from(alike.get(symbol, symbol + symbol.lower())))
            + data.draw(st.sampled_from(["", "", "", " ", "-", "–", "\u2011", "\u2212", "\u00a0"]))
            for symbol in text
        )

    assert secret.read(typed(login.username), typed(login.password)) == login


@given(st.text(), st.text())
def test_anything_may_be_typed(username, password):
    secret.read(username, password)


def test_what_cannot_be_a_login_is_none():
    made = secret.make()
    for username, password in [
        ("", ""),
        (made.username[:7], made.password),
        (made.username + "A", made.password),
        (made.username, made.password[:15]),
        (made.username, made.password + "0"),
        ("U" * 8, made.password),
        ("ÄÖÜßéèàç", made.password),
        ("-" * 200 + made.username, made.password),
    ]:
        assert secret.read(username, password) is None


def test_the_digest_depends_on_peppers_username_and_password(settings):
    settings.PEPPER_KEYS = {"2": b"n" * 32, "1": b"o" * 32}
    one = Secret("ABCDEFGH", "0123456789ABCDEF")
    others = [Secret("ABCDEFGG", one.password), Secret(one.username, "0123456789ABCDEG")]

    assert [len(digest) for digest in secret.digests(one)] == [32, 32]
    assert secret.digests(one) == secret.digests(one)
    found = {digest for each in (one, *others) for digest in secret.digests(each)}
    assert len(found) == 6


def test_the_first_pepper_is_current_and_each_is_looked_for(settings):
    settings.PEPPER_KEYS = {"3": b"x" * 32, "2": b"n" * 32, "1": b"o" * 32}
    made = secret.make()
    digests = secret.digests(made)

    assert secret.current_digest(made) == ("3", digests[0])
    assert len(set(digests)) == len(digests) == 3
    for (pepper_id, pepper), digest in zip(settings.PEPPER_KEYS.items(), digests, strict=True):
        settings.PEPPER_KEYS = {pepper_id: pepper}
        assert secret.current_digest(made) == (pepper_id, digest)


def test_the_alphabet_is_crockfords():
    assert set(ALPHABET) == set(string.digits + string.ascii_uppercase) - set("ILOU")


@given(logins)
def test_what_is_printed_is_no_slip_of_the_hand(login):
    assert secret.slip_in_username(login.grouped_username) is None
    assert secret.slip_in_password(login.grouped_password) is None


@given(passwords, st.integers(0, 15), st.sampled_from("U!?€"))
def test_a_symbol_that_stands_on_no_letter_is_told_with_its_group(password, place, strange):
    slip = secret.slip_in_password(password[:place] + strange + password[place + 1 :])

    assert (slip.kind, slip.symbol, slip.group) == ("symbol", strange, place // 4 + 1)


@given(passwords, st.integers(1, 15))
def test_one_that_is_too_short_tells_how_much_was_typed(password, length):
    assert secret.slip_in_password(password[:length]) == Slip("length", length)


@given(passwords, st.integers(0, 15), symbols)
def test_a_check_symbol_that_does_not_fit_is_a_slip(password, place, other):
    wrong = password[:place] + other + password[place + 1 :]

    assert (secret.slip_in_password(wrong) == Slip("check", 16)) == (wrong != password)


@given(logins)
def test_digits_of_any_script_are_those_digits(login):
    for zero in "٠۰०０":
        written = login.grouped_password.translate(
            {ord(str(digit)): chr(ord(zero) + digit) for digit in range(10)}
        )
        assert secret.read(login.username, written) == login
