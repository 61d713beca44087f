"""What documents, docstrings and comments name is there: files, folders, modules, commands.

A path may be written whole (`tests/results/test_release.py`), from any folder on (`results/test_release.py`)
or as a name alone; in a document a name alone lies in the folder of the path before it in its line. A
module is written whole, and may end in what it holds (`centres.terms.Terms`).
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pkgutil import resolve_name

from django.apps import apps
from django.core.management import get_commands

from tests.tracked import ROOT, text_of, tracked

PATH = re.compile(r"(?<![\w./<>{}*:@-])[\w.-]*\w(?:/[\w.-]*\w)*/?(?![\w/<>{}*…-])")
SOURCE = (".py", ".html", ".md", ".css", ".js", ".toml")
MADE = (
    "csv",
    "json",
    "xlsx",
    "pdf",
    "zip",
    "txt",
    "env",
    "target",
)  # files that people give and get, `results.csv`
MODULE = re.compile(r"[a-z]\w*(?:\.\w+)+")
COMMAND = re.compile(
    r"(bin/portal(?: (?:bench|drill|manage))?|manage\.py|portal-manage|-m) ([a-z][\w.-]*)"
)
CODE = re.compile(r"`([^`\n]+)`|\]\(([^)#\s:]+)(?:#[^)\s]*)?\)")  # and where a link leads
COMMENT = re.compile(
    r"\{#(.*?)#\}|<!--(.*?)-->|/\*(.*?)\*/|(?:^|[\s;])//(.*?)$|^\s*#(.*?)$", re.S | re.M
)
UNREAD = re.compile(
    r"(^|/)(vendor|migrations|locale|data)/|\.(mo|po|png|woff2?|ttf|otf|svg|ico|csv|xlsx|json|txt)$"
)


def documents() -> list[str]:
    return [path for path in tracked() if path.endswith(".md") and path != "CHANGELOG.md"]


def lines() -> Iterator[tuple[str, int, str]]:
    """(path, line, text) of each line of a document, docstring or comment."""
    for path in tracked():
        if path.endswith(".py"):
            yield from ((path, line, text) for line, text in said_in_python(text_of(path)))
        elif path in documents():
            yield from (
                (path, line, text) for line, text in enumerate(text_of(path).splitlines(), 1)
            )
        elif path.endswith((".html", ".css", ".js", ".toml", "bin/portal")) and not UNREAD.search(
            path
        ):
            yield from ((path, line, text) for line, text in said_in_comments(text_of(path)))


def said_in_python(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            docstring = node.body[0].value  # type: ignore[attr-defined]
            yield from enumerate(docstring.value.splitlines(), docstring.lineno)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def said_in_comments(text: str) -> Iterator[tuple[int, str]]:
    for found in COMMENT.finditer(text):
        first = text.count("\n", 0, found.start(found.lastindex or 0)) + 1
        yield from enumerate((found[found.lastindex or 0]).splitlines(), first)


# --- What is named ------------------------------------------------------------------------------


@cache
def folders() -> frozenset[str]:
    return frozenset(
        "/".join(parts[:length])
        for parts in (path.split("/") for path in tracked())
        for length in range(1, len(parts))
    )


@cache
def tails() -> frozenset[str]:
    """Every file and folder, written from any folder on."""
    return frozenset(
        "/".join(parts[start:])
        for parts in (path.split("/") for path in (*tracked(), *folders()))
        for start in range(len(parts))
    )


@cache
def homes() -> frozenset[str]:
    """The folders at the top, and those of the tests: what begins like one is meant for one."""
    return frozenset(
        name for folder in folders() for name in [folder.removeprefix("tests/")] if "/" not in name
    )


def paths(text: str) -> Iterator[str]:
    """What is written like a path to a file of ours, or to one of our folders."""
    for found in PATH.finditer(text):
        path = found[0]
        if path.endswith(SOURCE) or ("/" in path.rstrip("/") and path.split("/")[0] in homes()):
            yield path


def modules(text: str) -> Iterator[str]:
    for found in PATH.finditer(text):
        first, _, rest = found[0].partition(".")
        if MODULE.fullmatch(found[0]) and first in homes() and rest not in (*MADE, "py", "md"):
            yield found[0]


def commands(text: str) -> Iterator[tuple[str, str]]:
    for found in COMMAND.finditer(text):
        yield found[1], found[2].rstrip(".")


# --- Whether it is there ------------------------------------------------------------------------


def is_module(name: str) -> bool:
    """Also a model, as Django writes it: `results.Result`."""
    for found in (resolve_name, apps.get_model):
        try:
            found(name)
            return True
        except (ImportError, AttributeError, LookupError, ValueError):
            pass
    return False


@cache
def commands_of_the_script() -> frozenset[str]:
    script = text_of("bin/portal")
    return frozenset(
        re.findall(r"^(\w+)(?: \|.*)?\)", script[script.index("\ncase $command in") :], re.M)
    )


def is_command(program: str, name: str) -> bool:
    file = f"{name.replace('-', '_')}.py"
    match program:
        case "bin/portal":
            return name in commands_of_the_script()
        case "bin/portal bench":
            return f"bench/{file}" in tails()
        case "bin/portal drill":
            return f"drills/{file}" in tails()
        case "-m":
            return find_spec(name) is not None
    return name in get_commands()


def missing(path: str, text: str) -> Iterator[str]:
    """What a line of a file names that is not there."""
    is_document = path.endswith(".md")
    spans = CODE.findall(text) if is_document else [(text, "")]
    folder = ""
    for said, link in spans:
        span = said or link
        for named in paths(span):
            whole = named.rstrip("/")
            if is_document and folder and "/" not in named and not link:
                whole = f"{folder}/{named}"
            if whole not in tails() and not (ROOT / path).parent.joinpath(whole).exists():
                yield named
            folder = whole.rpartition("/")[0] if "/" in whole and whole.endswith(SOURCE) else folder
        yield from (name for name in modules(span) if not is_module(name))
    yield from (
        f"{program} {name}" for program, name in commands(text) if not is_command(program, name)
    )


def test_what_is_named_is_there():
    wrong = [
        f"{path}:{line} names {named}, which is not there"
        for path, line, text in lines()
        for named in missing(path, text)
    ]

    assert not wrong, "\n".join(wrong)


def test_it_has_read_what_there_is():
    read = list(lines())

    assert len({path for path, _, _ in read}) > 500
    assert {"README.md", "CONTRIBUTING.md", "docs/rules.md"} <= {path for path, _, _ in read}
    assert len([named for _, _, text in read for named in paths(text)]) > 200
    assert len([named for _, _, text in read for named in modules(text)]) > 100
    assert len([named for _, _, text in read for named in commands(text)]) > 40


def test_a_path_may_be_written_from_any_folder_on():
    assert [
        *missing("a.py", "see results/release.py, candidate_site/page.py, release.py; static/")
    ] == []
    assert [*missing("a.py", "see results/relese.py, results/candidate_page/.")] == [
        "results/relese.py",
        "results/candidate_page/",
    ]


def test_a_name_alone_in_a_document_lies_beside_the_path_before_it():
    assert [*missing("README.md", "| `results/release.py`, `staff_release.py` |")] == []
    assert [*missing("README.md", "| `results/release.py`, `terms.py` |")] == ["terms.py"]


def test_a_link_leads_from_the_folder_of_its_document():
    assert [*missing("docs/rules.md", "[how](../README.md#settings), [where](security.md)")] == []
    assert [*missing("docs/rules.md", "`loading/registry.py`, [how](loading.md)")] == []
    assert [*missing("docs/rules.md", "[how](nowhere.md#settings)")] == ["nowhere.md"]


def test_a_module_is_followed_into_what_it_holds():
    assert [*missing("a.py", "see centres.terms.Terms, results.Result and results.csv")] == []
    assert [*missing("a.py", "see centres.terms.Term and `drills.release`")] == [
        "centres.terms.Term",
        "drills.release",
    ]


def test_a_command_is_one_of_its_program():
    assert [
        *missing("a.md", "bin/portal test, `bin/portal drill release`, manage.py migrate")
    ] == []
    assert [*missing("a.md", "bin/portal tests, `bin/portal drill fire`, -m tests.nothing")] == [
        "bin/portal tests",
        "bin/portal drill fire",
        "-m tests.nothing",
    ]


def test_addresses_places_to_fill_in_and_prose_are_no_paths():
    assert [
        *paths("/results/ and/or <app>/locale, http://x/results/a.html Europe/London 1/2")
    ] == []


def test_comments_are_read_in_every_language():
    assert [
        text.strip() for _, text in said_in_comments("a {# one #}\n<!-- two -->/* three */")
    ] == [
        "one",
        "two",
        "three",
    ]
    assert [*said_in_comments("x = 1; // four\n  # five")] == [(1, " four"), (2, " five")]
    assert [*said_in_python('def f():\n    """one\n    two"""\n    # three')] == [
        (2, "one"),
        (3, "    two"),
        (4, "# three"),
    ]
