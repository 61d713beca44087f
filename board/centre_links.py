"""The main centre of one centre, changed by the board: attached, moved or detached (rules 9 and 13).

It is loaded as a file of centres with one line would be, so that it is looked at first, counts the logins that end
and the letters that become outdated, and is applied by a second person (rule 26, `loading.gates`).
"""

from accounts.models import User
from centres.models import Centre
from core import csv_files, encrypted_files
from loading import workflow
from loading.kinds.centres import CentresFile
from loading.models import LoadedFile


def propose(centre: Centre, *, main: str, by: User) -> LoadedFile:
    """The file to look at; `main` is a centre number, or empty for none."""
    load = workflow.begin(name=f"main-centre-of-{centre.number}.csv", by=by)
    with encrypted_files.Writer(load.file) as writer:
        writer.write(_file(centre, main))
        writer.finish()
    workflow.give(load, kind=CentresFile.name, reason="", by=by)
    return load


def _file(centre: Centre, main: str) -> bytes:
    line = (centre.number, centre.name, centre.country, centre.time_zone, main)
    return csv_files.as_it_is([CentresFile.columns, line])
