"""docs/privacy.md names every model with something of a person, and every time after which it goes. (That
docs/settings.md names every setting: tests/deploy/test_settings_file.py.)"""

import re

from django.apps import apps
from django.db.models import Field

from tests.tracked import text_of

# What holds nothing of a person: who is in it is a centre, a syllabus, a key, a process, Django's own.
NOBODY = {
    *("centres.Centre", "centres.SubcentreLink", "centres.Qualification", "centres.Syllabus"),
    *("centres.Series", "centres.Release", "centres.SubcentreArrangement", "results.LastChange"),
    *("core.KeyChange", "core.SiteIdentity", "core.KeyFingerprint", "core.OrphanCheck"),
    *("core.WorkerHeartbeat", "auth.Permission", "auth.Group", "contenttypes.ContentType"),
    *("axes.AccessAttemptExpiration", "account.EmailConfirmation"),
    "operations.InstalledVersion",
    *("privacy.Door", "privacy.SeriesEnd", "privacy.PseudonymKey"),
}
READ = re.compile(r"environment\.\w+\(\s*\"([A-Z_]+)\"|env(?:\.\w+)?\(\s*\"([A-Z_]+)\"")


def named_in(path: str) -> set[str]:
    return set(re.findall(r"`([\w.]+)`", text_of(path)))


def settings_read() -> set[str]:
    return {one or other for one, other in READ.findall(text_of("portal/settings.py"))}


def test_every_model_is_named_or_holds_nobody():
    models = {model._meta.label for model in apps.get_models() if not model._meta.proxy}
    told = named_in("docs/privacy.md")

    assert models - told - NOBODY == set(), "say in docs/privacy.md what is kept of whom"
    assert models >= NOBODY
    assert not NOBODY & told


def test_what_holds_nobody_has_no_field_that_names_somebody():
    fields = {
        f"{label}.{field.name}"
        for label in NOBODY
        for field in apps.get_model(label)._meta.get_fields()
        if isinstance(field, Field)
        and re.search(r"(^|_)by$|user|e?mail|birth|uci|contact_name", field.name)
    }
    assert fields == {"account.EmailConfirmation.email_address", "auth.Group.user"} & fields


def test_every_time_of_keeping_is_named_in_both():
    times = {name for name in settings_read() if name.endswith("_RETENTION_DAYS")}
    assert len(times) >= 8
    assert times <= named_in("docs/privacy.md")
    ends = text_of("docs/settings.md").partition("## Ends of life")[2]
    assert times | {"REVIEW_DAYS", "QUARANTINE_DAYS"} <= set(re.findall(r"`([A-Z_]+)`", ends))
