"""Fingerprints of keys: a key of another site is refused, and never makes whole data look damaged.

The database keeps of each key a fingerprint, from which the key cannot be had: HMAC-SHA-256 of a
fixed text under the key, cut to 128 bits. A key fits when its id is known with this fingerprint, or is
not known yet; and every key that was noted and not retired must be there. So a machine with another
master key, pepper or SECRET_KEY does not start (`portal.start`), and a process whose keys became
others meanwhile says so, in place of “wrong login” or “damaged”.
"""

import datetime as dt
import hashlib
import hmac
import logging
import socket

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from core.models import KeyFingerprint

ROTATING = {"MASTER_KEYS": "master", "PEPPER_KEYS": "pepper"}  # what has ids; SECRET_KEY is one
LABEL = b"fingerprint of a key of this site: "
AGAIN_AFTER = dt.timedelta(minutes=1)  # not each of a thousand sign-ins writes that it was refused

logger = logging.getLogger(__name__)


def fingerprint(setting: str, key: bytes) -> str:
    """What is kept of a key."""
    return hmac.digest(key, LABEL + setting.encode(), hashlib.sha256).hex()[:32]


def of_this_process() -> dict[tuple[str, str], str]:
    """(setting, key's id) -> fingerprint, of every key that this process has."""
    keys = {
        (setting, key_id): fingerprint(setting, key)
        for setting in ROTATING
        for key_id, key in getattr(settings, setting).items()
    }
    return keys | {("SECRET_KEY", ""): fingerprint("SECRET_KEY", settings.SECRET_KEY.encode())}


def misfits() -> list[KeyFingerprint]:
    """The noted keys that this process lacks, or has another key in place of; retired keys may be lacking."""
    ours = of_this_process()
    return [
        noted
        for noted in KeyFingerprint.objects.all()
        if _misfits(noted, ours.get((noted.setting, noted.key_id)))
    ]


def in_words(noted: KeyFingerprint) -> str:
    """What does not fit, and how to mend it."""
    if noted.setting == "SECRET_KEY":
        return (
            "SECRET_KEY is another than this site's: sessions and links of one server would not hold "
            "on another. Set the site's own; or, if it was changed on purpose, which ends them all: "
            "manage.py keys accept secret"
        )
    kind = ROTATING[noted.setting]
    if noted.key_id in getattr(settings, noted.setting):
        return (
            f"Key {noted.key_id} of {noted.setting} is another than this site's. Put the site's own in "
            f"its place. Only if what was noted is wrong: manage.py keys accept {kind} {noted.key_id}"
        )
    return (
        f"Key {noted.key_id} of {noted.setting} is missing. Put it back behind the others. Only if "
        f"nothing needs it any more: manage.py keys retire {kind} {noted.key_id}"
    )


def new() -> dict[tuple[str, str], str]:
    """Of the keys that this process has, those that are not noted yet."""
    noted = set(KeyFingerprint.objects.values_list("setting", "key_id"))
    return {key: value for key, value in of_this_process().items() if key not in noted}


def note(setting: str, key_id: str) -> None:
    """This key of ours is the site's from now on, whatever was noted under its id."""
    KeyFingerprint.objects.update_or_create(
        setting=setting,
        key_id=key_id,
        defaults={
            "fingerprint": of_this_process()[setting, key_id],
            "noted_at": timezone.now(),
            "retired_at": None,
            "refused_at": None,
            "refused_on": "",
        },
    )


def retire(setting: str, key_id: str) -> None:
    """Nothing needs this key any more: it may be missing, and its id is never another's."""
    KeyFingerprint.objects.filter(setting=setting, key_id=key_id).update(retired_at=timezone.now())


def ids(setting: str) -> set[str]:
    """Every id that a key of this kind ever had."""
    return set(KeyFingerprint.objects.filter(setting=setting).values_list("key_id", flat=True))


def fit(setting: str) -> bool:
    """Whether this process has every noted key of this setting (one query); tells the board if not."""
    ours = of_this_process()
    refused = [
        noted
        for noted in KeyFingerprint.objects.filter(setting=setting)
        if _misfits(noted, ours.get((setting, noted.key_id)))
    ]
    note_refused(refused)
    return not refused


def fits(setting: str, key_id: str) -> bool:
    """Whether our key with this id is noted as the site's (one query); tells the board if another is noted."""
    noted = KeyFingerprint.objects.filter(setting=setting, key_id=key_id).first()
    fits = noted is not None and noted.fingerprint == of_this_process().get((setting, key_id))
    if not fits and noted:
        note_refused([noted])
    return fits


def note_refused(refused: list[KeyFingerprint], at: dt.datetime | None = None) -> None:
    """Note on which machine a key was refused: the state page says so, and the log."""
    at = at or timezone.now()
    for noted in refused:
        logger.error("%s is missing or not this site's", noted)
    lately = Q(refused_at__gte=at - AGAIN_AFTER, refused_on=socket.gethostname()[:100])
    KeyFingerprint.objects.filter(pk__in=[noted.pk for noted in refused]).exclude(lately).update(
        refused_at=at, refused_on=socket.gethostname()[:100]
    )


def _misfits(noted: KeyFingerprint, ours: str | None) -> bool:
    if ours is None:
        return noted.retired_at is None
    return ours != noted.fingerprint
