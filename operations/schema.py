"""The schema of the database against this code's migrations: what is missing, and what is newer.

A database may be one release ahead of the code (expand and contract, CONTRIBUTING.md): while a deploy rolls, the
release before runs on the new schema. Two releases ahead nobody has tried. `migrate` notes which version it was.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from operations.models import InstalledVersion

Migration = tuple[str, str]  # app, name
MEND = "Run “bin/portal manage migrate” with this version’s code."


def unapplied() -> list[Migration]:
    """This code's migrations that the database has not gone through (two queries)."""
    return sorted(_of_this_code() - _applied())


def reasons() -> list[str]:
    """Why this code must not serve on this schema."""
    applied = _applied()
    if missing := sorted(_of_this_code() - applied):
        names = ", ".join(f"{app}.{name}" for app, name in missing[:3])
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        return [f"Migrations are not applied: {names}{more}. {MEND}"]
    newest = newest_version() if _is_newer(applied) else None
    if newest is None or settings.VERSION in (newest.version, newest.works_with):
        return []
    return [
        f"The database was migrated by version {newest.version}, which works with the code of "
        f"{newest.works_with or 'no other version'}; this is {settings.VERSION}. Install {newest.version} here."
    ]


def require() -> None:
    """For the worker, which begins nothing on a schema that is not its own. Raises ImproperlyConfigured."""
    if found := reasons():
        raise ImproperlyConfigured(" ".join(found))


def newest_version() -> InstalledVersion | None:
    """The version that migrated this database last."""
    migrated = InstalledVersion.objects.filter(migrated_at__isnull=False)
    return migrated.order_by("-migrated_at").first()


def after_migrate(**signal: Any) -> None:
    """Note the version whose migrations are all applied now. `migrate` of older code applies nothing, and notes
    nothing."""
    applied = _applied()
    if _of_this_code() <= applied and not _is_newer(applied):
        facts = {"works_with": settings.PREVIOUS_RELEASE["version"], "migrated_at": timezone.now()}
        InstalledVersion.objects.update_or_create(version=settings.VERSION, defaults=facts)


def _is_newer(applied: set[Migration]) -> bool:
    """Whether the schema has gone through migrations of our apps that this code does not have."""
    apps = {app for app, _ in _of_this_code()}
    return any(app in apps for app, _ in applied - _of_this_code())


def _applied() -> set[Migration]:
    return set(MigrationRecorder(connection).applied_migrations())


@cache
def _of_this_code() -> set[Migration]:
    return set(MigrationLoader(None).disk_migrations)
