"""The static files of this code are collected, and every machine of one version names them alike.

A page names its style sheet by the content's hash, as the manifest of `collectstatic` has it. Code that came without
its own manifest answers every page with an error, so it does not start. Of two machines whose manifests differ, a page
of one asks the other for a file that it does not have: the first that served a version counts, the other is not ready.
"""

import hashlib
import json
import socket
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured

from operations.models import InstalledVersion

MEND = "Run “bin/portal manage collectstatic --noinput” with this version’s code, then start again."


def require() -> None:
    """Raises ImproperlyConfigured: a process reads the manifest once, at its start."""
    if found := not_collected():
        raise ImproperlyConfigured(found)


def reasons() -> list[str]:
    """Why this process must not serve, as far as its static files tell (one query)."""
    if found := _not_collected_here():
        return [found]
    if (
        settings.DEBUG or settings.DEMO
    ):  # one machine, whose files change while the version does not
        return []
    row, _ = InstalledVersion.objects.get_or_create(version=settings.VERSION)
    if not row.static_manifest:
        first = InstalledVersion.objects.filter(version=settings.VERSION, static_manifest="")
        first.update(static_manifest=digest(), static_manifest_on=socket.gethostname()[:100])
        row.refresh_from_db()
    if row.static_manifest == digest():
        return []
    return [
        f"The static files here are others than those with which {row.static_manifest_on} serves version "
        f"{settings.VERSION}. Install the same release on both. If they were changed on purpose: "
        "bin/portal manage static_manifest --accept"
    ]


def accept() -> None:
    """This machine's manifest is the right one of this version from now on."""
    facts = {"static_manifest": digest(), "static_manifest_on": socket.gethostname()[:100]}
    InstalledVersion.objects.update_or_create(version=settings.VERSION, defaults=facts)


def digest() -> str:
    """Of the names that this process gives its static files."""
    return hashlib.sha256(json.dumps(sorted(_names().items())).encode()).hexdigest()


def not_collected() -> str:
    """In a sentence, where a static file of this code was not collected as it is; else empty."""
    if settings.DEBUG:
        return ""
    names = _names()
    for finder in get_finders():
        for path, storage in finder.list([]):
            collected = Path(settings.STATIC_ROOT, path)
            with storage.open(path) as source:
                if path not in names or not _holds(collected, source.read()):
                    return f"The static files of this code are not collected: {path} is missing or older. {MEND}"
    return ""


_not_collected_here = cache(not_collected)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _names() -> dict[str, str]:
    return getattr(staticfiles_storage, "hashed_files", {})
