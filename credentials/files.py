"""The letter files of a centre: the list, newest first, and the recorded download (rule 17).

What is kept are letters, not pages: so their order, groups, language and size are chosen anew at
each download. Letters whose login no longer works are left out, unless they are asked for.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from centres import audit
from centres.models import AuditEvent, Centre, Series, User
from credentials import vault
from credentials.heartbeat import no_worker
from credentials.letters import CannotPrint, Letter, Printing, make_grouped_pdf
from credentials.models import Credentials, LetterFile
from credentials.outdated import outdated_in

ORDERS = {"number": "Candidate number", "name": "Name", "group": "Group"}
NO_GROUP = "No group"


class NotToBeHad(Exception):
    """The file cannot be downloaded; the text says why and what to do."""


@dataclass(frozen=True)
class Choice:
    """How letters are wanted: in which of ORDERS; of these candidates' numbers alone, () for all;
    with those whose login no longer works, or without."""

    printing: Printing = field(default_factory=Printing)
    order: str = "number"
    only: tuple[str, ...] = ()
    ended: bool = False


def letter_files_of(
    centre: Centre, series: Series, *, only: UUID | None = None
) -> list[LetterFile]:
    """Newest first, each with how many of its logins still work, and how many of the letters on
    those are outdated: `live` and `outdated`; whether it is held up, as no worker is heard of:
    `held_up`; and its downloads, newest first: `downloads` (a constant number of queries)."""
    files = LetterFile.objects.filter(centre=centre, series=series).select_related(
        "centre", "series"
    )
    if only:
        files = files.filter(pk=only)
    live = Credentials.objects.live().filter(candidate__centre=centre, candidate__series=series)
    file_of = dict(live.values_list("candidate_id", "letter_file_id"))
    working = Counter(file_of.values())
    outdated = Counter(file_of[candidate] for candidate in outdated_in(centre, series))
    found = list(files.defer("chosen").order_by("-asked_at"))
    downloads = _downloads(found)
    for file in found:
        file.live, file.outdated = working[file.pk], outdated[file.pk]
        file.held_up = file.under_way and no_worker()  # at most one is under way
        file.downloads = downloads[_subject(file)]
    return found


def download(*, letter_file: LetterFile, by: User, choice: Choice = Choice()) -> bytes:
    """The PDF as it is wanted; that it was taken, how and by whom, is recorded before it is given.

    Raises NotToBeHad when the letters are not ready, were destroyed, cannot be opened or printed,
    or when none is left of those that are wanted.
    """
    if not letter_file.downloadable:
        raise NotToBeHad(
            "There is nothing to download yet. This page says how far the letters are."
        )
    try:
        letters = _wanted(letter_file, choice)
        pdf = make_grouped_pdf(_grouped(letter_file, letters, choice.order), choice.printing)
    except (vault.CannotOpen, CannotPrint) as error:
        raise NotToBeHad(str(error)) from None
    audit.record(
        "letter_downloaded" if choice.only else "letters_downloaded",
        by=by,
        centre=letter_file.centre,
        series=letter_file.series,
        subject=_subject(letter_file),
        new={"letters": len(letters), **_unusual(choice)},
    )
    return pdf


def _wanted(file: LetterFile, choice: Choice) -> list[Letter]:
    letters = vault.letters_in(file)
    if choice.only:
        letters = [letter for letter in letters if letter.candidate_number in choice.only]
        if not letters:
            raise NotToBeHad("This file has no letter of that candidate.")
    if not choice.ended:
        live = Credentials.objects.live().filter(letter_file=file)
        numbers = set(live.values_list("candidate__number", flat=True))
        letters = [letter for letter in letters if letter.candidate_number in numbers]
        if not letters:
            raise NotToBeHad(
                "No login on these letters works any more, so they are not printed. Tick the box "
                "below if you want them all the same."
            )
    return letters


def _grouped(
    file: LetterFile, letters: list[Letter], order: str
) -> list[tuple[str, Sequence[Letter]]]:
    """One nameless group; or, in order of their names, the centre's own, and who is in none last."""
    if order != "group":
        by_name = order == "name"
        key = (lambda letter: letter.candidate_name.casefold()) if by_name else None
        return [("", sorted(letters, key=key) if key else letters)]
    rows = file.centre.candidates.filter(series=file.series)
    group_of = dict(rows.values_list("number", "group"))
    groups: dict[str, list[Letter]] = defaultdict(list)
    for letter in letters:
        groups[group_of.get(letter.candidate_number, "")].append(letter)
    if groups.keys() == {""}:
        return [("", letters)]
    named = sorted((name, group) for name, group in groups.items() if name)
    return [*named, *([(NO_GROUP, groups[""])] if groups[""] else [])]


def _unusual(choice: Choice) -> dict[str, str | bool]:
    """Of the choices, for the audit trail, those that are not the usual ones; no candidate."""
    usual, printing = asdict(Printing()), asdict(choice.printing)
    found = {name: value for name, value in printing.items() if value != usual[name]}
    if choice.order != "number":
        found["order"] = choice.order
    if choice.ended:
        found["ended logins too"] = True
    return found


def _downloads(files: list[LetterFile]) -> dict[str, list[AuditEvent]]:
    """Subject -> the downloads of the whole file, newest first (one query)."""
    found: dict[str, list[AuditEvent]] = defaultdict(list)
    events = AuditEvent.objects.filter(
        action="letters_downloaded", subject__in=[_subject(file) for file in files]
    )
    for event in events.order_by("-at", "-pk"):
        found[event.subject].append(event)
    return found


def _subject(file: LetterFile) -> str:
    return f"Letter file {file.pk}"
