"""Letters made for real: a storage in a folder of the test's own, and the whole way to a login."""

import html
import io
import re

import pypdf
import pytest

from centres.models import Candidate
from core import jobs
from core.pdf.shaping import direction
from credentials.letters import storage
from credentials.letters.issuing import request_letters
from credentials.letters.letter import Letter, Printing
from credentials.letters.pdf import letter_html, make_pdf
from storage.folder import Folder
from storage.s3 import S3
from storage.store import KINDS
from tests.builders import BEFORE


class Storage:
    """Beside a real store of letters. What a test puts into `before_save` is done when letters are about to be
    written, `after_save` when they are stored, `before_look` when it is looked whether they are,
    `before_delete` when they are thrown away, `before_move` when they go to quarantine: the officer
    changes something, the disk fails, the worker is killed."""

    before_save: list = []
    after_save: list = []
    before_look: list = []
    before_delete: list = []
    before_move: list = []

    def __init__(self, url, area):
        super().__init__(url, area)
        self.area = area

    def _do(self, acts):
        if acts and self.area == "letters":
            acts.pop(0)()

    def create(self, name, content):
        self._do(self.before_save)
        created = super().create(name, content)
        self._do(self.after_save)
        return created

    def exists(self, name):
        self._do(self.before_look)
        return super().exists(name)

    def delete(self, name):
        self._do(self.before_delete)
        super().delete(name)

    def move(self, name, to):
        self._do(self.before_move)
        super().move(name, to)


class StorageInFolder(Storage, Folder):
    pass


class StorageInS3(Storage, S3):
    pass


@pytest.fixture
def letters_kept(request, monkeypatch):
    """Letters are kept in this test's own storage, and tests can do something beside."""
    request.getfixturevalue("storages" if "storages" in request.fixturenames else "storage_folder")
    for scheme, kind in (("", StorageInFolder), ("s3", StorageInS3)):
        monkeypatch.setitem(KINDS, scheme, f"{kind.__module__}.{kind.__qualname__}")
    Storage.before_save, Storage.after_save = [], []
    Storage.before_look, Storage.before_delete, Storage.before_move = [], [], []


@pytest.fixture
def letters_folder(storage_folder, letters_kept):
    """The folder where they lie."""
    return storage_folder / "letters"


@pytest.fixture
def ask(world, letters_kept, django_capture_on_commit_callbacks):
    """ask(centre, candidates): what *Create credentials* does; all of the centre when none named."""

    def ask(centre=None, candidates=None):
        centre = centre or world.main
        chosen = Candidate.objects.filter(centre=centre)
        if candidates is not None:
            chosen = chosen.filter(pk__in=[candidate.pk for candidate in candidates])
        with django_capture_on_commit_callbacks(execute=True):
            return request_letters(
                centre=centre, series=world.series, by=world.officer, candidates=chosen, at=BEFORE
            )

    return ask


@pytest.fixture
def issue(ask):
    """The same, and the letters are made: the letter file as it is afterwards."""

    def issue(centre=None, candidates=None):
        return make(ask(centre, candidates))

    return issue


def make(letter_file):
    jobs.run("credentials.LetterFile", str(letter_file.pk))
    letter_file.refresh_from_db()
    return letter_file


def text(response) -> str:
    return response.content.decode()


def pages_of(letter_file) -> list[str]:
    return texts(make_pdf(storage.letters_in(letter_file)))


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def login_on(page: str) -> tuple[str, str]:
    """The username and password printed on a letter."""
    groups = r"((?:[0-9A-Z]{4}-){%d}[0-9A-Z]{4})\s"
    return re.search(groups % 1, page)[1], re.search(groups % 3, page)[1]


def logins_in(letter_file) -> list[tuple[str, str]]:
    return [login_on(page) for page in pages_of(letter_file)]


def begun_by(page) -> str:
    """The download that a page begins by itself, as a browser would."""
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)
    return html.unescape(found[1]) if found else ""


def an_hour_passes(client) -> None:
    """Since the one who is signed in there last gave the password."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()


def page_html(letter: Letter, printing: Printing, *, fit: str) -> str:
    """The whole page for WeasyPrint, nothing of it stamped."""
    name = letter.candidate_name
    return letter_html(letter, printing, fit, [name], direction(name), "")
