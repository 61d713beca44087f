"""Rule 14: what a letter says, and how it is printed."""

import dataclasses
import datetime as dt
import io
import re

import pikepdf
import pypdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from centres.times import Moment
from credentials.letter.merge import merge
from credentials.letters import TITLE, CannotPrint, Letter, make_pdf
from tests.credentials.conftest import texts


def moment(qualification: str, day: int = 13) -> Moment:
    return Moment(
        dt.datetime(2026, 8, day, 5, tzinfo=dt.UTC),
        [qualification],
        f"{day} August 2026, 10:00 (Asia/Karachi)",
        f"{day} August 2026, 05:00 UTC",
    )


LETTER = Letter(
    board="Made-up Board",
    site_address="https://direct.example.org/results/",
    candidate_number="0001",
    candidate_name="BLOGGS: Fred",
    centre_number="PK398",
    centre_name="Made-up Grammar School",
    series="June 2026",
    username="ABCD-EFGH",
    password="0123-4567-89AB-CDEF",
    moments=(moment("Cambridge IGCSE"),),
    undated=(),
    contact_name="Exams Office",
    contact_telephone="+44 1223 000000",
    contact_email="exams@main.example.org",
)


def letter(**facts) -> Letter:
    return dataclasses.replace(LETTER, **facts)


def drawn(pdf: bytes, page: int = 0):
    return pypdfium2.PdfDocument(pdf)[page].render(scale=1, grayscale=True).to_pil()


def test_a_letter_says_all_that_a_candidate_needs():
    [text] = texts(make_pdf([LETTER]))
    text = " ".join(text.split())

    for words in [
        TITLE,
        "Made-up Board",
        "0001 BLOGGS: Fred",
        "PK398 Made-up Grammar School",
        "June 2026",
        "https://direct.example.org/results/",
        "ABCD-EFGH",
        "0123-4567-89AB-CDEF",
        "13 August 2026, 10:00 (Asia/Karachi)",
        "13 August 2026, 05:00 UTC",
        "Exams Office",
        "+44 1223 000000",
        "exams@main.example.org",
        "provisional and for information only",
        "You must not print screenshots of your results, or share screenshots with universities.",
    ]:
        assert words in text


def test_each_qualification_has_its_own_time_where_they_differ():
    two = (moment("Cambridge International AS & A Level", 11), moment("Cambridge IGCSE", 13))
    [text] = texts(make_pdf([letter(moments=two)]))
    text = " ".join(text.split())

    assert re.search(r"AS & A Level from 11 August 2026, 10:00 .* 11 August 2026, 05:00 UTC", text)
    assert re.search(r"IGCSE from 13 August 2026, 10:00 .* 13 August 2026, 05:00 UTC", text)


def test_a_qualification_without_a_release_is_named_beside_those_that_have_one():
    [text] = texts(make_pdf([letter(undated=("Cambridge O Level",))]))
    text = " ".join(text.split())

    assert "Cambridge IGCSE from 13 August 2026, 10:00 (Asia/Karachi)" in text
    assert "Cambridge O Level not set yet" in text


def test_without_a_release_the_letter_says_that_the_time_is_not_set():
    assert (
        "The time has not been set yet"
        in texts(make_pdf([letter(moments=(), undated=("Cambridge IGCSE",))]))[0]
    )


def test_one_page_each_in_the_order_given():
    numbers = ["0003", "0001", "0002"]
    pages = texts(make_pdf([letter(candidate_number=number) for number in numbers]))

    assert [re.search(r"\d{4} BLOGGS", page)[0][:4] for page in pages] == numbers


LONG = [" ".join(["WOLFESCHLEGELSTEINHAUSEN:"] * 8)[:200], "W" * 200, "王" * 200, "W " * 100]


@pytest.mark.parametrize("name", LONG)
def test_the_longest_names_still_fit_on_one_a4_page_and_stay_on_it(name):
    six = tuple(moment(f"{number} {name}"[:100], 10 + number) for number in range(6))
    pdf = make_pdf(
        [
            letter(
                candidate_name=name,
                centre_name=name,
                moments=six,
                contact_name=name[:100],
                contact_telephone="1" * 40,
                contact_email="w" * 88 + "@example.org",
            ),
            LETTER,
        ]
    )
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert [[round(float(side)) for side in page.mediabox[2:]] for page in pages] == [
        [595, 842]
    ] * 2
    assert "Keep this letter safe" in pages[0].extract_text()
    margin = drawn(pdf).crop((560, 0, 595, 842))
    assert margin.getextrema() == (255, 255), "something runs over the right margin"


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # to shrink takes minutes, and helps little
)
@given(st.data())
def test_a_page_each_whatever_the_lengths(data):
    def words(longest: int) -> str:
        text = data.draw(st.sampled_from(["W", "Wm ", "王", "i ", "Ž"])) * longest
        return text[: data.draw(st.integers(1, longest))]

    times = tuple(moment(words(100), 10 + n) for n in range(data.draw(st.integers(0, 6))))
    facts = {"candidate_name": words(200), "centre_name": words(200), "moments": times}
    contact = {"contact_name": words(100), "contact_email": words(100)}

    assert len(texts(make_pdf([LETTER, letter(**facts, **contact), LETTER]))) == 3


