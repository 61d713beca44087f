"""What must hold at every moment, whatever happened to the worker (rules 15 and 17).

Nobody is without a live login who had one, nobody has two, and every live login can be read from
a letter that is stored: the file is decrypted, and the login printed on that candidate's letter
must be the one whose digest the site keeps.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from credentials.letters import storage
from credentials.logins import secret
from credentials.models import Credentials, LetterFile, LetterPart
from storage.store import store

Printed = dict[bytes, str]  # digest of a login -> number of the candidate on whose letter it stands


class Promises:
    """Remembers who had a login, and which letters were read already."""

    def __init__(self) -> None:
        self.had: set[int] = set()
        self.read: dict[UUID, tuple[str, Printed]] = {}

    def broken(self) -> list[str]:
        """What does not hold, in sentences."""
        # One query is one moment; what is read after it can only know more letters, not fewer.
        live = list(
            Credentials.objects.live()
            .values_list("candidate_id", "candidate__number", "digest", "letter_file_id")
            .order_by("candidate_id")
        )
        found = [*self._logins(Counter(row[0] for row in live))]
        printed = {file: self._printed(file) for file in {row[3] for row in live}}
        without = Counter(
            file for _, number, digest, file in live if printed[file].get(bytes(digest)) != number
        )
        for file, many in without.items():
            found.append(f"{many} logins are on no letter of {file}.")
        return found

    def _logins(self, count: Counter[int]) -> Iterator[str]:
        if lost := self.had - count.keys():
            yield f"{len(lost)} candidates had a login and have none, such as {min(lost)}."
        if many := [candidate for candidate, logins in count.items() if logins > 1]:
            yield f"{len(many)} candidates have two logins, such as {min(many)}."
        self.had |= count.keys()

    def _printed(self, file_id: UUID) -> Printed:
        """What a file's letters print; decrypted anew when anything in the storage has changed."""
        file = LetterFile.objects.get(pk=file_id)
        state = _fingerprint(file)
        if self.read.get(file_id, ("",))[0] != state:
            self.read[file_id] = state, printed_in(file)
        return self.read[file_id][1]


def printed_in(file: LetterFile) -> Printed:
    """The logins on the letters of a file. Empty when it cannot be opened."""
    try:
        letters = storage.letters_in(file)
    except storage.CannotOpen:
        return {}
    printed = {}
    for letter in letters:
        if login := secret.read(letter.username, letter.password):
            printed |= dict.fromkeys(secret.digests(login), letter.candidate_number)
    return printed


def stored() -> set[str]:
    """The names of all parts in the storage."""
    return {kept.name for kept in store("letters").listed()}


def unrecorded() -> set[str]:
    """What is stored and no row names."""
    return stored() - set(LetterPart.objects.values_list("stored_as", flat=True))


def orphans() -> list[str]:
    """The same in sentences, for a time at which no letters are being made."""
    return [f"{name} is stored and no row names it." for name in sorted(unrecorded())]


def unfinished() -> list[str]:
    """Letter files that are not ready, or do not hold the letters that were asked for."""
    found = []
    for file in LetterFile.objects.all():
        parts = sum(file.parts.values_list("letters", flat=True))
        if (file.state, file.done, parts) != ("ready", file.total, file.total):
            found.append(
                f"{file.pk} is {file.state} with {file.done} of {file.total} letters, "
                f"{parts} in parts. {file.error}"
            )
    return found


def _fingerprint(file: LetterFile) -> str:
    state = hashlib.sha256()
    for name in file.parts.values_list("stored_as", flat=True):
        try:
            state.update(store("letters").read(name))
        except OSError:
            state.update(b"gone")
    return state.hexdigest()
