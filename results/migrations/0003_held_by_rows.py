"""What was held by a flag is held by a row, and stays held. Going back, no hold in force is lost."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

PLACED = {"placed_by": "migration", "reason": "Held before reasons were kept"}


def rows(apps, schema_editor):
    Hold = apps.get_model("results", "Hold")
    releases = apps.get_model("centres", "Release").objects.filter(held=True)
    results = apps.get_model("results", "Result").objects.filter(held=True)
    now = timezone.now()
    Hold.objects.bulk_create(
        [
            *(
                Hold(
                    series_id=release.series_id,
                    qualification_id=release.qualification_id,
                    placed_at=now,
                    **PLACED,
                )
                for release in releases
            ),
            *(
                Hold(entry_id=entry, placed_at=now, **PLACED)
                for entry in results.values_list("entry_id", flat=True).iterator()
            ),
        ],
        batch_size=1_000,
    )


def flags(apps, schema_editor):
    Release = apps.get_model("centres", "Release")
    Result = apps.get_model("results", "Result")
    for hold in apps.get_model("results", "Hold").objects.filter(let_go_at=None):
        if hold.series_id and not hold.centre_id:
            releases = Release.objects.filter(series=hold.series_id)
            if hold.qualification_id:
                releases = releases.filter(qualification=hold.qualification_id)
            releases.update(held=True)
            continue
        whose = Q(entry=hold.entry_id) if hold.entry_id else Q(entry__candidate=hold.candidate_id)
        if hold.centre_id:
            whose = Q(
                entry__candidate__series=hold.series_id, entry__candidate__centre=hold.centre_id
            )
        Result.objects.filter(whose).update(held=True)


class Migration(migrations.Migration):

    dependencies = [
        ("results", "0002_hold"),
    ]
    run_before = [
        ("centres", "0005_release_held_by_rows"),  # which removes the flag of a release
    ]

    operations = [
        migrations.RunPython(rows, flags),
        migrations.RemoveField(model_name="result", name="held"),
    ]
