"""Rule 14: what a letter says, and how it is printed."""

import dataclasses
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pypdf
import pypdfium2
import pytest
import zxingcpp
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from core.pdf.layout import CannotPrint, laid_out
from credentials.letters.letter import Letter, Printing
from credentials.letters.pdf import FITS, STYLE_SHEET, TITLE, make_grouped_pdf, make_pdf
from tests.letters import page_html, texts

IGCSE = ("Cambridge IGCSE", "2026-08-13T05:00:00+00:00")

LETTER = Letter(
    board="Made-up Board",
    site_address="https://direct.example.org/results/",
    candidate_number="0001",
    candidate_name="BLOGGS: Fred",
    centre_number="PK398",
    centre_name="Made-up Grammar School",
    time_zone="Asia/Karachi",
    series="June 2026",
    username="ABCD-EFGH",
    password="0123-4567-89AB-CDEF",
    visible_from=(IGCSE,),
    undated=(),
    contact_name="Exams Office",
    contact_telephone="+44 1223 000000",
    contact_email="exams@main.example.org",
)
ORDINARY = Printing()


def letter(**facts) -> Letter:
    return dataclasses.replace(LETTER, **facts)


def at(qualification: str, day: int) -> tuple[str, str]:
    return (qualification, f"2026-08-{day}T05:00:00+00:00")


def by_weasyprint(one: Letter, fit: str = "roomy", printing: Printing = ORDINARY) -> bytes:
    """The letter with nothing stamped: all of it laid out and drawn by WeasyPrint. The empty strings
    that it writes before a glyph that is moved are taken out: PDFium would forget the move."""
    with override(printing.language):
        written = laid_out(page_html(one, printing, fit=fit), STYLE_SHEET).write_pdf(
            pdf_variant="pdf/ua-1"
        )
    with pikepdf.open(io.BytesIO(written)) as pdf:
        contents = pdf.pages[0].Contents
        contents.write(re.sub(rb"(?<!<)<>(?!>)", b" ", contents.read_bytes()))
        pdf.save(cleaned := io.BytesIO())
    return cleaned.getvalue()


def drawn(pdf: bytes, page: int = 0, scale: float = 1):
    return pypdfium2.PdfDocument(pdf)[page].render(scale=scale, grayscale=True).to_pil()


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
        "13 August 2026, 10:00 Karachi time (UTC+5)",
        "13 August 2026, 05:00 UTC",
        "Exams Office",
        "+44 1223 000000",
        "exams@main.example.org",
        "provisional and for information only",
        "You must not print screenshots of your results, or share screenshots with universities.",
    ]:
        assert words in text


def test_each_qualification_has_its_own_time_where_they_differ():
    two = (at("Cambridge International AS & A Level", 11), at("Cambridge IGCSE", 13))
    [text] = texts(make_pdf([letter(visible_from=two)]))
    text = " ".join(text.split())

    assert re.search(r"AS & A Level from 11 August 2026, 10:00 .* 11 August 2026, 05:00 UTC", text)
    assert re.search(r"IGCSE from 13 August 2026, 10:00 .* 13 August 2026, 05:00 UTC", text)


def test_a_qualification_without_a_release_is_named_beside_those_that_have_one():
    [text] = texts(make_pdf([letter(undated=("Cambridge O Level",))]))
    text = " ".join(text.split())

    assert "Cambridge IGCSE from 13 August 2026, 10:00 Karachi time (UTC+5)" in text
    assert "Cambridge O Level not set yet" in text


def test_without_a_release_the_letter_says_that_the_time_is_not_set():
    [text] = texts(make_pdf([letter(visible_from=(), undated=("Cambridge IGCSE",))]))

    assert "The time has not been set yet" in text


def test_one_page_each_in_the_order_given():
    numbers = [
        f"{number:04}" for number in (3, 1, 2, *range(4, 140))
    ]  # more than a page tree's node
    pages = texts(make_pdf([letter(candidate_number=number) for number in numbers]))

    assert [re.search(r"\d{4} BLOGGS", page)[0][:4] for page in pages] == numbers


