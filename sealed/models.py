"""Models of sealed results: keyholders and their key pairs, the seal of a series and its shares, what two or three
keyholders do together, the sealed files, and the opening (rule 28)."""

import datetime as dt
import hashlib
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from centres.models import Series
from core.jobs import Job
from core.models import EncryptedFile
from core.only_grows import OnlyGrows
from sealed import boxes

NOT_TRIED_FOR = dt.timedelta(days=30)
LONGEST_NAME = 100  # of a file


def may(user: User) -> bool:
    """Whether somebody can be a keyholder: who is of the board, and may sign in."""
    return user.is_active and user.is_staff and user.is_superuser


class KeyholderQuerySet(models.QuerySet["Keyholder"]):
    def appointed(self) -> Self:
        """The ring: those who hold shares, in the order of their appointment."""
        return self.filter(appointed_at__isnull=False, retired_at=None).order_by(
            "appointed_at", "pk"
        )

    def current(self) -> Self:
        """The key pair of each person that is not retired: in the ring, or to be appointed."""
        return self.filter(retired_at=None)

    def not_tried(self, at: dt.datetime | None = None) -> Self:
        """Whose passphrase was not given for 30 days."""
        tried = Coalesce("tried_at", "made_at")
        return self.alias(last=tried).filter(last__lt=(at or timezone.now()) - NOT_TRIED_FOR)


