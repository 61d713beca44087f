"""The layout of the code, read from its syntax trees: what `tests.test_layout` looks at.

Each finder gives sentences that begin with `path:line`. Packages are found, not listed, so that a new one is
looked at, too; their order stands in pyproject.toml.
"""

import ast
import re
import tomllib
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from tests.tracked import text_of, tracked

WIRING = ("urls", "apps", "admin")  # what Django finds by its name, and no file of ours imports
CHANGES = {"append", "extend", "insert", "add", "update", "setdefault"}


@dataclass(frozen=True)
class Module:
    """A file of Python, `name` as it is imported."""

    path: str
    text: str

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        return self.path.split("/")[0]

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def stem(self) -> str:
        return self.path.rpartition("/")[2].removesuffix(".py")

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    @property
    def length(self) -> int:
        return len(self.text.splitlines())


@dataclass(frozen=True)
class Import:
    module: Module
    line: int
    target: str  # the module that is imported, or imported from
    name: str  # what of it, or nothing
    inside: str  # the function in which it stands, or nothing


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def packages() -> tuple[str, ...]:
    """The applications: folders at the top with an `apps.py` or the settings."""
    there = {
        path.split("/")[0] for path in tracked() if re.fullmatch(r"\w+/(apps|settings)\.py", path)
    }
    return tuple(sorted(there - {"tests"}))


@cache
def modules() -> tuple[Module, ...]:
    """All files of Python in packages, but for migrations, which Django writes."""
    return tuple(
        Module(path, text_of(path))
        for path in tracked()
        if path.endswith(".py") and path.split("/")[0] in packages() and "/migrations/" not in path
    )


@cache
def by_name() -> dict[str, Module]:
    return {module.name: module for module in modules()}


@cache
def layers() -> tuple[str, ...]:
    """The packages, top first: each may import what stands behind it."""
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    return tuple(next(one["layers"] for one in contracts if "containers" not in one))


def functions_around(tree: ast.Module) -> Iterator[tuple[ast.AST, tuple[str, ...]]]:
    """Every node, with the functions (and classes) in which it stands, the outermost first."""
    waiting: list[tuple[ast.AST, tuple[str, ...]]] = [(tree, ())]
    while waiting:
        node, around = waiting.pop()
        yield node, around
        named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        inner = (*around, getattr(node, "name", "lambda")) if named else around
        waiting += [(child, inner) for child in reversed([*ast.iter_child_nodes(node)])]


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            yield node.body[0].value  # type: ignore[attr-defined]


def definitions(tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """(line, name, whether it is known outside a function) of whatever is given a name."""
    for node, around in functions_around(tree):
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield node.lineno, name, not around
            case ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield node.lineno, name, False
            case ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name, not around
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name, False


def imports(module: Module) -> Iterator[Import]:
    for node, around in functions_around(module.tree):
        inside = around[-1] if around else ""
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, node.lineno, alias.name, "", inside)
        elif isinstance(node, ast.ImportFrom):
            base = module.folder.replace("/", ".").split(".")
            above = ".".join(base[: len(base) - node.level + 1]) if node.level else ""
            target = ".".join(filter(None, [above, node.module or ""]))
            for alias in node.names:
                yield Import(module, node.lineno, target, alias.name, inside)


def of_ours(found: Import, names: dict[str, Module] | None = None) -> str:
    """The module of ours that is imported, or nothing."""
    names = by_name() if names is None else names
    whole = f"{found.target}.{found.name}" if found.name else found.target
    return next((name for name in (whole, found.target) if name in names), "")


# --- Arrows -------------------------------------------------------------------------------------


def two_way_pairs(found: Iterable[Module]) -> list[str]:
    """Folders that import each other."""
    names = {module.name: module for module in found}
    arrows: dict[tuple[str, str], str] = {}
    for module in names.values():
        for one in imports(module) if module.stem not in WIRING else ():
            target = names.get(of_ours(one, names))
            if target and target.folder != module.folder:
                arrows.setdefault((module.folder, target.folder), f"{module.path}:{one.line}")
    return [
        f"{arrows[one, other]}: {one} imports {other}, which imports it at {arrows[other, one]}"
        for one, other in sorted(arrows)
        if one < other and (other, one) in arrows
    ]


def hidden_imports(module: Module) -> list[str]:
    """Imports in functions, but for those of `AppConfig.ready`."""
    return [
        f"{module.path}:{one.line}: {one.inside}() hides an import of {one.target}"
        for one in imports(module)
        if one.inside and not (module.stem == "apps" and one.inside == "ready")
    ]


def imports_in_ready(module: Module) -> list[str]:
    """Each import of ours that `AppConfig.ready` makes."""
    lines = {
        one.line: one.target
        for one in imports(module)
        if module.stem == "apps"
        and one.inside == "ready"
        and one.target.split(".")[0] in packages()
    }
    return [f"{module.path}:{line}: ready() imports from {lines[line]}" for line in sorted(lines)]


def imports_of_ours_beyond(folder: str, module: Module, but: str = "nothing") -> list[str]:
    """What a folder that stands for itself imports from elsewhere in the project."""
    return [
        f"{module.path}:{one.line}: {folder} imports {target}"
        for one in imports(module)
        for target in [of_ours(one)]
        if target and not f"{target}.".startswith((f"{folder.replace('/', '.')}.", f"{but}."))
    ]


