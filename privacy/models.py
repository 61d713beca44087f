"""Models of privacy: the door through which what only grows may go, how far the end of a series is, and the
keys of pseudonyms (rule 27)."""

import secrets

from django.db import models
from django.db.models import Q

from centres.models import Series


class Door(models.Model):
    """While this row stands, the database lets go what it names: of a series, of a candidate, or what was
    recorded `before`. See `privacy.doors`.

    It cannot outlive its transaction: `closes` points to no row, which the database finds out at the commit.
    """

    series = models.BigIntegerField(null=True)
    candidate = models.BigIntegerField(null=True)
    before = models.DateTimeField(null=True)
    closes = models.ForeignKey("self", models.DO_NOTHING, default=0, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk__gt=0), name="door_closes"),
            models.CheckConstraint(
                condition=Q(series__isnull=False, candidate=None, before=None)
                | Q(series=None, candidate__isnull=False, before=None)
                | Q(series=None, candidate=None, before__isnull=False),
                name="door_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"Door {self.pk}"


class SeriesEnd(models.Model):
    """A series whose time has passed: what of it has gone so far, in numbers alone."""

    series = models.OneToOneField(Series, models.CASCADE, primary_key=True, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    gone = models.JSONField(default=dict, help_text="What of it -> how many.")

    def __str__(self) -> str:
        return f"End of {self.series}"


def new_key() -> bytes:
    return secrets.token_bytes(32)


class PseudonymKey(models.Model):
    """The key of the pseudonyms of a year of the audit trail. It is thrown away with the year's last name;
    from then on nobody can tell who somebody was, nor try out names (`privacy.audit_trail`)."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    key = models.BinaryField(max_length=32, null=True, default=new_key)
    up_to = models.DateTimeField(null=True, help_text="Rows until then have lost their names.")

    def __str__(self) -> str:
        return f"Key of {self.year}"
