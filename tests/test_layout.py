"""The layout of the code keeps to its four rules; docs/architecture.md tells them.

What is not right yet stands in `NOT_YET`, each sentence without its line. The list may only shrink: a new
fault fails, and so does one that is listed and has been mended.
"""

import re
from collections.abc import Callable, Iterator

import pytest

from tests import banned, layout
from tests.layout import Module, layers, modules, packages
from tests.tracked import text_of, tracked

NOT_YET: set[str] = set()

LONGEST_FILE = 300  # lines
LARGEST_PACKAGE = 5_000  # lines, without migrations
IMPORTS_IN_READY = 4
SHARED_FORMS = {"centres.forms.series.SeriesForm"}  # choosing a series, on two sites
PAGES_OF_THE_TRAIL = {  # and what ends in it
    *("centres/audit_listing.py", "board/audit_search.py", "overview/lately.py"),
    "privacy/audit_trail.py",
}
STATE_OF_A_PROCESS = {"core/jobs.py: changes in_hand", "core/jobs.py: changes interrupted"}


def of(finder: Callable[[Module], list[str]], package: str = "") -> Iterator[str]:
    for module in modules():
        if package in ("", module.package):
            yield from finder(module)


def templates() -> list[str]:
    return [path for path in tracked() if re.match(r"templates/.+\.(html|txt)$", path)]


def files_with_names() -> list[str]:
    """Whatever we have named: of the tests those that are run, as others help them in their own words."""
    ours = (*[f"{package}/" for package in packages()], "templates/", "static/")
    tests = re.compile(r"tests/(.+/)?test_\w+\.py$|tests/bench/.+\.py$")
    named = [path for path in tracked() if path.startswith(ours) or tests.match(path)]
    return [path for path in named if "/vendor/" not in path]


def is_state_of_a_process(sentence: str) -> bool:
    return any(without_its_line(sentence).startswith(one) for one in STATE_OF_A_PROCESS)


def without_its_line(sentence: str) -> str:
    return re.sub(r"^([^:]+):\d+", r"\1", sentence)