NAMES = [
    "BLOGGS: Fred",
    "O’NEILL-BLOGGS: Anna-Maria J.",
    "X",
    "".join(map(chr, range(0xC0, 0x120))).replace("×", "").replace("÷", "")[:40],
    "".join(map(chr, range(0x120, 0x17F)))[:45],
    "ŁUKASZ ŠKODA: Zoë",
    "NGUYỄN: Ánh Ỹ",
    "e\u0301\u0323: x\u0308",
    "AVATAR To: Wafer fi ffi fl",
    "محمد: عبد الرحمن",
    "علی: پگاہ",
    "محمد: عليّ (ابن)",
    "王: 小明",
    "山田: たろう カタカナ",
    "शर्मा: प्रिया क्षत्रिय",
    "ศรีสุข: สมชาย ที่นี่",
    "НОВАК: Ольга",
    "ΠΑΠΑΔΟΠΟΥΛΟΣ: Γιώργος",
    "김: 민수 (金) 뷁",
    "כהן: שָׂרָה (רות)",
    "Հայկյան: Անի",
    "ბერიძე: ნინო",
    "ተስፋዬ: ሰላም",
    "চৌধুরী: শ্রীজা ক্ষমা",
    "પટેલ: ક્ષમા શ્રી",
    "ਸਿੰਘ: ਪ੍ਰੀਤ ਕੌਰ",
    "ಗೌಡ: ಕೃಷ್ಣ ಜ್ಞಾನ",
    "നായർ: ശ്രീക്കുട്ടി",
    "සිල්වා: ක්‍රිෂාන්ති ශ්‍රී",
    "குமார்: ஸ்ரீ க்ஷமா",
    "రెడ్డి: కృష్ణ స్త్రీ",
    "សុខ: ស្រីមុំ ខ្ញុំ",
    "ວົງສາ: ກຸ້ງ ນໍ້າ",
    "မောင်: ကြည်ဖြူ သန္တာ",
    "CHAN: Tai Man 陳大文",
    "محمد: Fred (علي) 2",
    "SHARMA: प्रिया محمد 小明 สมชาย",
    "  double   spaces :  kept as one ",
    "TWENTYTWENTYTWENTY: Fortyfortyfortyforty",
    "W" * 40,
]
LONG_NAMES = [
    "WOLFESCHLEGELSTEINHAUSEN-BERGERDORFF: Maria Fernanda Alexandra Wilhelmina",
    "DE LA CRUZ Y FERNÁNDEZ DE CÓRDOBA: María del Carmen de los Ángeles Guadalupe " * 2,
    "W" * 75,  # no room for it beside the number, nor for the whole of it below
    "ANNA: " + "W" * 75,
    "RATHNAYAKE-MUDIYANSELAGE-DISSANAYAKE-BANDARANAIKE-WICKRAMASINGHE-ABEYWARDENA: Q",
    "soft" + "\u00adhyphen" * 14,
    "RAO: " + "आदित्यनारायण राजेश्वर " * 4,
    "الحسيني: " + "عبد الرحمن محمد علي " * 5,
    "محمد: Fred (علي) 2 " + "Maximilian Alexander Ferdinand " * 3,
    "SMITH: " + "عبد الرحمن محمد علي " * 5,
    "王: " + "小明" * 40,
    "ศรีสุข: " + "สมชายที่นี่" * 9,
    "LUKASZ ŠKODA: Zoë  " + "Ånders  Öberg  " * 6,
    "x" * 60 + " y",
]


