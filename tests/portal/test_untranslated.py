"""Whoever has a browser translate a page still reads the names, numbers and usernames that are stored: the lists of
File Exchange, of People and of the board mark them `translate="no"`."""

import re

import pytest

from tests.tracked import text_of, tracked

# What a hold is on is words as well as names: “Cambridge IGCSE, June 2026”.
WORDS = ("board/ask_hold", "board/ask_let_go", "board/holds")
LISTS = [
    path
    for path in tracked()
    if re.match(r"templates/(exchange|accounts/people|board)/.*\.html$", path)
    and not any(f"{words}.html" in path for words in WORDS)
]
NAME = re.compile(r"<bdi>\{\{ (?:\w+\.)*(?:name|user|username|number) \}\}")
CELL = re.compile(r"<td[^>]*>\{\{ (?:\w+\.)*(?:username|number|email) \}\}</td>")


@pytest.mark.parametrize("path", LISTS, ids=str)
def test_a_name_or_a_number_in_a_list_is_left_as_it_is(path):
    text = text_of(path)
    cells = [cell for cell in CELL.findall(text) if 'translate="no"' not in cell]
    names = [
        name[0]
        for name in NAME.finditer(text)
        if 'translate="no"' not in text[text.rfind("\n", 0, name.start()) : name.start()]
    ]
    assert cells + names == []
