"""What a file is called (`exchange.filenames`)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.filenames import clean

PDF = ("pdf",)


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [
        ("results.pdf", "results.pdf"),
        ("RESULTS.PDF", "RESULTS.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\results.exe", "results.exe.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("a\nb\tc\x00.pdf", "abc.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("lpt1", "_lpt1.pdf"),
        ("", "file.pdf"),
        (" . ", "file.pdf"),
        (".pdf", "file.pdf"),
        ('what?<>:"|*.pdf', "what_______.pdf"),
        ("نتائج يونيو.pdf", "نتائج يونيو.pdf"),
        ("परिणाम\u200dसूची.pdf", "परिणाम\u200dसूची.pdf"),
        ("x" * 400 + ".pdf", "x" * 120 + ".pdf"),
        ("e\u0301tude.pdf", "\u00e9tude.pdf"),
    ],
)
def test_what_could_deceive_or_do_harm_is_left_out(given_, wanted):
    assert clean(given_, PDF) == wanted


def test_a_text_may_be_called_any_of_the_names_of_texts():
    texts = ("txt", "csv", "tsv")
    assert clean("entries.CSV", texts) == "entries.csv"
    assert clean("entries", texts) == "entries.txt"
    assert clean("page.html", texts) == "page.html.txt"


@given(st.text(max_size=300))
def test_whatever_is_typed_it_is_a_name_that_every_file_system_takes(name):
    found = clean(name, PDF)
    assert found.endswith(".pdf") and len(found.encode()) <= 210
    assert not set(found) & set('/\\<>:"|?*\x00\n')
    assert not any(unicodedata.bidirectional(one) in ("RLO", "LRO", "RLI") for one in found)
    assert clean(found, PDF) == found
