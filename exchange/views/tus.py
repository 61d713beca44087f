"""tus 1.0.0, the open protocol for uploads that go on after a broken connection: core, creation,
expiration and termination.

A POST makes an upload (`Upload-Length`, `Upload-Metadata`), HEAD asks how far it is, PATCH sends on from
there, DELETE ends it. Its address names it by a UUID and answers its uploader alone. The token against
forged requests comes in a header, as the page's script sends it. When all of it has come, the answer
names the file's page in `Content-Location`.
"""

import base64
import binascii
import re
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods

from accounts.requests import StaffRequest
from core.encrypted_files import Busy, CannotReach
from core.encryption import CannotOpen
from core.errors import log_error
from exchange import uploads
from exchange.access import Exchange, exchange_for_upload
from exchange.forms import AboutForm
from exchange.models import Upload
from exchange.quota import FULL_DISK, CannotUpload, TooLarge
from exchange.refusals import NotAllowed
from exchange.uploads import WrongOffset
from exchange.views.upload import said_of
from storage.store import is_of_storage

VERSION = "1.0.0"
NUMBER = re.compile(r"[0-9]{1,18}")
OVERRIDE = "X-HTTP-Method-Override"
BODY = "application/offset+octet-stream"
CANNOT_BE_READ = "This upload cannot be read. Start again."

View = Callable[..., HttpResponse]


def speaks_tus(view: View) -> View:
    """Every answer says so; who speaks another version is told which one we speak."""

    @wraps(view)
    def speaking(request: StaffRequest, *args, **kwargs) -> HttpResponse:
        asked = request.headers.get("Tus-Resumable")
        if request.method == "OPTIONS":
            answer = _can()
        elif asked != VERSION:
            answer = _said(
                412, "This server speaks version 1.0.0 of tus.", {"Tus-Version": VERSION}
            )
        else:
            answer = view(request, *args, **kwargs)
        answer.headers.setdefault("Tus-Resumable", VERSION)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return speaking


@require_http_methods(["POST", "OPTIONS"])
@speaks_tus
def create(request: StaffRequest, centre: str, other: str) -> HttpResponse:
    exchange = exchange_for_upload(request.user, centre, other)
    length = request.headers.get("Upload-Length", "")
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    if not NUMBER.fullmatch(length) or metadata is None:
        return _said(400, CANNOT_BE_READ)
    form = AboutForm(metadata)
    if not form.is_valid():
        errors = [error for errors in form.errors.values() for error in errors]
        return _said(400, " ".join(map(str, errors)))
    try:
        upload = uploads.begin(
            exchange=exchange,
            by=request.user,
            length=int(length),
            **form.about(),
        )
    except CannotUpload as error:
        return _said(413 if isinstance(error, TooLarge) else 400, str(error))
    address = reverse("exchange:tus_upload", args=[*exchange.address, upload.pk])
    return HttpResponse(status=201, headers={"Location": address, **_expires(upload)})


@require_http_methods(["HEAD", "PATCH", "DELETE", "POST", "OPTIONS"])
@speaks_tus
def upload(request: StaffRequest, centre: str, other: str, upload: UUID) -> HttpResponse:
    exchange = exchange_for_upload(request.user, centre, other)
    found = uploads.upload_of(exchange, upload)
    method = request.method or ""
    if method == "POST":  # for who cannot send the others
        method = request.headers.get(OVERRIDE, "")
    if method == "HEAD":
        return _standing(200, exchange, found)
    if method == "DELETE":
        uploads.cancel(found)
        return HttpResponse(status=204)
    if method == "PATCH":
        return _receive(request, exchange, found)
    return _said(405, "An upload is sent on with PATCH.")


def _receive(request: StaffRequest, exchange: Exchange, upload: Upload) -> HttpResponse:
    offset = request.headers.get("Upload-Offset", "")
    if request.content_type != BODY:
        return _said(415, f"The body must be {BODY}.")
    if not NUMBER.fullmatch(offset):
        return _said(400, CANNOT_BE_READ)
    if upload.version:
        return _said(409, "This upload is complete.")
    try:
        uploads.receive(upload, request.read, offset=int(offset))
        if uploads.is_complete(upload):
            messages.success(request, said_of(uploads.finish(upload), upload.name))
    except WrongOffset:
        return _said(409, "This upload stands elsewhere.")
    except Busy:
        return _said(423, "Another request still writes to this upload.", {"Retry-After": "1"})
    except CannotReach:  # what came is there, and the worker finishes it, too
        return _said(507, FULL_DISK)
    except CannotOpen as error:  # cancelled meanwhile
        return _said(410, str(error))
    except CannotUpload as error:
        return _said(413, str(error))
    except NotAllowed as error:
        return _said(422, str(error))
    except OSError as error:
        if is_of_storage(error):
            log_error(error, f"upload {upload.pk}")
            return _said(507, FULL_DISK)
        return _said(400, "The connection broke. What came is kept.")
    return _standing(204, exchange, upload)


def _standing(status: int, exchange: Exchange, upload: Upload) -> HttpResponse:
    """How far it is; when all of it is there, where the file is to be found."""
    headers = {
        "Upload-Offset": str(upload.stored.size),
        "Upload-Length": str(upload.length),
        **_expires(upload),
    }
    if upload.version:
        address = [*exchange.address, upload.version.file_id]
        headers["Content-Location"] = reverse("exchange:file", args=address)
    return HttpResponse(status=status, headers=headers)


def _can() -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,expiration,termination",
            "Tus-Max-Size": str(settings.EXCHANGE_FILE_LIMIT),
        },
    )


def _expires(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date(upload.expires_at.timestamp())}


def _metadata(text: str) -> dict[str, str] | None:
    """Words and what they say, in base 64; None when it cannot be read."""
    found = {}
    for pair in filter(None, (one.strip() for one in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
    return found


def _said(status: int, sentence: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(
        sentence, status=status, content_type="text/plain; charset=utf-8", headers=headers or {}
    )
