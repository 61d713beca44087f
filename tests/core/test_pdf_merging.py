"""What is laid out in parts is as good as what is laid out in one: tags, bookmarks, numbers of pages.

Read by libraries that did not make it: pypdf walks the tags, PDFium says which text each of them has.
"""

import io
import re

import pikepdf
import pypdf
import pypdfium2
import pypdfium2.raw
import pytest

from results.exports.build import pdf_of
from results.exports.heading import ABOUT
from results.exports.selection import Selection
from results.exports.tables import broadsheet
from tests.builders import AFTER, make_candidate
from tests.results.downloaded import text_of

# How pages are put together; which rows are on them, tests/results asks both databases.
pytestmark = pytest.mark.one_database

LONG = "NAPAPORN: Chanthara Wattanasirikul Phatthanakul na Ayutthaya and of a longer line"
NAMES = (LONG, "王: 小明", "7 0 R: (Fred) 8 0 R\\", "محمود: ليلى عبد الرحمن")
# Texts at the head and foot of a sheet; WeasyPrint knows whose they are, and leaves them out of the tree.
AROUND = {"broadsheet": 3, "statements": 4}


@pytest.fixture
def selection(world):
    """Of a broadsheet of two strips, each of two pages. PDFium reads no Arabic in its order."""
    for number in range(2, 31):
        code = f"{449 + number % 12:04}"
        name = NAMES[number % 3]
        make_candidate(world.main, world.series, f"{number:04}", name=name, grades={code: "B"})
    return Selection(world.officer, world.main, world.series)


@pytest.fixture
def few(world):
    for number, name in enumerate(NAMES, 2):
        make_candidate(world.main, world.series, f"{number:04}", name=name)
    return Selection(world.officer, world.main, world.series)


def test_a_broadsheet_in_parts_is_the_same_as_in_one_and_its_pages_are_numbered(selection):
    whole = pdf_of("broadsheet", selection, at=AFTER)
    parts = pdf_of("broadsheet", selection, at=AFTER, together=12)

    pages = text_of(parts)
    assert pages == text_of(whole)
    assert [re.findall(r"Page \d+ of \d+", page) for page in pages] == [
        [f"Page {at} of 4"] for at in (1, 2, 3, 4)
    ]
    assert heard(parts) == heard(whole)
    assert parts == pdf_of("broadsheet", selection, at=AFTER, together=12)


def test_a_broadsheet_is_heard_row_by_row_each_cell_under_its_heads(selection):
    tags = heard(pdf_of("broadsheet", selection, at=AFTER, together=12))

    taken = broadsheet(selection, at=AFTER)
    lines = [[str(cell or "") for cell in row] for row in taken.rows]
    codes = [head.split()[0] for head in taken.heads[4 : -len(ABOUT) : 2]]
    cells = [line[4 : -len(ABOUT) : 2] for line in lines]  # the printed forms
    assert [tag[0] for tag in tags] == ["P", "H1", "P", "P", *["Table"] * 4]
    first, second = joined(tags[4:6]), joined(tags[6:8])
    assert first == [
        [("TH/Column", head) for head in ["No.", "Name", *codes[:8]]],
        *(told_of(line, printed[:8]) for line, printed in zip(lines, cells, strict=True)),
    ]
    assert second == [
        [("TH/Column", head) for head in ["No.", "Name", *codes[8:]]],
        *(told_of(line, printed[8:]) for line, printed in zip(lines, cells, strict=True)),
    ]


@pytest.mark.parametrize("what", ["broadsheet", "statements"])
def test_what_is_drawn_on_a_page_has_its_place_in_the_tree(few, what):
    reader = read(pdf_of(what, few, at=AFTER, together=2))

    root = reader.trailer["/Root"]["/StructTreeRoot"]
    owners = {}
    for node in root["/ParentTree"]["/Kids"]:
        pairs = node.get_object()["/Nums"]
        owners |= dict(zip(pairs[::2], pairs[1::2], strict=True))
        assert list(node.get_object()["/Limits"]) == [pairs[0], pairs[-2]]
    assert sorted(owners) == list(range(len(reader.pages)))
    in_tree = {tag.indirect_reference.idnum for tag in walk(root["/K"][0].get_object())}
    for page in reader.pages:
        content = page.get_contents().get_data()
        owning = owners[page["/StructParents"]]
        marked = [int(mcid) for mcid in re.findall(rb"/MCID (\d+)", content)]
        assert sorted(marked) == list(range(len(owning)))
        for mcid, tag in enumerate(owning):
            assert mcid in tag.get_object()["/K"]
            assert tag.get_object().raw_get("/Pg").idnum == page.indirect_reference.idnum
        assert sum(tag.idnum not in in_tree for tag in owning) == AROUND[what]
        assert content.count(b"BDC") + content.count(b"BMC") == content.count(b"EMC")


