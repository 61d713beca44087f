"""What people read says it the plain way: phrases that were retired stand on no page, and in no message.

Looked at are the templates, what scripts say, the strings of our packages (not their docstrings) and what the
catalogues translate. A phrase that somebody stumbles over belongs into the list, beside what says it better.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.layout import Module, docstrings, modules
from tests.tracked import text_of, tracked

RETIRED = {  # patterns, without regard to capitals unless they say so -> what says it better
    r"what waits for you": "To do",
    r"make anew": "Actions",
    r"for those whom you tick|when you tick nobody": "Ticked candidates, or all 24 if none is ticked",
    r"whoever can have a letter": "Everyone has a letter. A new one replaces the login",
    r"the very letter": "the letter for 0001",
    r"\blogins? dies?\b": "The old login stops working",
    r"destroyed,? for good": "Permanently deleted after this date",
    r"\btake away\b": "Download",
    r"put a file here|put into file exchange": "Upload a file",
    r"\bcan be taken\b": "Available",
    r"being looked at": "Being checked",
    r"\btake (?:it |them |this )?back\b|\btaken back\b": "Withdraw",
    r"what is new to you": "New files first",
    r"data of minors": "Direct holds children’s personal data",
    r"(?-i:Your second factor)": "Enter your security code",
    r"put it in my calendar": "Add to calendar",
    r"(?-i:Look again\b)": "Refresh",
    r"still to wait": "15 days 14 hours left",
    r"by the clock of this device": "On this device",
    r"with a telephone\b": "Scan with your phone",
    r"(?:list|lists) to telephone": "Call list",
    r"who did what": "Audit trail",
    r"the board.s desk": "Board",
    r"it cannot be applied": "File rejected",
    r"\bmend (?:it\b|them\b|bad rows|\{)": "correct them",
    r"go back,? and change nothing": "Cancel",
    r"dead for good": "They stop working permanently",
    r"this field is required": "Choose a series.",
    r"\blet (?:a|the|this|that) hold go\b|\blets? it go\b": "Release hold",
}
SEARCH = re.compile("|".join(f"({pattern})" for pattern in RETIRED), re.IGNORECASE)


def found_in(text: str) -> list[str]:
    """What is retired in this text, wherever its lines break, with what says it better."""
    better = list(RETIRED.values())
    found = SEARCH.finditer(" ".join(text.split()))
    return [f"{one[0]!r} (now: {better[one.lastindex - 1]})" for one in found if one.lastindex]


def said_in_template(text: str) -> str:
    """Without what only its readers see."""
    text = re.sub(r"\{#.*?#\}", "", text)
    return re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)


def said_in_script(text: str) -> str:
    return re.sub(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", "", text, flags=re.DOTALL)


def said_in_python(module: Module) -> str:
    prose = {id(node) for node in docstrings(module.tree)}
    strings = [
        node.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]
    return "\n|\n".join(strings)


def said_in_catalogue(text: str) -> str:
    """What is translated, not the translations."""
    found = re.findall(r'^msgid (".*(?:\n".*)*)', text, re.MULTILINE)
    return "\n|\n".join("".join(re.findall(r'"(.*)"', one)) for one in found)


def said() -> Iterator[tuple[str, str]]:
    """Each file, and what of it people can read."""
    for path in tracked():
        if path.startswith("templates/") and path.endswith((".html", ".txt")):
            yield path, said_in_template(text_of(path))
        elif path.startswith("static/") and path.endswith(".js") and "/vendor/" not in path:
            yield path, said_in_script(text_of(path))
        elif path.endswith(".po"):
            yield path, said_in_catalogue(text_of(path))
    for module in modules():
        yield module.path, said_in_python(module)


def test_no_retired_phrase_is_said():
    assert {path: found for path, text in said() if (found := found_in(text))} == {}


def test_all_that_people_read_is_looked_at():
    paths = {path for path, _ in said()}

    assert {path.rpartition(".")[2] for path in paths} == {"html", "txt", "js", "po", "py"}
    assert {"templates/guidance/topics/people.html", "static/portal/unsaved.js"} < paths
    assert len(paths) > 500


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("template", "<p>Then it is\n   destroyed, for good.</p>"),
        ("script", 'said.textContent = "Look again"; // by the clock'),
        ("python", 'def f():\n    "Take away."\n    return f"{one} can be taken now"\n'),
        ("catalogue", 'msgid ""\n"Put it in "\n"my calendar"\nmsgstr "x"\n'),
    ],
)
def test_a_retired_phrase_is_found(path, text):
    read = globals()[f"said_in_{path}"]
    assert len(found_in(read(Module("a.py", text) if path == "python" else text))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "template",
            "{# Take away #}{% comment %}who did what{% endcomment %}<p>your second factor</p>",
        ),
        ("script", "/* by the clock of this device */\n// look again\n"),
        ("python", 'def f():\n    "What can be taken."\n'),
        ("catalogue", 'msgid "Download"\nmsgstr "Take away"\n'),
    ],
)
def test_what_nobody_reads_may_say_it(path, text):
    read = globals()[f"said_in_{path}"]
    assert found_in(read(Module("a.py", text) if path == "python" else text)) == []
