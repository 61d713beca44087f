"""What is wired by name in the settings is refused at the start where it leads nowhere (`portal.wiring`)."""

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from portal import start, wiring
from portal.settings import JOBS


def test_everything_that_the_settings_name_is_there():
    assert wiring.faults() == []


LOOK = {"exchange.Inspection": {"run": "exchange.tasks.inspect"}}
WITHOUT = {label: job for label, job in JOBS.items() if label not in LOOK}
GONE = "exchange.tasks.gone"


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("JOBS", WITHOUT, "JOBS has no entry for exchange.Inspection."),
        ("JOBS", {**JOBS, "exchange.File": {"run": "x.y"}}, "exchange.File in JOBS is no job."),
        (
            "JOBS",
            {**WITHOUT, "exchange.Inspection": {}},
            "JOBS does not say what runs exchange.Inspection.",
        ),
        (
            "JOBS",
            {**JOBS, "exchange.Inspection": {"run": GONE}},
            f"JOBS names {GONE}, which is not there.",
        ),
        ("PERIODIC_TASKS", {"every hour": [GONE]}, f"PERIODIC_TASKS names {GONE}, which"),
        (
            "EXCHANGE_OUT_OF_DATE_CHECKS",
            ["gone.x"],
            "EXCHANGE_OUT_OF_DATE_CHECKS names gone.x, which",
        ),
        ("ENCRYPTED_STORES", ["gone"], "ENCRYPTED_STORES names gone, which"),
        ("AUDIT_RECORD", GONE, f"AUDIT_RECORD names {GONE}, which"),
        ("CANDIDATE_ERRORS", {500: GONE}, f"CANDIDATE_ERRORS names {GONE}, which"),
        ("SHOWN_AGAIN", ["centres:gone"], "SHOWN_AGAIN names centres:gone, which is no page."),
        ("SHOWN_AGAIN", ["gone:edit_status"], "SHOWN_AGAIN names gone:edit_status, which"),
        ("WHEN_ACCESS_CHANGES", [GONE], f"WHEN_ACCESS_CHANGES names {GONE}, which"),
    ],
)
def test_what_leads_nowhere_is_refused(db, settings, setting, value, sentence):
    setattr(settings, setting, value)

    assert any(fault.startswith(sentence) for fault in wiring.faults())
    assert any(error.msg.startswith(sentence) for error in run_checks())
    with pytest.raises(ImproperlyConfigured, match=sentence.split(",")[0]):
        start.require()
