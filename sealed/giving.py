"""Giving a results file to a sealed series: what is kept is the ciphertext, and of its content what tells no grade.

The plaintext is in the memory of this one process, which ends with the file (rule 28).
"""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from centres import audit
from core import encrypted_files
from core.encrypted_files import Writer
from loading.engine.cells import legible
from sealed import container, opening, signatures
from sealed.models import LONGEST_NAME, Opening, Seal, SealedFile
from sealed.refused import Refused


def keep(
    seal: Seal,
    content: memoryview,
    counts: dict[str, Any],
    *,
    length: int,
    name: str,
    by: User | str,
    reason: str = "",
    replaces: bool = False,
) -> SealedFile:
    """Seal it: to load after what was given before, or, where it `replaces`, in its place. `length`: what it is padded
    to. Raises Refused; may raise OSError."""
    seal = Seal.objects.select_related("series").get(pk=seal.pk)
    signatures.check(seal)
    _may_give(seal)
    manifest = {"id": str(uuid.uuid4()), "series": seal.series.slug, "length": length, **counts}
    stored = encrypted_files.begin()
    file = SealedFile(
        seal=seal,
        file=stored,
        manifest=manifest,
        name=legible(name, LONGEST_NAME - 1),
        reason=reason,
    )
    try:
        with Writer(stored) as writer:
            container.write(
                writer.write,
                content,
                public=bytes(seal.public_key),
                about=opening.about(file),
                length=length,
            )
            writer.finish()
        with transaction.atomic():
            seal = Seal.objects.select_for_update(no_key=True).get(pk=seal.pk)
            _may_give(seal)
            file.given_by = by if isinstance(by, str) else by.username
            file.number = (seal.files.aggregate(last=Max("number"))["last"] or 0) + 1
            file.save()
            signatures.sign(file)
            if replaces:
                for former in seal.files.to_open().exclude(pk=file.pk).select_related("file"):
                    _replace(former, file)
            new = {"file": file.number, "rows": counts.get("rows", 0), "replaces": replaces}
            audit.record("sealed_file_given", by=by, series=seal.series, subject=str(file), new=new)
    except BaseException:
        encrypted_files.drop(stored)
        raise
    return file


def _may_give(seal: Seal) -> None:
    """Not once the opening has begun to read its files. Raises Refused."""
    if seal.opened_at:
        raise Refused(f"{seal.series} was opened meanwhile. Load the file as any other.")
    if Opening.objects.under_way().filter(seal=seal).exists():
        raise Refused(
            f"{seal.series} is being opened. Wait until that has ended; then load the file as any other."
        )
    if not seal.shares.exists():
        raise Refused(
            f"Nobody could open it: {seal.series} has no keyholders any more. Appoint them first."
        )


def _replace(former: SealedFile, by: SealedFile) -> None:
    signatures.check(former)
    former.replaced_at = by.given_at
    former.save(update_fields=["replaced_at"])
    signatures.sign(former)
