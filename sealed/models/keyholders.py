"""Keyholders and their key pairs (rule 28)."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from sealed.models.in_words import fingerprint, moment, sum_of

NOT_TRIED_FOR = dt.timedelta(days=30)


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
        """The key pairs that are not retired: in the ring, or to be appointed."""
        return self.filter(retired_at=None)

    def of(self, user: User) -> Self:
        """This person's: the one in the ring, then the one that is to be appointed, or is to take its place."""
        return self.current().filter(user=user).order_by(F("appointed_at").asc(nulls_last=True))

    def not_tried(self, at: dt.datetime | None = None) -> Self:
        """Whose passphrase was not given for 30 days."""
        tried = Coalesce("tried_at", "made_at")
        return self.alias(last=tried).filter(last__lt=(at or timezone.now()) - NOT_TRIED_FOR)


class Keyholder(models.Model):
    """A key pair of somebody of the board. The private half is locked by a passphrase that stands nowhere
    (`sealed.passphrases`). It holds shares from its appointment to its retirement (`sealed.ring`). Who has lost the
    passphrase makes a second pair, which takes the place of the first when the others appoint it."""

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
                fields=["user"],
                condition=Q(retired_at=None, appointed_at__isnull=False),
                name="keyholder_one_appointed",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(retired_at=None, appointed_at=None),
                name="keyholder_one_made",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def fingerprint(self) -> str:
        """Of the public key, as on the sheet."""
        return fingerprint(bytes(self.public_key))

    def facts(self) -> list:
        """What is signed (`sealed.signatures`)."""
        keys = [sum_of(one) for one in (self.public_key, self.locked_key, self.salt)]
        return [
            self.user_id,
            *keys,
            self.memory,
            moment(self.appointed_at),
            moment(self.retired_at),
        ]
