"""Boxes: bytes closed to a public key, which the private half alone opens, in their own place (rule 28).

HPKE (RFC 9180) as `cryptography` has it: X25519 with ML-KEM-768, HKDF-SHA256, AES-256-GCM. Each box is bound to
`about`, the words for what it is and whose, so that it opens as nothing else. A key is kept as bytes: of the
private half the seeds of both schemes (96 bytes), of the public half both keys (1,216 bytes).
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
PRIVATE_MLKEM = 64  # bytes, which come first
PUBLIC_MLKEM = 1184


class CannotOpenBox(Exception):
    """This key does not open it, or it is not as it was, or it is something else."""


def new_pair() -> tuple[bytes, bytes]:
    """A private key, and its public half."""
    mlkem, x25519 = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    private = mlkem.private_bytes_raw() + x25519.private_bytes_raw()
    return private, public_of(private)


def public_of(private: bytes) -> bytes:
    mlkem, x25519 = _halves(private)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def close(public: bytes, plain: bytes, *, about: str) -> bytes:
    """Only the private half of this key opens it."""
    key = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(bytes(public[:PUBLIC_MLKEM])),
        X25519PublicKey.from_public_bytes(bytes(public[PUBLIC_MLKEM:])),
    )
    return SUITE.encrypt(plain, key, info=about.encode())


def open_box(private: bytes, box: bytes, *, about: str) -> bytes:
    """What was closed. Raises CannotOpenBox."""
    try:
        key = MLKEM768X25519PrivateKey(*_halves(private))
        return SUITE.decrypt(bytes(box), key, info=about.encode())
    except (InvalidTag, ValueError):
        raise CannotOpenBox(about) from None


def _halves(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    return (
        MLKEM768PrivateKey.from_seed_bytes(private[:PRIVATE_MLKEM]),
        X25519PrivateKey.from_private_bytes(private[PRIVATE_MLKEM:]),
    )
