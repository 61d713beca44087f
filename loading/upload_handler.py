"""The upload handler of files to load: `core.upload_handler`, for the board."""

from django.http import HttpRequest

from accounts.models import User
from core.models import EncryptedFile
from core.upload_handler import EncryptedUploadHandler
from loading import workflow
from loading.engine.cells import legible
from loading.models import LoadedFile

LONGEST_NAME = 100
NO_ROOM = (
    "The storage is full, or cannot be reached. Nothing of the file was kept. Tell the "
    "people who run the service."
)


class LoadUploadHandler(EncryptedUploadHandler):
    no_room = NO_ROOM

    def __init__(self, request: HttpRequest, *, by: User) -> None:
        super().__init__(request)
        self.by = by
        self.load: LoadedFile | None = None

    def begin(self) -> EncryptedFile:
        name = legible(self.file_name or "")[:LONGEST_NAME]
        self.load = workflow.begin(name=name, by=self.by)
        return self.load.file

    def finish(self) -> LoadedFile:
        """The file, whole."""
        load, self.load = self.load, None
        if load is None:
            raise ValueError("no file came")
        return load

    def forget(self) -> None:
        if self.load:
            workflow.forget(self.load)