@pytest.mark.parametrize("language", ["en-gb", "ar"])
@pytest.mark.parametrize("name", LONG_NAMES)
def test_so_is_a_name_of_several_lines(name, language):
    """As roomily as it can be: in some languages three lines are too many for the roomiest page."""
    one, printing = letter(candidate_name=name.strip()), Printing(language=language)
    pages = [by_weasyprint(one, fit, printing) for fit in FITS[:2]]
    whole = drawn(next(pdf for pdf in pages if len(pypdfium2.PdfDocument(pdf)) == 1), scale=3)
    stamped = drawn(make_pdf([one], printing), scale=3)
    for picture in (stamped, whole):
        picture.paste(255, (200, 680, 1560, 1200))

    assert ImageChops.difference(stamped, whole).getextrema()[1] <= 8


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stamped_is_what_weasyprint_would_draw(name):
    """Read from the pixels: the text layer is right even where boxes are printed. The code is left
    out: its squares are the same, their edges are not blurred alike."""
    one = letter(candidate_name=name)
    stamped, whole = drawn(make_pdf([one]), scale=3), drawn(by_weasyprint(one), scale=3)
    for picture in (stamped, whole):
        picture.paste(255, (1230, 700, 1560, 1140))

    assert ImageChops.difference(stamped, whole).getextrema()[1] <= 8


@pytest.mark.parametrize("name", NAMES)
def test_copied_text_is_the_name(name):
    """As PDFium hears it, which reads what is to be said where glyphs alone do not tell."""
    page = pypdfium2.PdfDocument(make_pdf([letter(candidate_name=name)]))[0]
    copied = page.get_textpage().get_text_bounded()
    wanted = " ".join(name.split())

    assert "".join(wanted.split()) in "".join(copied.split()) or name_is_said(name, wanted)


def name_is_said(name: str, wanted: str) -> bool:
    """The name stands as actual text in the page's content."""
    with pikepdf.open(io.BytesIO(make_pdf([letter(candidate_name=name)]))) as pdf:
        content = b"".join(stream.read_bytes() for stream in pdf.pages[0].Contents)
    return wanted.encode("utf-16-be").hex().encode() in content


def test_one_name_does_not_change_what_is_beside_it():
    alone = drawn(make_pdf([LETTER]))
    after = drawn(make_pdf([letter(candidate_name=name) for name in NAMES] + [LETTER]), len(NAMES))

    assert alone.tobytes() == after.tobytes()


def test_threads_at_once_print_what_one_alone_would():
    files = [
        [letter(candidate_name=name, candidate_number=f"{at:04}")] * 12
        for at, name in enumerate(NAMES[:12])
    ]
    alone = [make_pdf(letters) for letters in files]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(make_pdf, files))

    assert together == alone


LONG = [" ".join(["WOLFESCHLEGELSTEINHAUSEN:"] * 8)[:200], "W" * 200, "王" * 200, "W " * 100]


