"""The upload handler of the plain form: `core.upload_handler`, with the file as an upload of one part."""

from typing import Any

from django.http import HttpRequest

from core.models import EncryptedFile
from core.upload_handler import EncryptedUploadHandler
from exchange import file_types, uploads
from exchange.access import Exchange
from exchange.models import Upload
from exchange.quota import NO_ROOM, CannotUpload
from exchange.refusals import NotAllowed


class UploadHandler(EncryptedUploadHandler):
    no_room = NO_ROOM
    refusals = (CannotUpload, NotAllowed)

    def __init__(self, request: HttpRequest, *, exchange: Exchange) -> None:
        super().__init__(request)
        self.exchange = exchange
        self.upload: Upload | None = None

    def begin(self) -> EncryptedFile:
        self.upload = uploads.begin(
            exchange=self.exchange,
            by=self.exchange.user,
            name=self.file_name or "",
            length=int(self.request.META.get("CONTENT_LENGTH") or 0) if self.request else 0,
        )
        return self.upload.stored

    def look_at(self, head: bytes) -> None:
        file_types.recognise_head(head, name=self.file_name or "")

    def finish(self, **about: Any) -> Upload:
        """The file, whole, and what the form says about it."""
        upload, self.upload = self.upload, None
        if upload is None:
            raise ValueError("no file came")
        upload.length = upload.stored.size
        for name, value in about.items():
            setattr(upload, name, value)
        upload.save(update_fields=["length", *about])
        return upload

    def forget(self) -> None:
        if self.upload:
            uploads.cancel(self.upload)