class Keyholder(models.Model):
    """A key pair of somebody of the board. The private half is locked by a passphrase that stands nowhere
    (`sealed.passphrases`). It holds shares from its appointment to its retirement (`sealed.ring`)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    public_key = models.BinaryField()
    locked_key = models.BinaryField(help_text="The private half, locked by the passphrase.")
    salt = models.BinaryField()
    memory = models.PositiveIntegerField(help_text="KiB that Argon2id takes to try a passphrase.")
    made_at = models.DateTimeField(default=timezone.now)
    appointed_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True, help_text="Rightly, for the last time.")
    wrong_tries = models.PositiveSmallIntegerField(default=0, help_text="Since the last right one.")
    wrong_at = models.DateTimeField(null=True, blank=True)
    signature = models.CharField(max_length=100, db_default="", default="")

    objects = KeyholderQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(retired_at=None), name="keyholder_one_pair"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def fingerprint(self) -> str:
        """Of the public key, as on the sheet."""
        return boxes.fingerprint(bytes(self.public_key))

    def facts(self) -> list:
        """What is signed (`sealed.signatures`)."""
        keys = [_digest(one) for one in (self.public_key, self.locked_key, self.salt)]
        return [self.user_id, *keys, self.memory, _at(self.appointed_at), _at(self.retired_at)]


class SealQuerySet(models.QuerySet["Seal"]):
    def closed(self) -> Self:
        """Of series that nobody has opened yet."""
        return self.filter(opened_at=None)

    def with_instants(self) -> models.QuerySet[Any]:
        """`seen_from`: when anybody of a centre may first see results of it, None while no release is set;
        `waiting`: how many files are to be opened."""
        release = "series__releases__"
        seen_from = Min(Coalesce(f"{release}staff_at", f"{release}candidates_at"))
        waits = Q(files__replaced_at=None, files__loaded_at=None)
        waiting = Count("files", filter=waits, distinct=True)
        return self.annotate(seen_from=seen_from, waiting=waiting)


class Seal(models.Model):
    """The key pair of a series: what is sealed is closed to the public half. The private half is nowhere but in
    the shares, which go when the series is opened. `opens_from`: two keyholders may open it from then on,
    three earlier."""

    series = models.OneToOneField(Series, models.PROTECT, related_name="seal")
    public_key = models.BinaryField()
    opens_from = models.DateTimeField()
    sealed_by = models.CharField(max_length=150)
    sealed_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)
    signature = models.CharField(max_length=100, db_default="", default="")
    reminded = models.SmallIntegerField(
        null=True,
        editable=False,
        help_text="How many hours before staff's first instant the board was last told that it is not opened.",
    )

    seen_from: dt.datetime  # of `with_instants`
    waiting: int

    objects = SealQuerySet.as_manager()

    class Meta:
        ordering = ["opens_from", "pk"]

    def __str__(self) -> str:
        return f"Seal of {self.series}"

    @property
    def fingerprint(self) -> str:
        return boxes.fingerprint(bytes(self.public_key))

    def facts(self) -> list:
        """What is signed (`sealed.signatures`)."""
        return [self.series_id, _digest(self.public_key), _at(self.opens_from)]


class Share(models.Model):
    """The private half of a seal, closed to one keyholder and that to another: a box in a box. Whoever of the
    two comes first opens the outer one, the other the inner one; each pair has one for either order."""

    seal = models.ForeignKey(Seal, models.CASCADE, related_name="shares")
    outer = models.ForeignKey(Keyholder, models.PROTECT, related_name="+")
    inner = models.ForeignKey(Keyholder, models.PROTECT, related_name="+")
    box = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "outer", "inner"], name="share_once"),
            models.CheckConstraint(condition=~Q(outer=F("inner")), name="share_of_two"),
        ]

    def __str__(self) -> str:
        return f"Share of {self.outer} and {self.inner} in the seal {self.seal_id}"


class CeremonyQuerySet(models.QuerySet["Ceremony"]):
    def under_way(self, at: dt.datetime | None = None) -> Self:
        """Those in which keyholders may still take part."""
        return self.filter(ended_at=None, ends_at__gt=at or timezone.now())


class Ceremony(models.Model):
    """What keyholders do together, each in a session and browser of their own, within fifteen minutes: open a
    series, rehearse that, or change who they are. `sealed.ceremonies` says what each needs and does."""

    class Kind(models.TextChoices):
        OPEN = "open", "Open results"
        REHEARSE = "rehearse", "Rehearse the opening"
        CHANGE = "change", "Change the keyholders"

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"

    ONLY_GROWS = OnlyGrows(
        but=["ended_at", "outcome", "rehearsal"],
        until="OLD.ended_at IS NOT NULL",
    )

    kind = models.CharField(max_length=10, choices=Kind)
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="ceremonies")
    appointing = models.ManyToManyField(Keyholder, related_name="+")
    retiring = models.ManyToManyField(Keyholder, related_name="+")
    begun_by = models.CharField(max_length=150)
    begun_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    rehearsal = models.JSONField(
        default=dict, help_text="What a rehearsal opens, in base64; it goes when that ends."
    )

    objects = CeremonyQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_at", "-pk"]

    def __str__(self) -> str:
        of = f" of {self.seal.series}" if self.seal else ""
        return f"{self.get_kind_display()}{of}"


class Turn(models.Model):
    """A keyholder has given the passphrase in a ceremony. `boxes`: what it found, each still closed to one of the
    others, wrapped (`sealed.turns`); it goes when the ceremony ends."""

    ceremony = models.ForeignKey(Ceremony, models.CASCADE, related_name="turns")
    keyholder = models.ForeignKey(Keyholder, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    session = models.CharField(max_length=64, help_text="A digest of the session it came from.")
    boxes = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ceremony", "keyholder"], name="turn_once"),
            models.UniqueConstraint(fields=["ceremony", "session"], name="turn_own_session"),
        ]

    def __str__(self) -> str:
        return f"{self.keyholder} in {self.ceremony}"


class SealedFileQuerySet(models.QuerySet["SealedFile"]):
    def to_open(self) -> Self:
        """What is loaded when the series is opened, in its order."""
        return self.filter(replaced_at=None, loaded_at=None).order_by("number")


class SealedFile(models.Model):
    """A results file of a sealed series: the ciphertext (`sealed.container`), and of its content what tells no
    grade (`manifest`, signed: `sealed.signatures`)."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="files")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(
        max_length=LONGEST_NAME, help_text="As it was called where it came from."
    )
    reason = models.CharField("why results change", max_length=200, blank=True)
    file = models.OneToOneField(EncryptedFile, models.PROTECT, related_name="+")
    manifest = models.JSONField()
    signature = models.CharField(max_length=100)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when a later file stands in its place."
    )
    loaded_at = models.DateTimeField(null=True, blank=True)

    objects = SealedFileQuerySet.as_manager()

    class Meta:
        ordering = ["seal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["seal", "number"], name="sealed_file_number"),
        ]

    def __str__(self) -> str:
        return f"Sealed file {self.number} of {self.seal.series}"

    def facts(self) -> list:
        """What is signed (`sealed.signatures`): the manifest, and what it belongs to – seal, order and ciphertext."""
        file = [str(self.file_id), self.file.sha256]
        return [self.seal_id, self.number, *file, self.manifest, self.reason, _at(self.replaced_at)]


class Opening(Job):
    """The load of all files of a series that keyholders have opened, all or none (`sealed.opening`). `key`: the
    private half of its seal, wrapped by the site's master key, until the load ends, and no longer than
    `key_until`."""

    seal = models.OneToOneField(Seal, models.PROTECT, related_name="opening")
    key = models.BinaryField(null=True)
    master_key_id = models.CharField(max_length=50, blank=True)
    key_until = models.DateTimeField()
    faults = models.OneToOneField(EncryptedFile, models.SET_NULL, null=True, related_name="+")
    found = models.JSONField(default=dict, help_text="Counts alone.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(key=None) | ~Q(master_key_id=""), name="opening_key_wrapped"
            ),
        ]

    def __str__(self) -> str:
        return f"Opening of {self.seal.series}"


def _digest(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()


def _at(moment: dt.datetime | None) -> str:
    return moment.astimezone(dt.UTC).isoformat() if moment else ""
