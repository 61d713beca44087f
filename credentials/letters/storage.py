"""Letters at rest: encrypted in parts, which only the key of their letter file opens (rule 17).

What is kept are the facts that the letters print; the PDF is made of them whenever it is asked for.
A data key for each letter file (`core.encryption`). What is encrypted is bound to its letter file and
part, so that parts cannot change places. Without the wrapped key the stored parts are only noise: to
remove it destroys the file.
"""

import json
import re
import secrets
from collections.abc import Iterable
from uuid import UUID

from core import encryption, orphans
from core.encryption import CannotOpen
from core.errors import log_error
from credentials.letters.letter import Letter
from credentials.models import LetterFile, LetterPart
from storage.store import Store, store

DAMAGED = "The stored letters are damaged. Re-create the credentials."


def new_key(file_id: UUID) -> tuple[bytes, str, bytes]:
    """A new data key, the id of the master key in use, and the data key wrapped by it."""
    return encryption.new_key(aad=_key_of(file_id))


def unwrap(letter_file: LetterFile) -> bytes:
    """The data key of a letter file. Raises CannotOpen when it is gone, WrongKey."""
    if not letter_file.wrapped_key:
        raise CannotOpen("This letter file has been deleted. Re-create the credentials.")
    return encryption.unwrap(
        letter_file.master_key_id,
        letter_file.wrapped_key,
        aad=_key_of(letter_file.pk),
        damaged=DAMAGED,
    )


def letters_in(letter_file: LetterFile) -> list[Letter]:
    """All letters of a file, in order of candidate number. Raises CannotOpen."""
    data_key = unwrap(letter_file)
    parts = [open_part(letter_file.pk, data_key, part) for part in letter_file.parts.all()]
    if not parts:
        raise CannotOpen("There are no letters in this file yet.")
    letters = [letter for part in parts for letter in part]
    return sorted(letters, key=lambda letter: letter.candidate_number)


def letters_of(letter_file: LetterFile, stored_as: str) -> list[Letter]:
    """Those of one part, whether or not a row knows it. Raises CannotOpen."""
    number = re.split(r"[._]", stored_as.rpartition("/")[2])[0]
    part = LetterPart(letter_file=letter_file, number=number, stored_as=stored_as)
    return open_part(letter_file.pk, unwrap(letter_file), part)


def store_part(
    letter_file: LetterFile, data_key: bytes, number: int, letters: Iterable[Letter]
) -> str:
    """Encrypt a part and store it safely, for the old logins die on the strength of it (rule 15); its
    name in the storage, which tells centre and series: a database that is restored may not know of it.
    May raise OSError."""
    plain = json.dumps([letter.as_json() for letter in letters]).encode()
    encrypted = encryption.encrypt(data_key, plain, aad=_part_of(letter_file.pk, number))
    first = f"{letter_file.pk}/{number}.{letter_file.centre.number}.{letter_file.series.slug}"
    name = first
    while not _letters().create(name, encrypted):  # a worker that was killed has left one
        name = f"{first}.{secrets.token_hex(4)}"
    return name


def is_stored(name: str) -> bool:
    """Whether a part is still there: one that was not recorded may have been removed as an orphan."""
    return _letters().exists(name)


def has_lost_a_part(letter_file: LetterFile) -> bool:
    names = letter_file.parts.values_list("stored_as", flat=True)
    return not all(map(is_stored, names))


def remove_part(name: str) -> None:
    _letters().delete(name)


def remove_orphans(letter_file: LetterFile) -> None:
    """Remove what a worker that was killed had written and not recorded. It goes to quarantine, for
    it may be the database that is wrong; what are too many for that wait for the hourly look."""
    recorded = set(letter_file.parts.values_list("stored_as", flat=True))
    left = [(STORE, name) for name in _stored(letter_file.pk) if name not in recorded]
    if left and len(left) <= orphans.allowed(LetterPart.objects.count() + len(left)):
        orphans.quarantine(left, why="-left")


def remove_all(letter_file: LetterFile) -> None:
    for name in _stored(letter_file.pk):
        remove_part(name)


def open_part(file_id: UUID, data_key: bytes, part: LetterPart) -> list[Letter]:
    """The letters of a part. Raises CannotOpen."""
    try:
        encrypted = _letters().read(part.stored_as)
    except OSError as error:
        log_error(error, f"part {part.number} of letter file {file_id}")
        raise CannotOpen(
            "Stored letters cannot be read at the moment. Try again later. If that does not help, "
            "tell the awarding body; if the letters are lost, re-create the credentials."
        ) from None
    plain = encryption.decrypt(
        data_key, encrypted, aad=_part_of(file_id, part.number), damaged=DAMAGED
    )
    return [Letter.from_json(letter) for letter in json.loads(plain)]


def _stored(file_id: UUID) -> list[str]:
    return [kept.name for kept in _letters().listed(str(file_id))]


def _letters() -> Store:
    return store("letters")


def _known() -> dict[str, bool]:
    """The name of every part that a row knows -> whether it must be there: not of a destroyed file."""
    rows = LetterPart.objects.order_by().values_list("stored_as", "letter_file__wrapped_key")
    return {name: key is not None for name, key in rows}


STORE = orphans.Area("letters", r"[^/]{8}-[^/]{4}-[^/]*/[^/]+", _known)


def _key_of(file_id: UUID) -> bytes:
    return f"data key of letter file {file_id}".encode()


def _part_of(file_id: UUID, number: int) -> bytes:
    return f"part {number} of letter file {file_id}".encode()


KEYS = encryption.WrappedKeys(LetterFile, _key_of, begun="asked_at")
