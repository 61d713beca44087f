"""System check: every model of jobs has its entry in `settings.JOBS`, every dotted path in the settings of
this service leads somewhere, and every page that is named there is one. Asked at every start (`portal.start`),
by every command, and in tests: what is wired by name is refused before it is missed.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import import_string

from core.jobs import Job

OF_PATHS = (
    "JOBS",
    "PERIODIC_TASKS",
    "READINESS",
    "EXCHANGE_OUT_OF_DATE_CHECKS",
    "ENCRYPTED_STORES",
    "AUDIT_RECORD",
    "ENDS_OF_WHAT_ONLY_GROWS",
    "WHEN_ACCESS_CHANGES",
    "WHEN_TERMS_CHANGE",
    "NOT_FOUND",
    "CANDIDATE_ERRORS",
)


def faults() -> list[str]:
    """Each in a sentence (no query)."""
    jobs = {one._meta.label for one in apps.get_models() if issubclass(one, Job)}
    return [
        *(f"JOBS has no entry for {label}." for label in sorted(jobs - settings.JOBS.keys())),
        *(f"{label} in JOBS is no job." for label in sorted(settings.JOBS.keys() - jobs)),
        *(
            f"JOBS does not say what runs {one}."
            for one, job in settings.JOBS.items()
            if not job.get("run")
        ),
        *(
            f"{name} names {path}, which is not there."
            for name in OF_PATHS
            for path in _strings(getattr(settings, name))
            if not _leads_somewhere(path)
        ),
        *(
            f"SHOWN_AGAIN names {page}, which is no page."
            for page in settings.SHOWN_AGAIN
            if not _is_a_page(page)
        ),
    ]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _leads_somewhere(path: str) -> bool:
    try:
        import_string(path)
    except ImportError:
        return False
    return True


def _is_a_page(name: str) -> bool:
    """Whether an address has this name, in the namespace before its colon."""
    namespace, _, name = name.rpartition(":")
    pages = get_resolver()
    if namespace:
        if namespace not in pages.namespace_dict:
            return False
        pages = pages.namespace_dict[namespace][1]
    return name in pages.reverse_dict
