"""`deploy/portal.env` names every setting that there is, and so does the table of docs/settings.md."""

import re

from tests.tracked import ROOT, text_of, tracked

READ = re.compile(r"\b(?:env(?:\.\w+)?|environment\.\w+|choice)\(\s*\"([A-Z][A-Z0-9_]+)\"")
OF_THE_DEMO = {"PORT"}  # of bin/portal


def read_by_the_site() -> set[str]:
    files = [path for path in tracked() if re.fullmatch(r"portal/\w+\.py", path)]
    return {name for path in files for name in READ.findall(text_of(path))}


def in_the_table() -> set[str]:
    rows = re.findall(r"^\| (`[A-Z].*?) \|", text_of("docs/settings.md"), re.M)
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}


def in_the_file() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / "deploy/portal.env").read_text(), re.M))


def test_the_file_names_every_setting_and_no_other():
    assert len(read_by_the_site()) > 25
    assert in_the_file() == read_by_the_site()


def test_the_table_names_every_setting_and_no_other():
    assert in_the_table() == read_by_the_site() | OF_THE_DEMO


def test_each_is_named_once():
    names = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text_of("deploy/portal.env"), re.M)
    assert sorted(names) == sorted(set(names))
