"""One person's page is taken out of the letter files that hold it; the others' pages stay as they are.

A letter file is kept as what its letters say, encrypted in parts (`credentials.letters.storage`). The part with the
person's letter is written anew without it, with the same key, beside the old one; the row points to the new one in
the transaction in which the person goes, and the old one is removed when that is done. A worker that is
killed in between leaves an orphan, which goes its way (`core.orphans`).
"""

from functools import partial
from uuid import UUID

from django.db import transaction

from credentials.letters import storage
from credentials.letters.letter import Letter
from credentials.models import Credentials, LetterFile


def take_out(logins: list[Credentials]) -> int:
    """Inside a transaction; from how many letter files. Raises CannotOpen, OSError."""
    numbers: dict[UUID, set[tuple[str, str]]] = {}
    for login in logins:
        numbers.setdefault(login.letter_file_id, set()).add(
            (login.printed_number, login.printed_name)
        )
    files = LetterFile.objects.select_for_update().filter(pk__in=list(numbers)).order_by("pk")
    pks = {login.candidate_id for login in logins}
    for file in files:
        _take_out_of(file, numbers[file.pk], pks)
    return len(numbers)


def _take_out_of(file: LetterFile, whose: set[tuple[str, str]], pks: set[int]) -> None:
    gone = 0
    if file.wrapped_key:
        data_key = storage.unwrap(file)
        for part in list(file.parts.all()):
            letters = storage.open_part(file.pk, data_key, part)
            others = [one for one in letters if not _is_of(one, whose)]
            if len(others) == len(letters):
                continue
            gone += len(letters) - len(others)
            old = part.stored_as
            part.stored_as = storage.store_part(file, data_key, part.number, others)
            part.letters = len(others)
            part.save(update_fields=["stored_as", "letters"])
            transaction.on_commit(partial(storage.remove_part, old))
    file.chosen = [pk for pk in file.chosen if pk not in pks]
    file.unprintable = {pk: why for pk, why in file.unprintable.items() if int(pk) not in pks}
    file.done, file.total = max(file.done - gone, 0), max(file.total - gone, 0)
    file.save(update_fields=["chosen", "unprintable", "done", "total"])


def _is_of(letter: Letter, whose: set[tuple[str, str]]) -> bool:
    return (letter.candidate_number, letter.candidate_name) in whose
