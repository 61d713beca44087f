"""Results, and what they were before.

Nobody reads `grade` or `pum` for a candidate but `results.release`.
"""

from django.core.validators import MaxValueValidator
from django.db import models

from centres.models import Entry


class Result(models.Model):
    """The outcome of an entry: a grade of its qualification's scale, or X, Q or Y; perhaps a PUM."""

    entry = models.OneToOneField(Entry, models.CASCADE, related_name="result")
    grade = models.CharField(max_length=10)
    pum = models.PositiveSmallIntegerField(
        "PUM",
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text="Percentage uniform mark, 0 to 100; not a raw percentage.",
    )
    held = models.BooleanField(
        default=False, help_text="While held, the candidate sees “Results to be released”."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pum=None) | models.Q(pum__lte=100), name="result_pum_at_most_100"
            )
        ]

    def __str__(self) -> str:
        return f"Result of {self.entry}"


class ResultChange(models.Model):
    """What a result was before a correction (rule 21). Written by `results.corrections` alone."""

    result = models.ForeignKey(Result, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=200)
    old_grade = models.CharField(max_length=10)
    old_pum = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"Correction of {self.result_id} at {self.at:%Y-%m-%d %H:%M}"
