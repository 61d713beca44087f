"""Letter files that were under way when the service was upgraded are made after it."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from centres import worker
from centres.models import AuditEvent
from credentials.models import LetterFile
from tests.credentials.conftest import logins_in, make

OLD = [("credentials", "0004_results_day")]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_waited_is_found_and_one_that_failed_still_says_why(world, ask, migrate):
    world.open_all()
    waiting, failed = ask(), ask(world.associate)
    old = migrate(OLD)
    old.get_model("credentials", "LetterFile").objects.filter(pk=failed.pk).update(
        state="failed", error="Sentence. " * 60
    )
    DBTaskResult.objects.update(
        task_path="credentials.making.make_letters",
        args_kwargs={"args": [str(waiting.pk)], "kwargs": {}},
    )

    migrate(MigrationLoader(connection).graph.leaf_nodes("credentials"))  # for today's models

    assert not DBTaskResult.objects.exists()
    assert worker.resume(timezone.now() + dt.timedelta(seconds=9)) == 1
    assert DBTaskResult.objects.get().args_kwargs["args"][1] == str(waiting.pk)
    assert make(waiting).state == "ready"
    assert len(logins_in(waiting)) == 1
    failed.refresh_from_db()
    assert failed.error.startswith("Sentence. Sentence.")
    if connection.vendor == "postgresql":
        assert len(failed.error) == 500
    assert AuditEvent.objects.filter(action="credentials_created").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterFile.objects.filter(pk__in=[waiting.pk]).update(state="running")
        LetterFile.objects.create(centre=world.main, series=world.series, total=1)
