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
    r"\bwhat waits\b": "To do",
    r"\banew\b": "Actions; again; Re-create",
    r"\bthose whom\b|\bwhom you tick|\byou tick(?:ed)? nobody": "Ticked candidates, or all 24 if none is ticked",
    r"whoever can have a letter": "Everyone has a letter. A new one replaces the login",
    r"the very letter": "the letter for 0001",
    r"\blogins? dies?\b": "The old login stops working",
    r"\b(?:is )?destroyed,? for good\b|(?-i:\bDestroys?\b|\bDestroyed\b)": "Permanently deleted",
    r"\bis destroyed\b|\bfor good\b": "Permanently deleted after this date",
    r"\btak(?:e|es|en|ing) (?:\w+ ){0,4}away\b": "Download; Remove access",
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
    r"\bmended\b|\bmend (?:it\b|them\b|bad rows|\{)": "correct them; fixed",
    r"go back,? and change nothing": "Cancel",
    r"dead for good": "They stop working permanently",
    r"this field is required": "Choose a series.",
    r"\blets? (?:(?:a|the|this|that) hold|it|them) go\b|\blet go\b": "Release hold",
    r"\bof yours\b": "None of your centres",
    r"\bin vain\b": "Failed",
    r"\bput off\b": "It is tried again automatically",
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


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("portal/_to_do.html", "To do"),
        ("credentials/ask_create.html", "as none is ticked"),
        ("credentials/ask_create.html", "ticked candidates."),
        ("credentials/ask_create.html", "old login stops working"),
        ("credentials/centre.html", "has a letter. A new one replaces the login"),
        ("credentials/_candidate_row.html", "the letter for {{ number }}"),
        ("credentials/letter_file.html", "Permanently deleted after this date"),
        ("exchange/file.html", "Permanently deleted after this date"),
        ("exchange/exchange.html", "Upload a file"),
        ("exchange/ask_withdraw.html", "Withdraw and delete"),
        ("exchange/_files.html", "new files first"),
        ("mfa/totp/activate_form.html", "Direct holds children’s personal data"),
        ("mfa/totp/activate_form.html", "Scan with your phone"),
        ("mfa/authenticate.html", "Enter your security code"),
        ("candidate_site/_awaited.html", "Add to calendar"),
        ("candidate_site/_awaited.html", "Refresh"),
        ("candidate_site/_awaited.html", "%%(time)s left"),
        ("candidate_site/_awaited.html", "On this device"),
        ("results_day/call_list.html", "Call list"),
        ("centres/audit.html", "Audit trail"),
        ("board/audit.html", "Audit trail"),
        ("loading/_file.html", "File rejected"),
        ("guidance/topics/main-centre.html", "They stop working permanently"),
        ("board/holds.html", "Release hold"),
        ("credentials/ask_create.html", "Cancel"),
    ],
)
def test_what_says_it_better_stands_where_it_belongs(path, words):
    text = text_of(f"templates/{path}")

    assert words in text or words in " ".join(re.sub(r"<[^<>]*>", "", text).split())


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
