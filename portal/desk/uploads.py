"""A file of the board goes from the network straight into the encrypted store, in flat memory.

No copy of it in clear lies on the disk at any time, as Django's own handlers would leave one. A file that
does not arrive whole is forgotten: here, or, if the process was killed, by the worker after a day.
"""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, UploadFileException
from django.http import HttpRequest

from centres.kept_files import Writer
from centres.loading.values import legible
from centres.models import User
from portal.desk import loading
from portal.desk.models import LoadedFile

LONGEST_NAME = 100


class NoRoom(UploadFileException):
    """The storage is full, or cannot be reached."""


class ArrivedFile(UploadedFile):
    """What a form gets: the name and size, and the row of what has arrived."""

    def __init__(self, load: LoadedFile) -> None:
        super().__init__(name=load.name, size=load.file.size)
        self.load = load


class KeepingHandler(FileUploadHandler):
    """Takes the first file in the field `field`, given by this person."""

    chunk_size = 1024 * 1024

    def __init__(self, request: HttpRequest, *, by: User, field: str) -> None:
        super().__init__(request)
        self.by, self.field = by, field
        self.load: LoadedFile | None = None
        self.writer: Writer | None = None
        self.arrived = False

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, file_name, *args, **kwargs)
        if field_name != self.field or self.load:
            raise SkipFile
        self.load = loading.begin(name=legible(file_name)[:LONGEST_NAME], by=self.by)
        self._guarded(self._open, self.load)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.writer:
            self._guarded(self.writer.write, raw_data)

    def file_complete(self, file_size: int) -> ArrivedFile | None:
        if self.writer is None or self.load is None or self.arrived:
            return None
        self._guarded(self.writer.finish)
        self._close()
        self.arrived = True
        return ArrivedFile(self.load)

    def upload_interrupted(self) -> None:
        self.give_up()

    def give_up(self) -> None:
        """Nothing of it stays."""
        self._close()
        if self.load and self.load.pk:
            loading.forget(self.load)
        self.load = None

    def _open(self, load: LoadedFile) -> None:
        self.writer = Writer(load.file)

    def _close(self) -> None:
        if self.writer:
            self.writer.close()
        self.writer = None

    def _guarded(self, act: Any, *arguments: Any) -> None:
        try:
            act(*arguments)
        except OSError:
            self.give_up()
            raise NoRoom from None
