"""Giving a results file to a sealed series: what is kept is the ciphertext, and of its content what tells no grade.

The plaintext is in the memory of this one process, which ends with the file (rule 28).
"""

import hashlib
import json
import uuid
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from centres import audit
from core import encrypted_files
from core.encrypted_files import Writer
from sealed import container, opening
from sealed.keyholders import Refused
from sealed.models import Seal, SealedFile


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
    manifest = {"id": str(uuid.uuid4()), "series": seal.series.slug, "length": length, **counts}
    stored = encrypted_files.begin()
    file = SealedFile(seal=seal, file=stored, manifest=manifest, name=name, reason=reason)
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
            seal = Seal.objects.select_for_update().get(pk=seal.pk)
            if seal.opened_at:
                raise Refused(f"{seal.series} was opened meanwhile. Load the file as any other.")
            file.given_by = by if isinstance(by, str) else by.username
            file.number = (seal.files.aggregate(last=Max("number"))["last"] or 0) + 1
            file.signature = sign(file)
            file.save()
            if replaces:
                seal.files.to_open().exclude(pk=file.pk).update(replaced_at=file.given_at)
            new = {"file": file.number, "rows": counts.get("rows", 0), "replaces": replaces}
            audit.record("sealed_file_given", by=by, series=seal.series, subject=str(file), new=new)
    except BaseException:
        encrypted_files.drop(stored)
        raise
    return file


def sign(file: SealedFile) -> str:
    """Of the manifest, and of what it belongs to: seal, order and ciphertext."""
    return Signer(salt="sealed file").signature(_told(file))


def is_as_signed(file: SealedFile) -> bool:
    try:
        Signer(salt="sealed file").unsign(f"{_told(file)}:{file.signature}")
    except BadSignature:
        return False
    return True


def _told(file: SealedFile) -> str:
    told = [file.seal_id, file.number, str(file.file_id), file.file.sha256, file.manifest]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