# --- Pages --------------------------------------------------------------------------------------

FOLDERS_OF = {
    "account": "accounts",
    "mfa": "accounts",
    "admin": "board",
}


def owner_of_template(template: str) -> str:
    """The package whose template this is; nothing for those that all pages share."""
    folder, slash, _ = template.partition("/")
    return FOLDERS_OF.get(folder, folder) if slash else ""


def pages_over_two_packages(module: Module, shared: Container[str] = ()) -> list[str]:
    """A page is whole in one package: its view, its form, its templates. The settings name what
    libraries show, and show nothing themselves."""
    wrong = []
    for one in imports(module):
        target = of_ours(one)
        package, *inner = target.split(".") if target else ("",)
        is_page = {"forms", "views"} & set(inner) and package not in (module.package, "core")
        if is_page and f"{target}.{one.name}" not in shared:
            wrong.append(f"{module.path}:{one.line}: takes {one.name} from {target}")
    for node in ast.walk(module.tree) if module.path != "portal/settings.py" else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            owner = owner_of_template(node.value)
            if f"templates/{node.value}" in tracked() and owner not in ("", module.package):
                wrong.append(f"{module.path}:{node.lineno}: shows {node.value}, a page of {owner}")
    return wrong


def templates_of_a_higher_package(path: str, text: str) -> list[str]:
    """What a template includes or extends is of its own package, or of one below."""
    own = owner_of_template(path.removeprefix("templates/"))
    wrong = []
    for found in re.finditer(r"\{%-?\s*(?:extends|include|import|from)\s+[\"']([^\"']+)", text):
        other = owner_of_template(found[1])
        if {own, other} <= set(layers()) and layers().index(other) < layers().index(own):
            line = text.count("\n", 0, found.start()) + 1
            wrong.append(f"{path}:{line}: takes {found[1]} from {other}, which stands above {own}")
    return wrong


# --- State and wiring ---------------------------------------------------------------------------


def registered_by_import(module: Module) -> list[str]:
    """What fills a list of a module, or hears a signal, because some file was imported."""
    ours = {one.name or one.target for one in imports(module) if of_ours(one)}
    own = {
        target.id
        for node in module.tree.body
        for target in (getattr(node, "targets", None) or [getattr(node, "target", None)])
        if isinstance(target, ast.Name)
    }
    wrong = []
    for node, around in functions_around(module.tree):
        changed = _container_changed(node)
        first, _, rest = changed.partition(".")
        if (changed in own and around) or (first in ours and (rest or first).isupper()):
            wrong.append(f"{module.path}:{node.lineno}: changes {changed}, which others read")  # type: ignore[attr-defined]
        match node:
            case ast.Call(func=ast.Attribute(attr="connect")) if not around:
                wrong.append(f"{module.path}:{node.lineno}: hears a signal once it is imported")
            case ast.Call(func=ast.Name(id="receiver")):
                wrong.append(f"{module.path}:{node.lineno}: hears a signal once it is imported")
    return wrong


def _container_changed(node: ast.AST) -> str:
    """`LIST.append(…)`, `module.LIST.extend(…)`, `LIST[…] = …`: the name of the list."""
    match node:
        case ast.Call(func=ast.Attribute(attr=attr, value=ast.Name() | ast.Attribute() as value)):
            return ast.unparse(value) if attr in CHANGES else ""
        case ast.Subscript(value=ast.Name() | ast.Attribute() as value, ctx=ast.Store()):
            return ast.unparse(value)
    return ""


def questions_to_the_trail(module: Module) -> list[str]:
    """The audit trail is written everywhere, and nothing is decided from it."""
    written = {
        id(node.value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("create", "bulk_create")
    }
    return [
        f"{module.path}:{node.lineno}: asks the audit trail"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("objects", "_default_manager")
        and ast.unparse(node.value).split(".")[-1] == "AuditEvent"
        and id(node) not in written
    ]


# --- Size and subject ---------------------------------------------------------------------------


def lengths() -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(packages(), 0)
    for module in modules():
        found[module.package] += module.length
    return found


DOMAIN = re.compile(
    r"\b(centres?|candidates?|series|entry|entries|grades?|uci|qualifications?|subcentres?|delays?|status)\b",
    re.IGNORECASE,
)


def speaks_of_its_domain(module: Module) -> bool:
    """Whether a file of `centres` has a word of its domain, other than in what it imports."""
    return module.stem in ("__init__", "apps") or any(
        DOMAIN.search(line)
        for line in module.text.splitlines()
        if not re.match(r"(from|import) ", line) and not re.search(r"centres\.[a-z]", line)
    )


SUBJECT = re.compile(
    r"(?:^|_)(centres?|candidates?|subcentres?|series|syllabus(?:es)?|qualifications?|grades?|officers?)(?=_|$)",
    re.IGNORECASE,
)


def names_of_the_domain(module: Module) -> list[str]:
    """What a file that is to know nothing of exams names after them; its prose may give them as examples."""
    return [
        f"{module.path}:{line}: names something {name}"
        for line, name, _ in definitions(module.tree)
        if SUBJECT.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name))
    ]