@pytest.mark.parametrize(
    "name",
    [
        "ŁUKASZ ŠKODA: Zoë",
        "محمد: عبد الرحمن",
        "王: 小明",
        "शर्मा: प्रिया",
        "ศรีสุข: สมชาย",
        "НОВАК: Ольга",
        "NGUYỄN: Ánh",
    ],
)
def test_names_of_many_scripts_are_really_drawn(name):
    """Read from the page's pixels: the text layer is right even where boxes are printed."""
    name_alone = drawn(make_pdf([letter(candidate_name=name)])).crop((130, 130, 560, 160))
    without = drawn(make_pdf([letter(candidate_name="")])).crop((130, 130, 560, 160))
    reversed_name = drawn(make_pdf([letter(candidate_name=name[::-1])])).crop((130, 130, 560, 160))

    assert name_alone.tobytes() != without.tobytes()
    assert name_alone.tobytes() != reversed_name.tobytes()


def test_a_character_that_the_fonts_lack_names_the_candidate_and_not_the_name(caplog):
    letters = [LETTER, letter(candidate_number="0007", candidate_name="CLINGON: \U00012000")]

    with pytest.raises(CannotPrint, match=r"candidate 0007 .*U\+12000") as error:
        make_pdf(letters)

    assert "CLINGON" not in str(error.value)
    assert caplog.records == []


def test_markup_in_a_name_is_printed_and_fetches_nothing():
    name = "<img src='https://example.org/x.png'><b>BOBBY & Co</b>"
    [text] = texts(make_pdf([letter(candidate_name=name)]))

    assert "<b>BOBBY & Co</b>" in " ".join(text.split())


def test_the_same_letters_are_the_same_bytes_and_others_are_not():
    assert make_pdf([LETTER]) == make_pdf([LETTER])
    assert make_pdf([LETTER]) != make_pdf([letter(password="0123-4567-89AB-CDEG")])


def test_the_metadata_hold_a_fixed_title_and_nothing_about_the_candidate():
    pdf = pypdf.PdfReader(io.BytesIO(make_pdf([LETTER])))

    assert pdf.metadata == {"/Title": TITLE, "/Producer": pdf.metadata["/Producer"]}
    xmp = pdf.xmp_metadata.rdf_root.toxml()
    for fact in ("BLOGGS", "0001", "PK398", "ABCD", "exams@"):
        assert fact not in xmp


def test_neither_repr_nor_str_of_a_letter_tells_its_login():
    for text in (repr(LETTER), str([LETTER])):
        assert "ABCD-EFGH" not in text
        assert "0123-4567" not in text


def test_the_code_holds_the_address_alone():
    from_code = letter(username="JKMN-PQRS", password="ZZZZ-ZZZZ-ZZZZ-ZZZZ").qr_code

    assert from_code == LETTER.qr_code
    assert from_code != letter(site_address="https://other.example.org/results/").qr_code
    assert from_code.count("<path") == 1


def three_parts() -> list[bytes]:
    return [
        make_pdf([letter(candidate_number="0001"), letter(candidate_number="0002")]),
        make_pdf([letter(candidate_number="0003", candidate_name="王: 小明")]),
        make_pdf([letter(candidate_number="0004"), letter(candidate_number="0005")]),
    ]


def test_merged_parts_keep_their_order_their_looks_title_and_language():
    parts = three_parts()
    whole = merge(parts)

    numbers = [re.search(r"\b000\d\b", page)[0] for page in texts(whole)]
    assert numbers == ["0001", "0002", "0003", "0004", "0005"]
    assert drawn(whole, 2).tobytes() == drawn(parts[1]).tobytes()
    pdf = pypdf.PdfReader(io.BytesIO(whole))
    assert pdf.metadata.title == TITLE
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    assert merge(parts) == whole


def test_merged_parts_keep_the_tags_for_screen_readers():
    with pikepdf.open(io.BytesIO(merge(three_parts()))) as pdf:
        root = pdf.Root.StructTreeRoot
        assert pdf.Root.MarkInfo.Marked
        numbers = list(root.ParentTree.Nums)
        by_key = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
        pages = {page.objgen for page in pdf.pages}
        keys = [int(page.StructParents) for page in pdf.pages]
        assert keys == sorted(by_key) == list(range(5))
        for page, key in zip(pdf.pages, keys, strict=True):
            elements = [element for element in by_key[key] if element is not None]
            assert elements
            assert {element.Pg.objgen for element in elements} == {page.objgen}
        headings = [element for element in walk(root) if element.get("/S") == "/H1"]
        assert len(headings) == 5
        assert {element.Pg.objgen for element in headings} == pages
        figures = [element for element in walk(root) if element.get("/S") == "/Figure"]
        assert {str(element.Alt) for element in figures} == {"QR code that opens the sign-in page"}


def walk(element):
    kids = element.get("/K")
    if kids is None:
        return
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from walk(kid)
