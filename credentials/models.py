"""Candidates' logins, and the files of letters that carry them (rules 15 to 17)."""

import uuid

from django.db import models
from django.utils import timezone

from centres.models import Candidate, Centre, Series
from centres.models.meaning import MeansOneThing
from centres.terms import Contact
from core.jobs import Job
from core.only_grows import OnlyGrows


class LetterBatch(models.Model):
    """Letters that a main centre asked for in one go: a letter file for each of its Associate Centres.

    `left_out`: the number of a centre that was asked for and could have none -> why, at that moment.
    """

    class Which(models.TextChoices):
        NEW = "new", "Candidates without a letter"
        OUTDATED = "outdated", "Candidates whose letter is outdated"
        ALL = "all", "All candidates with access"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    main = models.ForeignKey(Centre, models.CASCADE, related_name="letter_batches")
    series = models.ForeignKey(Series, models.CASCADE, related_name="letter_batches")
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField(auto_now_add=True)
    which = models.CharField(max_length=10, choices=Which)
    left_out = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        verbose_name_plural = "letter batches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(which__in=["new", "outdated", "all"]),
                name="letter_batch_which_known",
            )
        ]

    def __str__(self) -> str:
        return f"Letters for Associate Centres of {self.main}, {self.series}"


class LetterFile(Job):
    """One PDF of letters: who asked for it, how far it has got, and the key that its parts need.

    `chosen` holds the primary keys of the candidates, in the order of the letters; who of them has
    credentials from this file is done. `unprintable`: who of them can have no letter, by the primary
    key as a string -> what in the name cannot be printed. The data key is kept wrapped by a master
    key; without it the parts are only noise.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        DESTROYED = "destroyed", "Deleted"

    live: int  # set by credentials.letters.letter_files: how many of its logins still work …
    outdated: int  # … how many of the letters on those are outdated …
    held_up: bool  # … whether it is under way and no worker is heard of …
    not_printed: list  # … who is named on it as one whose name cannot be printed …
    part: str = ""  # … the end of an address that asks for some of its letters …
    beside: int  # … and how many letters that nobody asked for come with those

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="letter_files")
    series = models.ForeignKey(Series, models.CASCADE, related_name="letter_files")
    batch = models.ForeignKey(
        LetterBatch, models.SET_NULL, null=True, blank=True, related_name="files"
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    chosen = models.JSONField(default=list)
    unprintable = models.JSONField(default=dict, blank=True)
    master_key_id = models.CharField(max_length=20, blank=True)
    wrapped_key = models.BinaryField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "series"],
                condition=models.Q(state__in=["queued", "running"]),
                name="letter_file_one_under_way",
            ),
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total")), name="letter_file_done_in_total"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total} letters of {self.centre}, {self.series}"

    @property
    def audit_subject(self) -> str:
        """The file, as the audit trail names it."""
        return f"Letter file {self.pk}"

    @property
    def ended(self) -> int:
        """How many of its logins no longer work."""
        return self.done - self.live

    @property
    def downloadable(self) -> bool:
        """Ready; or failed half-way, for who has a letter in it has no other login."""
        return self.is_ready or (self.has_failed and self.done > 0)


class LetterPart(models.Model):
    """Some letters of a file, encrypted, behind the storage `letters`."""

    letter_file = models.ForeignKey(LetterFile, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    stored_as = models.CharField(max_length=200)
    letters = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["letter_file", "number"], name="letter_part_once")
        ]

    def __str__(self) -> str:
        return f"Part {self.number} of {self.letter_file_id}"


class LetterDownload(models.Model):
    """Somebody has downloaded so many letters of a file. `whole`: none was left out of those that work."""

    ONLY_GROWS = OnlyGrows()

    letter_file = models.ForeignKey(LetterFile, models.PROTECT, related_name="downloads")
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    letters = models.PositiveIntegerField()
    whole = models.BooleanField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.letters} letters of {self.letter_file_id}, by {self.by}"


class CredentialsQuerySet(models.QuerySet["Credentials"]):
    def live(self) -> "CredentialsQuerySet":
        return self.filter(revoked_at=None)


class Credentials(MeansOneThing):
    """A candidate's login for a series. Neither username nor password is here, only their digest.

    `says`, and the `printed` number, name and name of the centre, are what the letter prints and may be
    outdated by (see `credentials.letters.outdated`); many letters say the same, so names stand apart.
    """

    MEANING = ("candidate",)

    class Reason(models.TextChoices):
        REPLACED = "replaced", "Replaced by a new letter"
        ACCESS_REMOVED = "access removed", "Access was removed"
        NUMBER_GIVEN = "number given", "The number was given to somebody else"

    contact: Contact  # set by credentials.logins.live_logins: whom the holder asks today …
    has_other_series: bool  # … and by sign_in: whether the same person may have logins in others

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="credentials")
    issue_number = models.PositiveIntegerField(help_text="1 for the first letter, 2 for the next.")
    digest = models.BinaryField(max_length=32)
    pepper_id = models.CharField(max_length=20, help_text="The pepper of its digest.")
    letter_file = models.ForeignKey(LetterFile, models.PROTECT, related_name="credentials")
    says = models.JSONField()
    printed_number = models.CharField(max_length=4, blank=True)
    printed_name = models.CharField(max_length=200, blank=True)
    printed_centre = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=20, choices=Reason, blank=True)
    first_signed_in_at = models.DateTimeField(null=True, blank=True)
    results_first_seen_at = models.DateTimeField(null=True, blank=True)
    results_seen_at = models.DateTimeField(null=True, blank=True)
    syllabuses_seen = models.TextField(
        blank=True, help_text="Whose results were seen with it: each code, after a comma."
    )
    visits_ended = models.PositiveIntegerField(
        default=0, help_text="Whoever signed in before the last of them is signed out."
    )

    objects = CredentialsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "credentials"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=models.Q(revoked_at=None),
                name="credentials_one_live_per_candidate",
            ),
            # Of live ones only, so that a login which has ended is the same miss as a wrong one.
            models.UniqueConstraint(
                fields=["digest"],
                condition=models.Q(revoked_at=None),
                name="credentials_live_digest_once",
            ),
            models.UniqueConstraint(
                fields=["candidate", "issue_number"], name="credentials_issue_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at=None, revoked_because="")
                | (models.Q(revoked_at__isnull=False) & ~models.Q(revoked_because="")),
                name="credentials_revoked_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Credentials {self.issue_number} of {self.candidate}"
