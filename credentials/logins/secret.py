"""A candidate's username and password: made by the machine, forgiving to type, kept as a digest.

Username: 8 symbols; password: 16, the last of them a check symbol; 115 random bits in all, in
Crockford's base 32, which has no look-alikes (rule 16). The site keeps HMAC-SHA-256 under a pepper
of both together, so that an unknown username and a wrong password are the same miss (rule 17).
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field

from django.conf import settings

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYMBOLS = frozenset(ALPHABET)
USERNAME_LENGTH = 8
PASSWORD_LENGTH = 16  # the last symbol is the check symbol
LONGEST_TYPED = 100  # nobody types more with all spaces and hyphens; longer input is not looked at

LOOK_ALIKES = str.maketrans("OIL", "011")
FORGIVEN = LOOK_ALIKES | dict.fromkeys([*range(33), ord("-"), 127])  # of ASCII: the last of them go


@dataclass(frozen=True)
class Secret:
    """One login, in clear. It lives in memory while its letter is made, and while one signs in."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def grouped_username(self) -> str:
        return _grouped(self.username)

    @property
    def grouped_password(self) -> str:
        return _grouped(self.password)


def make() -> Secret:
    """A new login from the system's cryptographic source."""
    username = _random_symbols(USERNAME_LENGTH)
    password = _random_symbols(PASSWORD_LENGTH - 1)
    return Secret(username, password + check_symbol(password))


def read(username: str, password: str) -> Secret | None:
    """What the candidate typed, forgiven its case, spaces, hyphens and look-alikes.

    None when it cannot be a login: a slip of the hand is in it.
    """
    if slip_in_username(username) or slip_in_password(password):
        return None
    return Secret(_forgiven(username), _forgiven(password))


@dataclass(frozen=True)
class Slip:
    """What makes something typed impossible, told from itself alone: no row is looked up for it.

    `kind`: `length` – it has `symbols` of them; `symbol` – `symbol` stands on no letter; `check` – the
    check symbol says that one of the others is wrong. `group`: in which group of four, from 1, where
    that is known.
    """

    kind: str
    symbols: int = 0
    symbol: str = ""
    group: int = 0


def slip_in_username(typed: str) -> Slip | None:
    return _slip(_forgiven(typed), USERNAME_LENGTH)


def slip_in_password(typed: str) -> Slip | None:
    symbols = _forgiven(typed)
    slip = _slip(symbols, PASSWORD_LENGTH)
    if slip is None and check_symbol(symbols[:-1]) != symbols[-1]:
        return Slip("check", len(symbols))
    return slip


def _slip(symbols: str, length: int) -> Slip | None:
    if not SYMBOLS.issuperset(symbols):
        place = next(place for place, symbol in enumerate(symbols) if symbol not in SYMBOLS)
        return Slip("symbol", len(symbols), symbols[place], place // 4 + 1)
    return Slip("length", len(symbols)) if len(symbols) != length else None


def digests(secret: Secret) -> list[bytes]:
    """The one-way keyed hash by which the row is found (32 bytes), under each pepper that there is at
    this moment, whatever the login: one of them is the row's."""
    return [_digest(secret, pepper) for pepper in settings.PEPPER_KEYS.values()]


def current_digest(secret: Secret) -> tuple[str, bytes]:
    """The id of the pepper in use, and the digest under it: what a new row keeps."""
    pepper_id, pepper = next(iter(settings.PEPPER_KEYS.items()))
    return pepper_id, _digest(secret, pepper)


def _digest(secret: Secret, pepper: bytes) -> bytes:
    framed = "\0".join(("candidate login 1", secret.username, secret.password)).encode()
    return hmac.digest(pepper, framed, hashlib.sha256)


def check_symbol(symbols: str) -> str:
    """The symbol that makes the weighted sum over GF(32) zero.

    Each place weighs a different power of a generator: so any one wrong symbol, and any two
    neighbours that changed places, make the sum another.
    """
    total = 0
    for place, symbol in enumerate(symbols):
        total ^= _times(POWERS[place], ALPHABET.index(symbol))
    inverse = POWERS[-len(symbols) % 31]
    return ALPHABET[_times(total, inverse)]


def _times(one: int, other: int) -> int:
    """The product in GF(32), modulo x^5 + x^2 + 1."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        other >>= 1
        one <<= 1
        if one & 0b100000:
            one ^= 0b100101
    return product


def _powers_of_two() -> list[int]:
    powers = [1]
    while len(powers) < 31:
        powers.append(_times(powers[-1], 2))
    return powers


POWERS = _powers_of_two()


def _random_symbols(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def _grouped(symbols: str) -> str:
    return "-".join(symbols[at : at + 4] for at in range(0, len(symbols), 4))


def _forgiven(typed: str) -> str:
    """Upper case, without spaces, dashes of any kind and invisible marks; O is 0, I and L are 1, and
    a digit of any script is that digit."""
    if len(typed) > LONGEST_TYPED:
        return ""
    if typed.isascii():  # by the short way what almost everybody types
        return typed.upper().translate(FORGIVEN)
    kept = (
        symbol
        for symbol in unicodedata.normalize("NFKC", typed)
        if not symbol.isspace() and unicodedata.category(symbol) not in ("Pd", "Cf", "Cc")
        if symbol != "\N{MINUS SIGN}"
    )
    written = (str(unicodedata.decimal(symbol, symbol)) for symbol in kept)
    return "".join(written).upper().translate(LOOK_ALIKES)