FAULTS: dict[str, Callable[[], Iterator[str]]] = {
    # One package for each part of the site
    "no two folders import each other": lambda: iter(layout.two_way_pairs(modules())),
    "no import is hidden in a function": lambda: of(layout.hidden_imports),
    "core imports nothing of ours but storage": lambda: of(
        lambda module: layout.imports_of_ours_beyond("core", module, but="storage"), "core"
    ),
    "storage imports nothing of ours": lambda: of(
        lambda module: layout.imports_of_ours_beyond("storage", module), "storage"
    ),
    "core/pdf is a library: it imports nothing of ours": lambda: of(
        lambda module: (
            layout.imports_of_ours_beyond("core/pdf", module)
            if module.path.startswith("core/pdf/")
            else []
        ),
        "core",
    ),
    "core knows nothing of exams": lambda: of(layout.names_of_the_domain, "core"),
    "each file of centres is about centres": lambda: of(
        lambda module: (
            [] if layout.speaks_of_its_domain(module) else [f"{module.path}: is of no centre"]
        ),
        "centres",
    ),
    "no file is too long": lambda: of(
        lambda module: (
            [f"{module.path}:{module.length}: is longer than {LONGEST_FILE} lines"]
            if module.length > LONGEST_FILE and module.path != "portal/settings.py"
            else []
        )
    ),
    "no package is too large": lambda: (
        f"{package}:{length}: is larger than {LARGEST_PACKAGE} lines"
        for package, length in layout.lengths().items()
        if length > LARGEST_PACKAGE
    ),
    # A page is whole in one package
    "a page is whole in one package": lambda: of(
        lambda module: layout.pages_over_two_packages(module, SHARED_FORMS)
    ),
    "templates take what is theirs, or stands below": lambda: (
        sentence
        for path in templates()
        for sentence in layout.templates_of_a_higher_package(path, text_of(path))
    ),
    # State is in rows, wiring is in one list
    "nothing registers by being imported": lambda: (
        sentence
        for sentence in of(layout.registered_by_import)
        if not is_state_of_a_process(sentence)
    ),
    "nobody asks the audit trail but its own pages": lambda: of(
        lambda module: (
            [] if module.path in PAGES_OF_THE_TRAIL else layout.questions_to_the_trail(module)
        )
    ),
    # One word for one idea
    "no file bears a name that has gone": lambda: (
        sentence for path in files_with_names() for sentence in banned.banned_paths(path)
    ),
    "no code bears a name that has gone": lambda: of(lambda module: [*banned.banned_names(module)]),
    "no template bears a name that has gone": lambda: (
        sentence
        for path in templates()
        for sentence in banned.banned_in_template(path, text_of(path))
    ),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_the_layout_keeps_its_rules(rule):
    new = [sentence for sentence in FAULTS[rule]() if without_its_line(sentence) not in NOT_YET]

    assert not new, f"{rule}, but\n" + "\n".join(new)


def test_the_list_of_what_is_not_right_yet_only_shrinks():
    found = {without_its_line(sentence) for find in FAULTS.values() for sentence in find()}

    assert not NOT_YET - found, "these are mended: take them off the list"


def test_ready_only_connects():
    found = [*of(layout.imports_in_ready)]

    assert len(found) <= IMPORTS_IN_READY, "\n" + "\n".join(found)


def test_it_looks_at_the_whole_project():
    looked_at = {module.package for module in modules()}

    assert looked_at == set(packages()) == set(layers())
    assert len([module for module in modules() if module.package == "core"]) > 20
    assert len([module for module in modules() if module.package == "centres"]) > 25
    assert len(modules()) > 300
    assert len(templates()) > 150
    assert len(files_with_names()) > 600


# --- What the finders find ------------------------------------------------------------------------


def test_two_folders_that_import_each_other_are_found():
    up = Module("centres/views/a.py", "from centres import terms")
    down = Module("centres/terms.py", "from centres.views.a import shown")

    assert layout.two_way_pairs([up, down]) == [
        "centres/terms.py:1: centres imports centres/views, which imports it at centres/views/a.py:1"
    ]
    assert layout.two_way_pairs([up, Module("centres/terms.py", "")]) == []
    assert (
        layout.two_way_pairs(
            [up, Module("centres/urls.py", down.text), Module("centres/terms.py", "")]
        )
        == []
    )


def test_imports_in_functions_are_found():
    source = "import os\n\nclass A:\n    def ready(self):\n        from centres import terms\n"

    assert layout.hidden_imports(Module("results/release.py", source)) == [
        "results/release.py:5: ready() hides an import of centres"
    ]
    assert layout.hidden_imports(Module("results/apps.py", source)) == []
    assert layout.imports_in_ready(Module("results/apps.py", source)) == [
        "results/apps.py:5: ready() imports from centres"
    ]


def test_what_a_library_imports_of_ours_is_found():
    module = Module("core/pdf/fonts.py", "from centres import terms\nfrom django.db import models")

    assert layout.imports_of_ours_beyond("core/pdf", module) == [
        "core/pdf/fonts.py:1: core/pdf imports centres.terms"
    ]
    source = '"""A grade, say."""\nCENTRE_NAMES = upgraded = 1\ndef of(candidate): ...'
    assert layout.names_of_the_domain(Module("core/a.py", source)) == [
        "core/a.py:2: names something CENTRE_NAMES",
        "core/a.py:3: names something candidate",
    ]


def test_a_page_of_two_packages_is_found():
    source = (
        "from centres.forms.status import StatusForm\nfrom centres.forms.series import SeriesForm\n"
        'render(request, "404.html")\nrender(request, "mfa/index.html")\n'
    )

    assert layout.pages_over_two_packages(Module("results/views.py", source), SHARED_FORMS) == [
        "results/views.py:1: takes StatusForm from centres.forms.status",
        "results/views.py:4: shows mfa/index.html, a page of accounts",
    ]
    assert layout.pages_over_two_packages(Module("accounts/views.py", source.splitlines()[3])) == []


def test_a_template_that_takes_from_above_is_found():
    text = 'a\n{% include "results/_a.html" %}{% extends "base.html" %}{% include "core/b.html" %}'

    assert layout.templates_of_a_higher_package("templates/centres/a.html", text) == [
        "templates/centres/a.html:2: takes results/_a.html from results, which stands above centres"
    ]


def test_what_is_registered_is_found():
    source = (
        "from centres import terms\nLISTENERS = []\ntotal = {}\n\n"
        "def heard(act):\n    LISTENERS.append(act)\n    own = []\n    own.append(1)\n    total[1] = act\n\n"
        "terms.STORES.append(heard)\nsaved.connect(heard)\n\n@receiver(saved)\ndef told(**_):\n    pass\n"
    )

    found = layout.registered_by_import(Module("results/a.py", source))
    assert sorted(int(sentence.split(":")[1]) for sentence in found) == [6, 9, 11, 12, 14]


def test_a_question_to_the_audit_trail_is_found():
    source = "AuditEvent.objects.bulk_create([])\nAuditEvent.objects.filter()\nAuditEvent.objects.create()\n"

    assert layout.questions_to_the_trail(Module("results/a.py", source)) == [
        "results/a.py:2: asks the audit trail"
    ]


def test_a_file_without_a_word_of_its_domain_is_found():
    said_by_imports = Module(
        "centres/a.py", "from centres.models import Centre\n\ndef read(path): ...\n"
    )

    assert not layout.speaks_of_its_domain(said_by_imports)
    assert layout.speaks_of_its_domain(Module("centres/a.py", '"""What a centre arranges."""'))


def test_names_that_have_gone_are_found():
    source = (
        "class KeptFile:\n    is_vault = True\n    kept_until = 1\n\ndef take(desk): ...\n\n"
        'link("file_exchange:take")\nrecord("results_taken")\nlabel = "Taken"\n'
        'path("a/", view, name="put")\n\ndef view(): \n    "Whoever takes away."\n    take = 1\n'
    )

    found = [*banned.banned_names(Module("results/a.py", source))]
    assert sorted(int(sentence.split(":")[1]) for sentence in found) == [1, 2, 5, 5, 7, 8, 10]


def test_names_that_have_gone_are_found_in_templates():
    text = '{% url "file_exchange:take" desk.number %}\n<a class="btn news" data-put>\nWho has it\n{{ kept }}'

    found = [*banned.banned_in_template("templates/a.html", text)]
    assert [int(sentence.split(":")[1]) for sentence in found] == [1, 1, 2, 2]


def test_paths_that_have_gone_are_found():
    assert [*banned.banned_paths("credentials/views/creating.py")] == []
    for path in (
        "portal/desk/state.py",
        "tests/results/test_page_taking_away.py",
        "templates/file_exchange/file.html",
        "exchange/looking.py",
        "static/portal/made_up.css",
    ):
        assert [*banned.banned_paths(path)], path
    assert [*banned.banned_paths("templates/guidance/topics/file-exchange.html")] == []


def test_nothing_is_laid_out_by_the_width_of_the_window():
    """It counts the scroll bar that stands beside a page on most desks, so the page scrolled sideways there.
    A limit may be told by it."""
    by_the_window = re.compile(
        r"(?<![\w-])(?:margin|padding|inset|left|right|min-width|width)[\w-]*:[^;}]*\dvw"
    )
    styles = [path for path in tracked() if re.match(r"static/.+\.css$", path)]
    found = [(path, one) for path in styles for one in by_the_window.findall(text_of(path))]
    assert styles
    assert [one for one in found if "min(" not in one[1]] == []
