from django.db import migrations, models


def keep_which(apps, schema_editor):
    """Which acts somebody has seen, instead of until when."""
    acts = apps.get_model("centres", "AuditEvent").objects
    users = apps.get_model("centres", "User").objects
    for user in users.filter(acts_seen_at__isnull=False).only("username", "acts_seen_at"):
        seen = acts.filter(subject=user.username, at__lte=user.acts_seen_at)
        others = seen.exclude(by=user.username).order_by("pk")
        users.filter(pk=user.pk).update(acts_seen=list(others.values_list("pk", flat=True)))


class Migration(migrations.Migration):
    dependencies = [("centres", "0012_keys_and_orphans")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="acts_seen",
            field=models.JSONField(
                blank=True,
                default=list,
                editable=False,
                help_text="What others did with their account, as far as they have read it.",
            ),
        ),
        migrations.RunPython(keep_which, migrations.RunPython.noop),
        migrations.RemoveField(model_name="user", name="acts_seen_at"),
    ]
