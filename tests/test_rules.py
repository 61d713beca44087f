"""A rule that is cited is told in docs/rules.md, and a rule that is told there is held by code that says so."""

import re

from tests.tracked import text_of, tracked

RULES = "docs/rules.md"
WRITTEN = (".py", ".html", ".js", ".css", ".md", ".txt", ".toml", ".conf")
HEADING = re.compile(r"^## (\d+) (.+)$", re.MULTILINE)
NOT_BUILT = "(not built)"

ONE = re.compile(r"\brule\s+(\d+)\b", re.IGNORECASE)
SEVERAL = re.compile(
    r"\brules\s+(\d+(?:\s*(?:,\s*and|,|and|or|to|–)\s*\d+)*)\b",
    re.IGNORECASE,
)
BREAK = re.compile(r"""["']?[ \t]*\n\s*(?:#|//|\*(?!\*)|f?["'])?""")  # a sentence goes on behind it


def citations(text: str) -> list[tuple[int, int]]:
    """(line, number) of each rule that a text cites: “rule 12”, “rules 7, 8 and 10”, “rules 14 to 17”."""
    flat = BREAK.sub(lambda broken: " " * len(broken[0]), text)
    found = []
    for cited in (*ONE.finditer(flat), *SEVERAL.finditer(flat)):
        line = text.count("\n", 0, cited.start()) + 1
        for first, last in re.findall(r"(\d+)(?:\s*(?:to|–)\s*(\d+))?", cited[1]):
            found += [(line, number) for number in range(int(first), int(last or first) + 1)]
    return sorted(found)


def cited_by(paths: list[str]) -> dict[int, list[str]]:
    """Number -> where it is cited, as path:line."""
    found: dict[int, list[str]] = {}
    for path in paths:
        for line, number in citations(text_of(path)):
            found.setdefault(number, []).append(f"{path}:{line}")
    return found


def told() -> dict[int, str]:
    """Number -> title of each rule."""
    return {int(number): title for number, title in HEADING.findall(text_of(RULES))}


def written() -> list[str]:
    return [path for path in tracked() if path.endswith(WRITTEN) and "/vendor/" not in path]


def code() -> list[str]:
    """What runs, or is sent out: neither a test nor a document."""
    return [
        path
        for path in written()
        if not path.startswith(("tests/", "docs/")) and not path.endswith((".md", ".txt"))
    ]


def test_every_rule_has_one_heading_in_order():
    numbers = [int(number) for number, title in HEADING.findall(text_of(RULES))]

    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 27


def test_every_rule_says_where_it_comes_from():
    texts = HEADING.split(text_of(RULES))[3::3]

    for number, text in enumerate(texts, start=1):
        assert re.match(r"\n\n\*(Factsheet|Field|Decision)\b[^*]*\.\*", text), f"rule {number}"


def test_every_rule_that_is_cited_is_told():
    cited = cited_by(written())

    assert len({place for places in cited.values() for place in places}) > 150  # it has read them
    for number, places in sorted(cited.items()):
        assert number in told(), (
            f"{RULES} has no rule {number}, which is cited at {', '.join(places)}"
        )


def test_every_rule_is_held_by_code_that_says_so():
    held = cited_by(code())

    for number, title in told().items():
        if title.endswith(NOT_BUILT):
            assert number not in held, f"rule {number} is not built, but {held[number]} cites it"
        else:
            assert number in held, f"no code says that it holds rule {number}, {title}"


def test_citations_are_read_in_whichever_way_they_are_written():
    assert citations("Rule 9: at once. As rule 10 says") == [(1, 9), (1, 10)]
    assert citations("(rules 1, 2 and 13).") == [(1, 1), (1, 2), (1, 13)]
    assert citations("Rules 12 and 14 to 16") == [(1, 12), (1, 14), (1, 15), (1, 16)]
    assert citations("rules 18–20, 25") == [(1, 18), (1, 19), (1, 20), (1, 25)]
    assert citations("by rules 3, 4, and 5 each") == [(1, 3), (1, 4), (1, 5)]


def test_citations_are_read_across_the_ends_of_lines():
    assert citations("is held (rule\n19) and") == [(1, 19)]
    assert citations("one\n    # is held (rules 18,\n    # 19 and\n    # 21)") == [
        (2, 18),
        (2, 19),
        (2, 21),
    ]
    assert citations("a\n// as rules 7\n// to 9 say") == [(2, 7), (2, 8), (2, 9)]
    assert citations('say("it is held (rule "\n    "9)")') == [(1, 9)]


def test_what_is_no_citation_is_not_read_as_one():
    assert (
        citations("rules of 12, a rule12, overrule 3, rulesets 4, the rule 3a, as a rule. 5") == []
    )