@pytest.mark.parametrize("name", LONG)
def test_the_longest_names_still_fit_on_one_a4_page_and_stay_on_it(name):
    six = tuple(at(f"{number} {name}"[:100], 10 + number) for number in range(6))
    pdf = make_pdf(
        [
            letter(
                candidate_name=name,
                centre_name=name,
                visible_from=six,
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

    times = dict(at(words(100), 10 + n) for n in range(data.draw(st.integers(0, 6))))
    facts = {
        "candidate_name": words(200),
        "centre_name": words(200),
        "visible_from": tuple(times.items()),
    }
    contact = {"contact_name": words(100), "contact_email": words(100)}

    assert len(texts(make_pdf([LETTER, letter(**facts, **contact), LETTER]))) == 3


def test_a_character_that_the_fonts_lack_names_the_candidate_and_not_the_name(caplog):
    letters = [LETTER, letter(candidate_number="0007", candidate_name="CLINGON: \U00012000")]

    with pytest.raises(CannotPrint, match=r"candidate 0007 .*U\+12000") as error:
        make_pdf(letters)

    assert "CLINGON" not in str(error.value)
    assert caplog.records == []


@pytest.mark.parametrize("where", ["centre_name", "contact_name"])
def test_so_does_a_character_of_what_all_letters_share(where):
    with pytest.raises(CannotPrint, match=r"candidate 0001 .*U\+12000"):
        make_pdf([letter(**{where: "Clingon \U00012000"})])


def test_markup_in_a_name_is_printed_and_fetches_nothing():
    name = "<img src='https://example.org/x.png'><b>BOBBY & Co</b>"
    [text] = texts(make_pdf([letter(candidate_name=name, contact_name=name)]))

    assert " ".join(text.split()).count("<b>BOBBY & Co</b>") == 2


def test_the_same_letters_are_the_same_bytes_and_others_are_not():
    pdf = make_pdf([LETTER])
    make_pdf([letter(candidate_name=name) for name in NAMES])

    assert make_pdf([LETTER]) == pdf
    assert make_pdf([letter(password="0123-4567-89AB-CDEG")]) != pdf


def test_the_metadata_hold_a_fixed_title_and_nothing_about_the_candidate():
    pdf = pypdf.PdfReader(io.BytesIO(make_pdf([LETTER])))

    assert pdf.metadata == {"/Title": TITLE}
    assert pdf.trailer["/Root"]["/Lang"] == "en-gb"
    xmp = pdf.xmp_metadata.rdf_root.toxml()
    for fact in ("BLOGGS", "0001", "PK398", "ABCD", "exams@"):
        assert fact not in xmp


def test_no_other_name_can_be_read_from_the_fonts_of_a_file():
    """What a font carries beyond Latin belongs to the letters of this very file."""
    make_pdf([letter(candidate_name="王: 小明")])
    with pikepdf.open(io.BytesIO(make_pdf([letter(candidate_name="王: 明")]))) as pdf:
        fonts = pdf.pages[0].Resources.Font
        [chinese] = [font for name, font in fonts.items() if "SC" in name]
        meant = chinese.ToUnicode.read_bytes()

    assert "明".encode("utf-16-be").hex().encode() in meant
    assert "小".encode("utf-16-be").hex().encode() not in meant


def test_neither_repr_nor_str_of_a_letter_tells_its_login():
    for text in (repr(LETTER), str([LETTER])):
        assert "ABCD-EFGH" not in text
        assert "0123-4567" not in text


def test_a_letter_survives_a_journey_through_json():
    assert Letter.from_json(json.loads(json.dumps(LETTER.as_json()))) == LETTER


def scanned(pdf: bytes, page: int = 0) -> str:
    [code] = zxingcpp.read_barcodes(drawn(pdf, page, scale=2))
    return code.text


def test_the_code_opens_the_site_with_the_login_in_the_fragment():
    letters = [LETTER, letter(username="JKMN-PQRS", password="ZZZZ-ZZZZ-ZZZZ-ZZZZ")]
    pdf = make_pdf(letters)

    assert scanned(pdf) == "https://direct.example.org/results/#ABCDEFGH0123456789ABCDEF"
    assert scanned(pdf, 1) == "https://direct.example.org/results/#JKMNPQRSZZZZZZZZZZZZZZZZ"
    assert scanned(by_weasyprint(letters[1])) == scanned(pdf, 1)


def test_the_code_can_hold_the_address_alone():
    pdf = make_pdf([letter(code_signs_in=False)])

    assert scanned(pdf) == "https://direct.example.org/results/"
    assert "filled in" not in texts(pdf)[0]


def test_a_file_is_sound_and_every_page_is_tagged_for_screen_readers():
    letters = [letter(candidate_number=f"{number:04}") for number in range(1, 71)]
    with pikepdf.open(io.BytesIO(make_pdf(letters))) as pdf:
        assert pdf.check_pdf_syntax() == []
        root = pdf.Root.StructTreeRoot
        assert pdf.Root.MarkInfo.Marked
        owners = {key: owner for node in root.ParentTree.Kids for key, owner in numbers(node.Nums)}
        pages = {page.objgen for page in pdf.pages}
        assert [int(page.StructParents) for page in pdf.pages] == sorted(owners) == list(range(70))
        for page in pdf.pages:
            elements = list(owners[int(page.StructParents)])
            assert {element.Pg.objgen for element in elements} == {page.objgen}
            content = b"".join(stream.read_bytes() for stream in page.Contents)
            marked = {int(number) for number in re.findall(rb"/MCID (\d+)", content)}
            assert marked == set(range(len(elements)))
            assert content.count(b"BDC") + content.count(b"BMC") == content.count(b"EMC")
        headings = [element for element in walk(root) if element.get("/S") == "/H1"]
        assert {element.Pg.objgen for element in headings} == pages
        figures = [element for element in walk(root) if element.get("/S") == "/Figure"]
        assert {str(element.Alt) for element in figures} == {"QR code that opens the sign-in page"}
        heads = [element for element in walk(root) if element.get("/S") == "/TH"]
        assert {str(element.A.Scope) for element in heads} == {"/Row"}


def test_nothing_is_drawn_with_what_the_file_does_not_hold():
    everything = Printing(cover_sheet=True, large=True)
    for pdf in (make_pdf([LETTER]), make_grouped_pdf([("11A", [LETTER])], everything)):
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            for page in opened.pages:
                held = {*page.Resources.Font.keys(), *page.Resources.ExtGState.keys()}
                used = {
                    str(operands[0])
                    for operands, operator in pikepdf.parse_content_stream(page)
                    if str(operator) in ("Tf", "gs", "Do", "sh", "scn", "cs")
                }
                assert used <= held


def test_a_screen_reader_hears_the_letter_in_order():
    """The words of the marked content, in the order of the structure tree."""
    with pikepdf.open(io.BytesIO(make_pdf([LETTER]))) as pdf:
        page = pdf.pages[0]
        content = b"".join(stream.read_bytes() for stream in page.Contents)
        meanings = {name[1:]: meaning(font.ToUnicode) for name, font in page.Resources.Font.items()}
        order = [mcid for element in pdf.Root.StructTreeRoot.K for mcid in contents(element)]
    parts = dict(re.findall(rb"/MCID (\d+)>>\s*BDC(.*?)EMC", content, re.DOTALL))
    heard = " ".join(spoken(parts[b"%d" % mcid], meanings) for mcid in order if b"BI" not in parts)

    for earlier, later in [
        ("Made-up Board", TITLE),
        (TITLE, "Candidate"),
        ("Candidate", "0001"),
        ("0001", "BLOGGS: Fred"),
        ("BLOGGS: Fred", "Username"),
        ("Username", "ABCD-EFGH"),
        ("ABCD-EFGH", "Password"),
        ("Password", "0123-4567-89AB-CDEF"),
        ("0123-4567-89AB-CDEF", "13 August 2026"),
        ("13 August 2026", "Keep this letter safe"),
    ]:
        assert -1 < heard.find(earlier) < heard.rfind(later), (earlier, later)


def spoken(operators: bytes, meanings: dict[str, dict[int, str]]) -> str:
    said, font = "", ""
    for name, string in re.findall(rb"/(\w+) [\d.]+ Tf|<([0-9A-Fa-f]+)>", operators):
        if name:
            font = name.decode()
            continue
        glyphs = [int(string[at : at + 4], 16) for at in range(0, len(string), 4)]
        said += "".join(meanings[font][glyph] for glyph in glyphs)
    return said


def meaning(to_unicode: pikepdf.Stream) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9a-f]+)>", to_unicode.read_bytes())
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs
    }


def contents(element) -> list[int]:
    kids = element.get("/K", [])
    found = []
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        found += contents(kid) if isinstance(kid, pikepdf.Dictionary) else [int(kid)]
    return found


def numbers(flat: pikepdf.Array) -> list[tuple[int, pikepdf.Object]]:
    return [(int(key), value) for key, value in zip(flat[::2], flat[1::2], strict=True)]


def walk(element):
    kids = element.get("/K")
    if kids is None:
        return
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from walk(kid)
