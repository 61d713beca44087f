"""The two kinds of keys that rotate, master keys and peppers: what needs which of them (rule 17)."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from centres import kept_files
from centres.models import AuditEvent
from credentials import rotation
from portal.staff import second_factor


@dataclass(frozen=True)
class Kind:
    """Master keys, or peppers. `needing`: key's id -> how many rows need it, by what they are;
    `moves`: everything to the key in use, yielding how many in each step."""

    name: str
    setting: str
    needing: Callable[[], dict[str, Counter[str]]]
    moves: Callable[[], Iterator[int]]

    @property
    def keys(self) -> Mapping[str, bytes]:
        return getattr(settings, self.setting)

    @property
    def in_use(self) -> str:
        return next(iter(self.keys))

    @property
    def needed(self) -> Counter[str]:
        return sum(self.needing().values(), Counter())

    @property
    def steps(self) -> QuerySet[AuditEvent]:
        """What was done to these keys, newest first."""
        return AuditEvent.objects.filter(action="keys_rotated", subject=self.subject)

    @property
    def subject(self) -> str:
        return f"{self.name.capitalize()} keys"


def _move_all_that_master_keys_open() -> Iterator[int]:
    yield from rotation.move_letter_files()
    yield from kept_files.move_kept_files()
    yield from second_factor.move_authenticators()


KINDS = {
    "master": Kind(
        "master",
        "MASTER_KEYS",
        lambda: {
            "letter files": rotation.needing_master_keys(),
            "kept files": kept_files.needing_master_keys(),
            "second factors of staff": second_factor.needing_master_keys(),
        },
        _move_all_that_master_keys_open,
    ),
    "pepper": Kind(
        "pepper",
        "PEPPER_KEYS",
        lambda: {"logins that still work": rotation.needing_peppers()},
        rotation.move_logins,
    ),
}


def unmoved(kind: Kind) -> int:
    """How many rows are not yet on the key in use."""
    if kind.name == "pepper":
        return rotation.logins_to_move().count()
    return sum(count for key_id, count in kind.needed.items() if key_id != kind.in_use)


def in_words(kind: Kind, key_ids: Collection[str]) -> str:
    """What needs these keys, and how many of them: “letter files: 3”."""
    counts = {what: sum(ids[one] for one in key_ids) for what, ids in kind.needing().items()}
    return ", ".join(f"{what}: {count}" for what, count in counts.items() if count)


def since(kind: Kind) -> dict[str, dt.datetime]:
    """Key's id -> since when it has been used, as far as that was recorded."""
    steps = kind.steps.order_by("-at").values_list("new", "at")
    return {new["in use"]: at for new, at in steps if "in use" in new}
