"""Files that are made in the background, each for one person; what files show that were put into File
Exchange; and up to when somebody has seen what changed at a centre."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from centres.models import Centre, KeptFile, Qualification, Series, User
from centres.work import Work
from exchange.models import Version
from results.taking_away.kinds import Format, What


class Export(Work):
    """A file of entries and results, made in the background: it belongs to who asked for it.

    `shown`: the qualifications of which it shows results; `of_centres`: the numbers of the centres of
    which it tells. By these it is looked at once more, when it is taken, whether that still holds.
    """

    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="exports")
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="exports")
    series = models.ForeignKey(Series, models.CASCADE, related_name="exports")
    what = models.CharField(max_length=20, choices=What)
    format = models.CharField(max_length=10, choices=Format)
    together = models.BooleanField(default=False)
    pum = models.BooleanField(default=False)
    numbers = models.JSONField(default=list)
    made_at = models.DateTimeField(null=True, blank=True)
    restricted_until = models.DateTimeField(null=True, blank=True)
    shown = models.JSONField(default=list)
    of_centres = models.JSONField(default=list)
    file_name = models.CharField(max_length=200, blank=True)
    kept = models.ForeignKey(KeptFile, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(made_at__isnull=False),
                name="export_ready_with_its_moment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {self.get_format_display()}"

    @property
    def kept_until(self) -> dt.datetime:
        return self.asked_at + settings.EXPORT_RETENTION


class HandedOver(models.Model):
    """What a file shows that was put into File Exchange: by this it is known whether it still holds.

    `knows_until`: holds that were placed later are not regarded in it. `numbers`: of the candidates, with
    commas between them, when it is not all of these centres.
    """

    version = models.OneToOneField(Version, models.CASCADE, related_name="handed_over")
    knows_until = models.DateTimeField()
    centres = models.ManyToManyField(Centre, related_name="+")
    qualifications = models.ManyToManyField(Qualification, related_name="+")
    numbers = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"Shown by {self.version_id}"


class ChangesSeen(models.Model):
    """Up to this instant this person has seen what changed at this centre in this series."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    series = models.ForeignKey(Series, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "centre", "series"], name="changes_seen_once_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.centre}, {self.series}: {self.at:%Y-%m-%d %H:%M}"
