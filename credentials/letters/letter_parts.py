"""A part of a letter file: make it, and put its logins in the place of the old ones (rules 14 and 15).

Secrets are made in memory, printed to see that they can be, and the letters encrypted and written
to the disk; whose name cannot be printed is left out (`centres.unprintable`). Only then one
transaction stores their digests, ends the old logins and records the part: before it commits nothing
has changed, after it everything has. So nobody is ever without a login, and nobody has two.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from centres.models import Series
from core.jobs import JobError, JobTakenOver
from core.pdf.coverage import missing_in
from core.pdf.layout import CannotPrint
from credentials.letters import storage
from credentials.letters.facts import Facts, facts_for
from credentials.letters.letter import Letter
from credentials.letters.pdf import make_pdf, names_that_cannot
from credentials.logins import secret
from credentials.models import Credentials, LetterFile, LetterPart

LETTERS = 200  # in a part: a worker that is killed has to make no more than these again


def make_next(letter_file: LetterFile, data_key: bytes) -> bool:
    """Make the next part. False when there was nothing to do; raises JobTakenOver, JobError."""
    wanted = still_without(letter_file.pk)[:LETTERS]
    if not wanted:
        return False
    facts = facts_for(letter_file.centre, letter_file.series, wanted)
    if any(not one.contact_is_complete for one in facts):
        raise JobError("The contact that letters name is no longer complete.")
    logins = {one.candidate_id: secret.make() for one in facts}
    letters = {one.candidate_id: one.letter(logins[one.candidate_id]) for one in facts}
    unprintable = _unprintable(letters)
    printed = [letters[pk] for pk in letters if pk not in unprintable]
    part = LetterPart(letter_file=letter_file, letters=len(printed))
    if printed:
        part.number = _last_number(letter_file) + 1
        part.stored_as = storage.store_part(letter_file, data_key, part.number, printed)
    _put_in_place(part, wanted, facts, logins, unprintable)
    return True


def _unprintable(letters: dict[int, Letter]) -> dict[int, str]:
    """Whose letter cannot be printed, by its candidate: the characters at fault. All others are printed,
    to see that they can be, before anything is stored. Raises CannotPrint for what all of them say."""
    found = {pk: missing_in(letter.candidate_name) for pk, letter in letters.items()}
    found = {pk: missing for pk, missing in found.items() if missing}
    others = {pk: letter for pk, letter in letters.items() if pk not in found}
    try:
        if others:
            make_pdf(list(others.values()))
    except CannotPrint:
        rare = names_that_cannot(list(others.values()))
        if not rare:
            raise
        found |= {pk: "" for pk, letter in others.items() if letter in rare}
    return found


def still_without(file_id: UUID) -> list[int]:
    """The chosen candidates who have no credentials from this file yet and can have, in their order."""
    chosen, unprintable = LetterFile.objects.values_list("chosen", "unprintable").get(pk=file_id)
    made = Credentials.objects.filter(letter_file=file_id).values_list("candidate_id", flat=True)
    done_with = {*made, *map(int, unprintable)}
    return [pk for pk in chosen if pk not in done_with]


def _put_in_place(
    part: LetterPart,
    wanted: list[int],
    facts: list[Facts],
    logins: dict[int, secret.Secret],
    unprintable: dict[int, str],
) -> None:
    """The one transaction. When what was printed no longer holds, nothing changes but the part is
    thrown away, to be made anew, unless another has taken the file over: raises JobTakenOver."""
    with transaction.atomic():
        file = LetterFile.objects.select_for_update().get(pk=part.letter_file_id)
        # What takes access away waits for this lock too, and then ends what was made meanwhile.
        series = Series.objects.select_for_update(no_key=True).get(pk=file.series_id)
        ours = file.state == LetterFile.State.RUNNING and file.run == part.letter_file.run
        holds = (
            ours
            and set(wanted) <= set(still_without(file.pk))
            and facts == facts_for(file.centre, series, wanted)
            and (not part.letters or storage.is_stored(part.stored_as))
        )
        if holds:
            if part.letters:
                made = [one for one in facts if one.candidate_id not in unprintable]
                _replace(file, made, logins)
                part.save()
            file.unprintable |= {str(pk): missing for pk, missing in unprintable.items()}
            _count(file, left_out=set(wanted) - logins.keys(), made=part.letters)
    if not holds and part.stored_as:
        storage.remove_part(part.stored_as)
    if not ours:
        raise JobTakenOver


def _replace(file: LetterFile, facts: list[Facts], logins: dict[int, secret.Secret]) -> None:
    """The old logins of these candidates die, and the new ones live, in the same instant."""
    candidates = [one.candidate_id for one in facts]
    now = timezone.now()
    issued = dict(
        Credentials.objects.filter(candidate__in=candidates)
        .values_list("candidate_id")
        .annotate(last=Max("issue_number"))
    )
    Credentials.objects.live().filter(candidate__in=candidates).update(
        revoked_at=now, revoked_because=Credentials.Reason.REPLACED
    )
    new = []
    for one in facts:
        pepper_id, digest = secret.current_digest(logins[one.candidate_id])
        new.append(
            Credentials(
                candidate_id=one.candidate_id,
                issue_number=issued.get(one.candidate_id, 0) + 1,
                digest=digest,
                pepper_id=pepper_id,
                letter_file=file,
                says=one.says,
                **one.printed,
            )
        )
    Credentials.objects.bulk_create(new)


def _count(file: LetterFile, *, left_out: set[int], made: int) -> None:
    """One part further. Who lost access since the letters were asked for is left out for good; who has a
    name that cannot be printed stays among those who were asked for, and is named."""
    file.chosen = [pk for pk in file.chosen if pk not in left_out]
    file.total = len(file.chosen)
    file.done += made
    file.attempts = 1  # this run came further, and what is stored need not be made again
    file.heartbeat = timezone.now()
    file.save(update_fields=["chosen", "unprintable", "total", "done", "attempts", "heartbeat"])


def _last_number(letter_file: LetterFile) -> int:
    """Raises OSError when that part is not there: what is reached now is another place than before,
    such as the folder on which the disk with the letters should be mounted."""
    last = letter_file.parts.order_by("number").last()
    if last and not storage.is_stored(last.stored_as):
        raise FileNotFoundError("an earlier part of this letter file is not in the storage")
    return last.number if last else 0
