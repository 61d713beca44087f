"""A site of its own in a process of its own, for tests that back one up: `python -m tests.operations.a_site ACT …`.

`make`: letters, and a file that the board has given; `again`: new letters in the place of the old, and another
file; `state`: one line of JSON, what there is; anything else is a command of manage.py.
"""

import json
import sys

import django

django.setup()

from django.core.management import CommandError, call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from centres.models import Candidate, Series  # noqa: E402
from core import encrypted_files, jobs, restored  # noqa: E402
from core.models import EncryptedFile  # noqa: E402
from credentials.letters.issuing import request_letters  # noqa: E402
from credentials.models import Credentials  # noqa: E402
from tests.builders import World, make_load  # noqa: E402


def make() -> None:
    World().open_all()
    again()


def again() -> None:
    series = Series.objects.first()
    candidates = Candidate.objects.filter(series=series)
    centre = candidates.order_by("pk").first().centre
    officer = centre.memberships.first().user
    file = request_letters(centre=centre, series=series, by=officer, candidates=candidates)
    jobs.run("credentials.LetterFile", str(file.pk))
    make_load(officer, str(timezone.now()).encode())


def state() -> None:
    found = {
        "stopped": restored.is_stopped(),
        "logins": sorted(one.digest.hex() for one in Credentials.objects.live()),
        "files": sorted(
            b"".join(encrypted_files.stream(one)).decode() for one in EncryptedFile.objects.all()
        ),
    }
    print(json.dumps(found))


OWN = {"make": make, "again": again, "state": state}

if __name__ == "__main__":
    for act in sys.argv[1:]:
        try:
            OWN.get(act, lambda act=act: call_command(*act.split()))()
        except CommandError as error:
            print(f"CommandError: {error}")
