"""A file that the board gives comes `centres.straight_in`, to be loaded."""

from django.http import HttpRequest

from centres.loading.values import legible
from centres.models.accounts import User
from centres.models.kept import KeptFile
from centres.straight_in import StraightIn
from portal.desk import loads
from portal.desk.loaded_file import LoadedFile

LONGEST_NAME = 100
NO_ROOM = (
    "The storage is full, or cannot be reached. Nothing of the file was kept. Tell whoever runs it."
)


class LoadStraightIn(StraightIn):
    no_room = NO_ROOM

    def __init__(self, request: HttpRequest, *, by: User) -> None:
        super().__init__(request)
        self.by = by
        self.load: LoadedFile | None = None

    def begin(self) -> KeptFile:
        name = legible(self.file_name or "")[:LONGEST_NAME]
        self.load = loads.begin(name=name, by=self.by)
        return self.load.file

    def came(self) -> LoadedFile:
        """The file, whole."""
        load, self.load = self.load, None
        if load is None:
            raise ValueError("no file came")
        return load

    def forget(self) -> None:
        if self.load:
            loads.forget(self.load)
