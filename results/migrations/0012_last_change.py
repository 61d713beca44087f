"""When something of each series changed last, as its rows tell."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Max


def fill(apps, schema_editor):
    model = lambda name: apps.get_model("results", name)
    last = {}
    for rows, series, at in (
        (model("ResultChange"), "result__entry__candidate__series", "at"),
        (model("Result"), "entry__candidate__series", "added_at"),
        (model("Hold"), "series", "let_go_at"),
        (model("Hold"), "candidate__series", "let_go_at"),
        (model("Hold"), "entry__candidate__series", "let_go_at"),
    ):
        found = rows.objects.order_by().values_list(series).annotate(Max(at))
        for pk, latest in found:
            if pk and latest:
                last[pk] = max(latest, last.get(pk, latest))
    model("LastChange").objects.bulk_create(
        [model("LastChange")(series_id=pk, at=at) for pk, at in last.items()]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("centres", "0011_number_given_to_another"),
        ("results", "0011_never_deleted_with_others"),
    ]

    operations = [
        migrations.CreateModel(
            name="LastChange",
            fields=[
                (
                    "series",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="centres.series",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
