"""What the turn of a keyholder finds, and what the last makes of it (rule 28).

A turn opens the outer boxes of the keyholder: what it finds is still closed to one of the others. Until the ceremony
ends it lies in a row (`Found`), wrapped by the site's master key and bound to the turn: whoever has the database alone
finds nothing there with a key of their own, and plants nothing there. The table is in no WAL, and emptied with the
ceremony: later not even somebody with the keys and another's passphrase finds what it was.
"""

import json
from base64 import b64decode, b64encode
from itertools import permutations
from typing import Any

from django.db import OperationalError, connection, transaction
from django.views.decorators.debug import sensitive_variables

from core import encryption
from core.database_errors import code_of
from core.encryption import CannotOpen
from sealed import boxes, ring, signatures
from sealed.boxes import CannotOpenBox
from sealed.models import Ceremony, Found, Keyholder, Seal, Share, Turn
from sealed.refused import Refused

READ_JUST_NOW = "55P03"  # by a dump, say: the rows are gone, their traces go with the next ceremony
REHEARSED = [["2000-06", "00000", f"{number:04}", "0000", "?"] for number in range(1, 13)]
REHEARSAL = "rehearsal"  # beside the primary keys of seals

Keys = dict[str, bytes]
"""Primary key of a seal, or REHEARSAL -> its private half."""


@sensitive_variables()
def keep(turn: Turn, private: bytes) -> None:
    """What this keyholder finds, beside the turn. Raises CannotOpenBox."""
    one = turn.ceremony
    parts = {of: _outer(one, of, turn.keyholder, private) for of in _concerned(one)}
    key_id, wrapped = encryption.wrap(json.dumps(parts).encode(), aad=_about(turn))
    Found.objects.create(turn=turn, master_key_id=key_id, wrapped=wrapped)


def forget(one: Ceremony) -> None:
    """What was found in it, with every trace in the table's file: there is one ceremony at a time. In the caller's
    transaction."""
    Found.objects.filter(turn__ceremony=one).delete()
    if connection.vendor == "postgresql":
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE sealed_found IN ACCESS EXCLUSIVE MODE NOWAIT")
                cursor.execute("TRUNCATE sealed_found")
        except OperationalError as error:
            if code_of(error) != READ_JUST_NOW:
                raise


@sensitive_variables()
def keys(former: list[Turn], holder: Keyholder, private: bytes) -> Keys:
    """With what the first found, the private half of each seal concerned. Raises CannotOpenBox; and Refused, where
    any of the others has not given the passphrase."""
    first, *_ = [found(turn) for turn in former]
    return {of: _inner(of, closed_to, holder, private) for of, closed_to in first.items()}


def found(turn: Turn) -> dict[str, dict[str, str]]:
    """Seal or rehearsal -> keyholder -> what is closed to that one, in base64. Raises Refused."""
    try:
        kept = turn.found
        wrapped = bytes(kept.wrapped)
        return json.loads(encryption.unwrap(kept.master_key_id, wrapped, aad=_about(turn)))
    except (Found.DoesNotExist, ValueError, CannotOpen):
        raise Refused(
            f"What {turn.keyholder} has found is not as this service wrote it. Stop, and begin again."
        ) from None


@sensitive_variables()
def key_of(seal: Seal, keys: Keys) -> bytes:
    """The private half of this one. Raises Refused where what was found is not it."""
    if (private := keys.get(str(seal.pk))) is None:
        raise Refused(
            f"{seal.series} was sealed after the first of you gave the passphrase. Stop, and begin again."
        )
    if boxes.public_of(private) != bytes(seal.public_key):
        raise Refused(signatures.CHANGED.format(f"What opens {seal.series}"))
    return private


@sensitive_variables()
def rehearsal(holders: list[Keyholder]) -> dict[str, Any]:
    """Of a rehearsal: made-up rows, closed to a key of their own, which is shared out like that of a seal."""
    private, public = boxes.new_pair()
    shares: dict[str, dict[str, str]] = {str(holder.pk): {} for holder in holders}
    for outer, inner in permutations(holders, ring.TOGETHER):
        box = ring.nested(private, REHEARSAL, outer, inner)
        shares[str(outer.pk)][str(inner.pk)] = b64encode(box).decode()
    file = boxes.close(public, json.dumps(REHEARSED).encode(), about=REHEARSAL)
    return {"shares": shares, "file": b64encode(file).decode()}


@sensitive_variables()
def read_rehearsed(one: Ceremony, private: bytes) -> list:
    """Nothing where it is not what was closed."""
    try:
        file = b64decode(one.rehearsal["file"])
        return json.loads(boxes.open_box(private, file, about=REHEARSAL))
    except (KeyError, ValueError, CannotOpenBox):
        return []


def _concerned(one: Ceremony) -> list[str]:
    """What is opened: seals by their primary key, or the rehearsal's."""
    if one.kind == Ceremony.Kind.REHEARSE:
        return [REHEARSAL]
    if one.kind == Ceremony.Kind.OPEN:
        return [str(one.seal_id)]
    held = Seal.objects.closed().filter(shares__isnull=False).distinct()
    return [str(pk) for pk in held.values_list("pk", flat=True)]


@sensitive_variables()
def _outer(one: Ceremony, of: str, holder: Keyholder, private: bytes) -> dict[str, str]:
    """Keyholder -> what is closed to that one."""
    opened = {}
    for inner, box in _shares(one, of, holder):
        about = ring.about_outer(of, holder, inner)
        opened[str(inner.pk)] = b64encode(boxes.open_box(private, box, about=about)).decode()
    return opened


def _shares(one: Ceremony, of: str, holder: Keyholder) -> list[tuple[Keyholder, bytes]]:
    if of == REHEARSAL:
        held = one.rehearsal["shares"].get(str(holder.pk), {})
        holders = Keyholder.objects.in_bulk(map(int, held))
        return [(holders[int(inner)], b64decode(box)) for inner, box in held.items()]
    shares = Share.objects.filter(seal_id=int(of), outer=holder).select_related("inner")
    return [(share.inner, bytes(share.box)) for share in shares]


@sensitive_variables()
def _inner(of: str, closed_to: dict[str, str], holder: Keyholder, private: bytes) -> bytes:
    if (box := closed_to.get(str(holder.pk))) is None:
        raise CannotOpenBox(of)
    return boxes.open_box(private, b64decode(box), about=ring.about_inner(of, holder))


def _about(turn: Turn) -> bytes:
    return (
        f"what keyholder {turn.keyholder_id} has found in ceremony {turn.ceremony_id}, "
        f"from session {turn.session}"
    ).encode()
