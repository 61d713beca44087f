"""Ask for letters at many Associate Centres in one go (rules 12, 13 and 15).

Only a main centre does so, and only for centres that are attached to it at this moment. Each centre
gets a letter file of its own, which is made like any other (`credentials.making`); the batch only
holds them together. A centre that can have none now is left out, and the batch says why.
"""

import datetime as dt
from collections.abc import Collection
from functools import partial

from django.db import transaction

from centres import audit, work
from centres.models import AuditEvent, Centre, Series, SubcentreLink, User
from credentials.batches.plan import CentrePlan, PlanOfMany, plan_many
from credentials.issuing import new_letter_file
from credentials.models import LetterBatch, LetterFile
from credentials.obstacles import UNDER_WAY, CannotCreate

AFTER_SINGLE_FILES = -10  # in the queue: who waits for one centre's letters goes first


class CountsChanged(Exception):
    """What would be made is no longer what the officer was asked; nothing was written."""

    def __init__(self, plan: PlanOfMany) -> None:
        super().__init__(plan)
        self.plan = plan


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

    `counted` is what the officer was asked: raises CountsChanged when that is no longer so, and
    CannotCreate when there is nobody to make a letter for.
    """
    with transaction.atomic():
        # None of them can be detached before this is done.
        list(SubcentreLink.objects.filter(main=main).order_by("pk").select_for_update())
        plan = plan_many(main=main, series=series, numbers=numbers, which=which, at=at)
        if plan.counted != counted:
            raise CountsChanged(plan)
        if not plan.made:
            raise CannotCreate("None of these centres’ candidates can have credentials now.")
        batch = LetterBatch.objects.create(
            main=main, series=series, asked_by=by.username, which=which
        )
        files = _write_files(batch, plan, by)
        if not files:
            raise CannotCreate(UNDER_WAY)
        left_out = {one.centre.number: one.obstacle for one in plan.left_out}
        late = [one.centre.number for one in plan.made if one.centre.pk not in files]
        batch.left_out = left_out | dict.fromkeys(late, UNDER_WAY)
        batch.save(update_fields=["left_out"])
        _record(batch, [one for one in plan.made if one.centre.pk in files], files, by)
        transaction.on_commit(partial(_start, list(files.values())))
    return batch


def _write_files(batch: LetterBatch, plan: PlanOfMany, by: User) -> dict[int, str]:
    """Centre's primary key -> its file. A centre for which another was asked for at the very same
    moment has none: the database keeps one under way for each (`letter_file_one_under_way`)."""
    batch.files.bulk_create(
        [
            new_letter_file(
                centre=one.centre, series=batch.series, by=by, chosen=one.chosen, batch=batch
            )
            for one in plan.made
        ],
        ignore_conflicts=True,
    )
    return {centre: str(pk) for centre, pk in batch.files.values_list("centre_id", "pk")}


def _record(batch: LetterBatch, made: list[CentrePlan], files: dict[int, str], by: User) -> None:
    """In each centre's trail as if it had been asked for alone, and in the main centre's."""
    counts = {
        "centres": len(made),
        "new": sum(one.new for one in made),
        "replaced": sum(one.replaced for one in made),
    }
    for_each = [
        (
            one.centre,
            f"Letter file {files[one.centre.pk]}",
            {"new": one.new, "replaced": one.replaced},
        )
        for one in made
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
    later = work.do.using(priority=AFTER_SINGLE_FILES)
    with transaction.atomic():
        for file in files:
            later.enqueue(LetterFile._meta.label, file)
