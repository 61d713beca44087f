"""The qualifications that the board awards, with their scales of grades."""

from django.db import migrations

from centres.grades import SCALES


def add(apps, schema_editor):
    qualifications = apps.get_model("centres", "Qualification")
    for name, grades in SCALES.items():
        qualifications.objects.get_or_create(name=name, defaults={"grades": grades})


class Migration(migrations.Migration):
    dependencies = [("centres", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
