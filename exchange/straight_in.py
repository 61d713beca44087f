"""How the file of a plain form comes in: straight into the encrypted store, never in clear on a disk.

Django calls it while it reads the form. What the form then has no use for is destroyed.
"""

import io
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from centres.kept_files import Writer
from centres.on_disk import DISK_FULL
from exchange import contents, uploads
from exchange.access import Exchange
from exchange.archives import NotAllowed
from exchange.models import Upload
from exchange.space import FULL_DISK, CannotPut


class StraightIn(FileUploadHandler):
    """One file; `cannot` says why it could not be taken in."""

    chunk_size = 1024 * 1024

    def __init__(self, request: HttpRequest, *, exchange: Exchange) -> None:
        super().__init__(request)
        self.exchange = exchange
        self.cannot = ""
        self.upload: Upload | None = None
        self.writer: Writer | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.upload:
            raise self._stop("One file at a time, please.")
        try:
            self.upload = uploads.begin(
                exchange=self.exchange,
                by=self.exchange.user,
                name=self.file_name or "",
                length=int(self.request.META.get("CONTENT_LENGTH") or 0) if self.request else 0,
            )
        except CannotPut as error:
            raise self._stop(str(error)) from None
        self.writer = Writer(self.upload.kept)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if not self.writer:
            return
        try:
            if not start:
                contents.recognise_head(raw_data)
            self.writer.write(raw_data)
        except NotAllowed as error:
            raise self._stop(str(error)) from None
        except OSError as error:
            if error.errno not in DISK_FULL:
                raise
            raise self._stop(FULL_DISK) from None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if not self.writer or self.cannot:
            return None
        try:
            self.writer.save()
        except OSError as error:
            if error.errno not in DISK_FULL:
                raise
            self.cannot = FULL_DISK
            return None
        return UploadedFile(io.BytesIO(), self.file_name, size=file_size)

    def came(self, **about: Any) -> Upload:
        """The file, whole, and what the form says about it."""
        self._close()
        upload, self.upload = self.upload, None
        if upload is None:
            raise ValueError("no file came")
        upload.length = upload.kept.size
        for name, value in about.items():
            setattr(upload, name, value)
        upload.save(update_fields=["length", *about])
        return upload

    def leave_nothing(self) -> None:
        """What was not asked for by `came` is destroyed."""
        self._close()
        if self.upload:
            uploads.cancel(self.upload)
            self.upload = None

    def _close(self) -> None:
        if self.writer:
            self.writer.close()
            self.writer = None

    def _stop(self, why: str) -> StopUpload:
        self.cannot = why
        return StopUpload(connection_reset=False)  # the rest is read, so that the answer is
