"""The upload handler of files to load: `core.upload_handler`, for the board.

While a series is sealed, a results file is held in memory until it is seen to have no row of it, and the process that
has held it ends (rule 28).
"""

import io

from django.http import HttpRequest

from accounts.models import User
from core.http import ENDS_WORKER
from core.models import EncryptedFile
from core.upload_handler import MOST_HELD, EncryptedUploadHandler
from loading import sealed_rows, workflow
from loading.engine.cells import legible
from loading.models import LoadedFile
from loading.sealed_rows import Sealed

LONGEST_NAME = 100
NO_ROOM = (
    "The storage is full, or cannot be reached. Nothing of the file was kept. Tell the "
    "people who run the service."
)
TOO_LARGE = "While results are sealed, a results file is taken here up to 512 MiB. Split it."


class LoadUploadHandler(EncryptedUploadHandler):
    no_room = NO_ROOM
    refusals = (Sealed,)

    def __init__(self, request: HttpRequest, *, by: User) -> None:
        super().__init__(request)
        self.by = by
        self.load: LoadedFile | None = None
        self.held: io.BytesIO | None = None

    def begin(self) -> EncryptedFile:
        name = legible(self.file_name or "")[:LONGEST_NAME]
        self.load = workflow.begin(name=name, by=self.by)
        return self.load.file

    def look_at(self, head: bytes) -> None:
        if sealed_rows.sealed_series() and sealed_rows.holds_results(head):
            self.held = io.BytesIO()
            if self.request:
                self.request.META[ENDS_WORKER] = True

    def receive(self, data: bytes) -> None:
        if self.held is None:
            super().receive(data)
            return
        if self.held.tell() + len(data) > MOST_HELD:
            raise Sealed(TOO_LARGE)
        self.held.write(data)

    def end(self) -> None:
        if self.held is not None:
            sealed_rows.refuse_sealed(self.held)
            while piece := self.held.read(self.chunk_size):
                super().receive(piece)
        super().end()

    def finish(self) -> LoadedFile:
        """The file, whole."""
        load, self.load = self.load, None
        if load is None:
            raise ValueError("no file came")
        return load

    def forget(self) -> None:
        if self.load:
            workflow.forget(self.load)
