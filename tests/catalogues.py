"""What is to be translated, and where its translations are.

`python -m tests.catalogues` brings the catalogues up to date with the texts that the code and the
templates mark: what is new is added, empty, what has gone is dropped, and all are compiled. It does
what makemessages and compilemessages do, without GNU gettext, which not every machine has.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize
from jinja2 import Environment

ROOT = Path(__file__).parent.parent
ROOMS = [room.parent.name for room in sorted(ROOT.glob("*/locale"))]
MARKS = {"gettext", "gettext_lazy", "_"}
MARKED = re.compile(r"(?<!\w)gettext\((u(?:'(?:\\.|[^'])*'|\"(?:\\.|[^\"])*\"))\)")
JINJAS = {"candidate_site"}  # whose pages are Jinja's
DJANGOS = "Django writes"  # the comment of an entry that mends a text of Django's own


def languages() -> list[str]:
    """Those that texts are translated into."""
    return [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def catalogue(room: str, language: str) -> Path:
    """The catalogue of this room's texts in this language; beside it stands the compiled one."""
    return ROOT / room / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"


def texts(room: str) -> list[str]:
    """All texts that this room marks, in order."""
    found = [text for path in sorted((ROOT / room).rglob("*.py")) for text in _in_code(path)]
    for path in sorted((ROOT / "templates" / room).rglob("*.html")):
        found += _in_jinja(path) if room in JINJAS else _in_template(path)
    return list(dict.fromkeys(found))


def _in_template(path: Path) -> list[str]:
    return [ast.literal_eval(text) for text in MARKED.findall(templatize(path.read_text()))]


def _in_jinja(path: Path) -> list[str]:
    made = Environment(extensions=["jinja2.ext.i18n"]).extract_translations(path.read_text())
    return [text[0] if isinstance(text, tuple) else text for _, _, text in made]


def _in_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            assert isinstance(node.args[0], ast.Constant), f"{path}: line {node.lineno}"
            yield node.args[0].value


def bring_up_to_date(room: str, language: str) -> list[str]:
    """Write both catalogues; return what is still to be translated."""
    path = catalogue(room, language)
    old = polib.pofile(str(path))
    known = {entry.msgid: entry for entry in old}
    new = polib.POFile(wrapwidth=98)
    new.header, new.metadata = old.header, old.metadata
    for text in texts(room):
        flags = ["python-format"] if "%(" in text else []
        new.append(known.get(text) or polib.POEntry(msgid=text, flags=flags))
    new.extend(entry for entry in old if entry.comment.startswith(DJANGOS))
    new.save(str(path))
    new.save_as_mofile(str(path.with_suffix(".mo")))
    return [entry.msgid for entry in new.untranslated_entries()]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    missing = 0
    for room in ROOMS:
        for language in languages():
            for text in bring_up_to_date(room, language):
                print(f"{catalogue(room, language).relative_to(ROOT)}: {text}")
                missing += 1
    sys.exit(f"{missing} texts are to be translated." if missing else 0)
