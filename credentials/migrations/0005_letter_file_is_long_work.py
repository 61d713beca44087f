"""A letter file is long work like any other (`centres.work`): the same fields, and the same task.

The tasks that wait name a function that is gone, and would fail. A worker finds the files that they
were for by itself.
"""

import django.utils.timezone
from django.db import migrations, models


def forget_former_tasks(apps, schema_editor):
    tasks = apps.get_model("django_tasks_database", "DBTaskResult").objects.all()
    tasks.filter(task_path="credentials.making.make_letters", status="READY").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0004_results_day'),
        ('django_tasks_database', '0018_rename_succeeded_status'),
    ]

    operations = [
        migrations.AlterField(
            model_name='letterfile',
            name='asked_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AlterField(
            model_name='letterfile',
            name='error',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name='letterfile',
            name='total',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(forget_former_tasks, migrations.RunPython.noop),
    ]
