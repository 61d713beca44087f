"""The request for a batch: letters at many Associate Centres in one go (rules 12, 13 and 15).

Only a main centre does so, and only for centres that are attached to it at this moment. Each centre
gets a letter file of its own, which is made like any other (`credentials.letters.tasks`); the batch only
holds them together. A centre that can have none now is left out, and the batch says why.
"""

import datetime as dt
from collections.abc import Collection
from functools import partial

from django.db import transaction

from accounts.models import User
from centres import audit
from centres.models import AuditEvent, Centre, Series, SubcentreLink
from core import jobs
from core.ask_pages import still_holds
from credentials.associates.batch_plan import PlanOfMany, attached, plan_many
from credentials.letters.eligibility import CannotCreate
from credentials.letters.issuing import lock, new_letter_file
from credentials.models import LetterBatch, LetterFile

AFTER_SINGLE_FILES = -10  # in the queue: who waits for one centre's letters goes first


def request_for_many(
    *,
    main: Centre,
    series: Series,
    by: User,
    numbers: Collection[str],
    which: str,
    counted: str,
    at: dt.datetime | None = None,
) -> LetterBatch:
    """Ask for letters at these of the main centre's Associate Centres: a letter file for each.

    `counted` is what the officer was asked: raises AskAgain with the plan of now when that no longer
    holds, and CannotCreate when there is nobody to make a letter for.
    """
    with transaction.atomic():
        # None of them can be detached before this is done.
        links = SubcentreLink.objects.filter(main=main).order_by("pk")
        list(links.select_for_update(no_key=True))
        lock(attached(main, numbers))
        plan = plan_many(main=main, series=series, numbers=numbers, which=which, at=at)
        still_holds(plan, counted)
        if not plan.made:
            raise CannotCreate("None of these centres’ candidates can have credentials now.")
        batch = LetterBatch.objects.create(
            main=main,
            series=series,
            asked_by=by.username,
            which=which,
            left_out={
                one.centre.number: getattr(one.blocker, "for_main", one.blocker)
                for one in plan.left_out
            },
        )
        files = batch.files.bulk_create(
            new_letter_file(centre=one.centre, series=series, by=by, chosen=one.wanted, batch=batch)
            for one in plan.made
        )
        _record(batch, plan, {file.centre_id: file.audit_subject for file in files}, by)
        transaction.on_commit(partial(_start, [str(file.pk) for file in files]))
    return batch


def _record(batch: LetterBatch, plan: PlanOfMany, subjects: dict[int, str], by: User) -> None:
    """In each centre's trail as if it had been asked for alone, and in the main centre's."""
    counts = {"centres": len(plan.made), "new": plan.new, "replaced": plan.replaced}
    for_each = [
        (one.centre, subjects[one.centre.pk], {"new": one.new, "replaced": one.replaced})
        for one in plan.made
    ]
    AuditEvent.objects.bulk_create(
        audit.event(
            "credentials_requested",
            by=by,
            centre=centre,
            series=batch.series,
            subject=subject,
            new=new,
        )
        for centre, subject, new in [*for_each, (batch.main, f"Letter batch {batch.pk}", counts)]
    )


def _start(files: list[str]) -> None:
    """Hand them to the workers; what is lost on the way, a worker finds by itself."""
    later = jobs.do.using(priority=AFTER_SINGLE_FILES)
    with transaction.atomic():
        for file in files:
            later.enqueue(LetterFile._meta.label, file)
