import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("results", "0012_last_change"),
    ]

    operations = [
        migrations.RenameModel("HandedOver", "SharedExport"),
        migrations.RenameField("SharedExport", "knows_until", "holds_known_until"),
        migrations.AlterField(
            "SharedExport",
            "version",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shared_export",
                to="exchange.version",
            ),
        ),
    ]
