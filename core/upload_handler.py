"""Upload handlers for the file of a plain form: one writes it straight into the encrypted store, in flat memory,
another holds it in memory alone.

No copy of it in clear lies on a disk at any time, as Django's own handlers would leave one. Whatever
becomes of the file, the rest of the form is read, so that nothing typed is lost. Of a file that did not
come whole, or for which the form has no use, nothing stays; if the process is killed meanwhile, the worker
removes what is left.
"""

import io
from collections.abc import Callable
from typing import Any, Self

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from core.encrypted_files import Writer
from core.errors import log_error
from core.models import EncryptedFile

MOST_HELD = 512 * 1024 * 1024  # bytes of a file that is held in memory


class EncryptedUpload(UploadedFile):
    """What the form gets: name and size, and where the file is kept."""

    def __init__(self, stored: EncryptedFile, name: str) -> None:
        super().__init__(io.BytesIO(), name, size=stored.size)
        self.stored = stored


class NoFile(FileUploadHandler):
    """Where no page asks for a file, none is taken."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called: every file is skipped."""

    def file_complete(self, file_size: int) -> None:
        """Nothing has come."""


class HeldUpload(UploadedFile):
    """What the form gets: name and size, and all that came."""

    def __init__(self, content: io.BytesIO, name: str) -> None:
        super().__init__(content, name, size=content.getbuffer().nbytes)
        self.content = content


class HoldingUploadHandler(FileUploadHandler):
    """Holds the first file of the field `file` in the memory of this process, and nowhere else; none where `cannot`
    says why not. No more than MOST_HELD comes: the route has that limit (`portal.limits`)."""

    chunk_size = 1024 * 1024

    def __init__(self, request: HttpRequest, *, cannot: str = "") -> None:
        super().__init__(request)
        self.cannot = cannot
        self.content = io.BytesIO()
        request.upload_handlers = [self]

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        if field_name != "file" or self.file_name or self.cannot:
            raise SkipFile
        super().new_file(field_name, *args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.content.write(raw_data)

    def file_complete(self, file_size: int) -> HeldUpload:
        return HeldUpload(self.content, self.file_name or "")


class EncryptedUploadHandler(FileUploadHandler):
    """Takes the first file of the field `file`, `with` it in hand, while Django reads the form.

    What it becomes says each room; `cannot` says why it could not be taken in.
    """

    chunk_size = 1024 * 1024
    no_room: str  # said when the disk is full, or away
    refusals: tuple[type[Exception], ...] = ()  # of `begin` and `look_at`, whose text says why

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.cannot = ""
        self.writer: Writer | None = None

    def begin(self) -> EncryptedFile:
        """What is written to; a row of the package points to it."""
        raise NotImplementedError

    def look_at(self, head: bytes) -> None:
        """The first bytes, before any of them is written."""

    def forget(self) -> None:
        """Destroy what was begun, unless it was made use of."""
        raise NotImplementedError

    def explain(self, form: forms.Form) -> None:
        """A form without the file says why it could not be taken in."""
        if self.cannot:
            form.fields["file"].error_messages["required"] = self.cannot

    def __enter__(self) -> Self:
        if self.request:
            self.request.upload_handlers = [self]
        return self

    def __exit__(self, *exception: Any) -> None:
        if self.writer:
            self.writer.close()
        self.forget()

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        if field_name != "file" or self.file_name:
            raise SkipFile
        super().new_file(field_name, *args, **kwargs)
        self._do(self._open)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if not start:
            self._do(self.look_at, raw_data)
        self._do(self.receive, raw_data)

    def file_complete(self, file_size: int) -> EncryptedUpload | None:
        if not self.writer:
            return None
        try:
            self._do(self.end)
        except SkipFile:
            return None
        return EncryptedUpload(self.writer.stored, self.file_name or "")

    def receive(self, data: bytes) -> None:
        """What comes next."""
        if self.writer:
            self.writer.write(data)

    def end(self) -> None:
        """All has come."""
        if self.writer:
            self.writer.finish()

    def _open(self) -> None:
        self.writer = Writer(self.begin())

    def _do(self, act: Callable[..., Any], *arguments: Any) -> None:
        """Raises SkipFile, and the rest of the form is read, when it cannot be done."""
        try:
            act(*arguments)
        except OSError as error:
            log_error(error, "a file that comes in")
            self.cannot = self.no_room
        except self.refusals as error:
            self.cannot = str(error)
        if self.cannot:
            raise SkipFile