@pytest.mark.parametrize("what", ["broadsheet", "statements"])
def test_what_the_file_claims_is_true_of_the_whole(few, what):
    content = pdf_of(what, few, at=AFTER, together=2)
    reader = read(content)

    with pikepdf.open(io.BytesIO(content)) as opened:
        assert opened.check_pdf_syntax() == []
    root = reader.trailer["/Root"]
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en-GB", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title.endswith(", MAIN1, June 2026")
    assert reader.metadata.title.encode() in root["/Metadata"].get_data()
    for page in reader.pages:
        assert page["/Tabs"] == "/S"
        for font in page["/Resources"]["/Font"].values():
            [descendant] = font.get_object()["/DescendantFonts"]
            described = descendant.get_object()["/FontDescriptor"]
            assert described.keys() & {"/FontFile2", "/FontFile3"}
            assert "/ToUnicode" in font.get_object()
    # No name of an element, which would have to be the only one in the file.
    assert not [tag for tag in walk(root["/StructTreeRoot"]["/K"][0].get_object()) if "/ID" in tag]


def test_statements_in_parts_are_the_same_as_in_one_and_have_no_numbers(few):
    whole = pdf_of("statements", few, at=AFTER)
    parts = pdf_of("statements", few, at=AFTER, together=2)

    assert text_of(parts) == text_of(whole)
    assert heard(parts) == heard(whole)
    for number, page in enumerate(text_of(whole), 1):
        assert f"Candidate {number:04}" in page
        assert not re.search(r"Page \d", page)
    assert parts == pdf_of("statements", few, at=AFTER, together=2)


def test_a_bookmark_leads_to_each_candidates_statement(few):
    reader = read(pdf_of("statements", few, at=AFTER, together=2))

    assert [(mark.title, reader.get_destination_page_number(mark)) for mark in reader.outline] == [
        (f"{number:04} {name}", number - 1)
        for number, name in enumerate(["BLOGGS: Fred", *NAMES], 1)
    ]


def told_of(line, cells):
    _, number, name, *_ = line
    return [("TH/Row", number), *(("TD", cell.replace(" ", "")) for cell in [name, *cells])]


def joined(tables):
    """The head of these tables, which is the same, and the rows of all; without spaces, for there is
    none where a name goes on in the next line."""
    heads = [head for _, head, _ in tables]
    assert heads == heads[:1] * len(heads)
    assert {(head[0], body[0]) for _, head, body in tables} == {("THead", "TBody")}
    rows = [heads[0][1], *(row for _, _, body in tables for row in body[1:])]
    assert {row[0] for row in rows} == {"TR"}
    return [[(kind, said.replace(" ", "")) for kind, said in row[1:]] for row in rows]


def read(content):
    return pypdf.PdfReader(io.BytesIO(content), strict=True)


def walk(tag):
    """The tag and all below it."""
    yield tag
    for kid in tag["/K"]:
        if isinstance(kid.get_object(), pypdf.generic.DictionaryObject):
            yield from walk(kid.get_object())


def heard(content):
    """The tags of the whole file in order, as lists that begin with their kind; of those that say
    nothing, and of all that is in a cell or a paragraph, the text."""
    reader, said = read(content), marked_text(content)
    pages = {page.indirect_reference.idnum: at for at, page in enumerate(reader.pages)}

    def text(tag):
        if not isinstance(tag, pypdf.generic.DictionaryObject):
            return ""
        at = pages.get(tag.raw_get("/Pg").idnum)
        return "".join(
            said[at].get(kid, "") if isinstance(kid, int) else text(kid.get_object())
            for kid in tag["/K"]
        )

    def told(tag):
        kind = tag["/S"][1:]
        if kind == "TH":
            kind += tag["/A"]["/Scope"]
        kids = [kid.get_object() for kid in tag["/K"]]
        if kind in ("Table", "THead", "TBody", "TR", "Art", "Div"):
            return [kind, *map(told, kids)]
        return [kind, text(tag)]

    return [
        told(kid.get_object()) for kid in reader.trailer["/Root"]["/StructTreeRoot"]["/K"][0]["/K"]
    ]


def marked_text(content):
    """Of each page: the text by the number of its marked content."""
    document, raw = pypdfium2.PdfDocument(content), pypdfium2.raw
    pages = []
    for page in document:
        texts = page.get_textpage()
        said = {}
        for one in page.get_objects(filter=(raw.FPDF_PAGEOBJ_TEXT,), textpage=texts):
            mcid = raw.FPDFPageObj_GetMarkedContentID(one.raw)
            said[mcid] = said.get(mcid, "") + one.extract()
        pages.append(said)
    document.close()
    return pages
