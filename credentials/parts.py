"""Make one part of a letter file, and put its logins in the place of the old ones (rules 14 and 15).

Secrets are made in memory, printed to see that they can be, and the letters encrypted and written
to the disk. Only then one transaction stores their digests, ends the old logins and records the
part: before it commits nothing has changed, after it everything has. So nobody is ever without a
login, and nobody has two.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from centres.models import Series
from centres.work import CannotDo, TakenOver
from credentials import secret, vault
from credentials.facts import Facts, facts_for
from credentials.letters import make_pdf
from credentials.models import Credentials, LetterFile, LetterPart

LETTERS = 200  # in a part: a worker that is killed has to make no more than these again


def make_next(letter_file: LetterFile, data_key: bytes) -> bool:
    """Make the next part. False when there was nothing to do; raises TakenOver, CannotDo."""
    wanted = still_without(letter_file.pk)[:LETTERS]
    if not wanted:
        return False
    facts = facts_for(letter_file.centre, letter_file.series, wanted)
    if any(not one.contact_is_complete for one in facts):
        raise CannotDo("The contact that letters name is no longer complete.")
    secrets = [secret.make() for _ in facts]
    part = LetterPart(letter_file=letter_file, letters=len(facts))
    if facts:
        letters = [one.letter(login) for one, login in zip(facts, secrets, strict=True)]
        make_pdf(letters)  # what cannot be printed stops here, before anything is stored
        part.number = _last_number(letter_file) + 1
        part.stored_as = vault.store_part(letter_file, data_key, part.number, letters)
    _put_in_place(part, wanted, facts, secrets)
    return True


def still_without(file_id: UUID) -> list[int]:
    """The chosen candidates who have no credentials from this file yet, in their order."""
    chosen = LetterFile.objects.values_list("chosen", flat=True).get(pk=file_id)
    made = Credentials.objects.filter(letter_file=file_id).values_list("candidate_id", flat=True)
    return [pk for pk in chosen if pk not in set(made)]


def _put_in_place(
    part: LetterPart, wanted: list[int], facts: list[Facts], secrets: list[secret.Secret]
) -> None:
    """The one transaction. When what was printed no longer holds, nothing changes but the part is
    thrown away, to be made anew, unless another has taken the file over: raises TakenOver."""
    with transaction.atomic():
        file = LetterFile.objects.select_for_update().get(pk=part.letter_file_id)
        # Whoever takes access away waits for this lock too, and then ends what was made meanwhile.
        series = Series.objects.select_for_update(no_key=True).get(pk=file.series_id)
        ours = file.state == LetterFile.State.RUNNING and file.run == part.letter_file.run
        holds = (
            ours
            and set(wanted) <= set(still_without(file.pk))
            and facts == facts_for(file.centre, series, wanted)
            and (not facts or vault.is_stored(part.stored_as))
        )
        if holds:
            if facts:
                _replace(file, facts, secrets)
                part.save()
            _count(file, left_out=set(wanted) - {one.candidate_id for one in facts}, made=facts)
    if not holds and part.stored_as:
        vault.remove_part(part.stored_as)
    if not ours:
        raise TakenOver


def _replace(file: LetterFile, facts: list[Facts], secrets: list[secret.Secret]) -> None:
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
    for one, login in zip(facts, secrets, strict=True):
        pepper_id, digest = secret.current_digest(login)
        new.append(
            Credentials(
                candidate_id=one.candidate_id,
                issue_number=issued.get(one.candidate_id, 0) + 1,
                digest=digest,
                pepper_id=pepper_id,
                letter_file=file,
                says=one.says,
            )
        )
    Credentials.objects.bulk_create(new)


def _count(file: LetterFile, *, left_out: set[int], made: list[Facts]) -> None:
    """One part further. Who lost access since the letters were asked for is left out for good."""
    file.chosen = [pk for pk in file.chosen if pk not in left_out]
    file.total = len(file.chosen)
    file.done += len(made)
    file.attempts = 1  # this run came further, and what is stored need not be made again
    file.heartbeat = timezone.now()
    file.save(update_fields=["chosen", "total", "done", "attempts", "heartbeat"])


def _last_number(letter_file: LetterFile) -> int:
    """Raises OSError when that part is not there: what is reached now is another place than before,
    such as the folder on which the disk with the letters should be mounted."""
    last = letter_file.parts.order_by("number").last()
    if last and not vault.is_stored(last.stored_as):
        raise FileNotFoundError("an earlier part of this letter file is not in the storage")
    return last.number if last else 0
