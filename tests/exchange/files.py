"""Files of the exchanges, as tests put them there. What is in them is made up."""

import io
import random
import zipfile

from accounts.models import User
from core import jobs
from exchange import uploads
from exchange.access import exchange_for_upload
from exchange.models import Inspection, Upload, Version
from exchange.version_state import standing
from exchange.versions import share_file

PDF = b"%PDF-1.7\nmade up\n%%EOF\n"
CSV = b"centre,candidate\nASC01,0001\n"


def some(size: int) -> bytes:
    """Bytes that no packing makes smaller, in what passes for a PDF."""
    return (PDF + random.Random(size).randbytes(size))[:size]


def zipped(members: dict[str, bytes], **how) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def put_file(
    by: User,
    centre: str = "ASC01",
    other: str = "MAIN1",
    *,
    name: str = "entries.csv",
    data: bytes = CSV,
    looked_at: bool = True,
    **about,
) -> Version:
    """A file that this person has uploaded, and that has been checked."""
    exchange = exchange_for_upload(by, centre, other)
    version = share_file(exchange=exchange, by=by, name=name, chunks=[data], **about)
    if looked_at:
        look_at(version)
    there = standing(Version.objects.select_related("file__centre", "file__main"))
    return there.get(pk=version.pk)


def begin_upload(
    by: User, centre: str = "ASC01", other: str = "MAIN1", *, length: int = 100
) -> Upload:
    exchange = exchange_for_upload(by, centre, other)
    return uploads.begin(exchange=exchange, by=by, name="made-up.pdf", length=length)


def look_at(version: Version) -> Inspection:
    """What the worker does."""
    inspection = Inspection.objects.get(version=version)
    jobs.run("exchange.Inspection", str(inspection.pk))
    inspection.refresh_from_db()
    return inspection
