
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0006_never_deleted_with_others'),
    ]

    operations = [
        migrations.DeleteModel(
            name='WorkerSign',
        ),
    ]
