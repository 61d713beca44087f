"""Rule 14 in every language that the candidate site speaks: complete, on one page, in our fonts."""

import ctypes
import io
import re
from collections import defaultdict
from functools import cache

import pikepdf
import polib
import pypdf
import pypdfium2
import pytest
import uharfbuzz
import zxingcpp
from django.conf import settings
from django.utils.translation import gettext, override
from PIL import ImageChops

from core.pdf.fonts import FONTS
from core.pdf.layout import laid_out
from credentials.letters.letter import Letter, Printing
from credentials.letters.pdf import STYLE_SHEET, make_grouped_pdf, make_pdf
from tests.catalogues import catalogue, languages
from tests.credentials.test_letters import LONG, at, by_weasyprint, drawn, letter
from tests.letters import page_html, texts

ALL = [code for code, _ in settings.LANGUAGES]
FROM_RIGHT = ["ar", "ur"]
NAMES = [
    "BLOGGS: Fred",
    "O’NEILL-BLOGGS: Anna-Maria J.",
    "محمد: عبد الرحمن",
    "علی: پگاہ (ابن) 2",
    "王: 小明",
    "शर्मा: प्रिया क्षत्रिय",
    "CHAN: Tai Man 陳大文 (علي)",
]
QUALIFICATIONS = [
    "Cambridge IGCSE",
    "Cambridge O Level",
    "Cambridge International AS & A Level",
    "Cambridge IGCSE (9–1)",
    "Made-up Certificate of Education",
    "Made-up Diploma",
]
SIX = tuple(at(name, 10 + number) for number, name in enumerate(QUALIFICATIONS))
KINDS = {
    "one time": letter(),
    "six times": letter(visible_from=SIX),
    "some undated": letter(undated=(QUALIFICATIONS[1], QUALIFICATIONS[2])),
    "undated": letter(visible_from=(), undated=("Cambridge IGCSE",)),
    "nothing to scan": letter(code_signs_in=False),
    "long names": letter(
        visible_from=SIX,
        candidate_name=LONG[0],
        centre_name=LONG[0],
        contact_name=LONG[0][:100],
        contact_email="w" * 88 + "@example.org",
    ),
}


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize("large", [False, True], ids=["ordinary", "large"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_one_page_within_its_margins(language, kind, large):
    pdf = make_pdf([KINDS[kind]], Printing(language=language, large=large))

    assert len(pypdfium2.PdfDocument(pdf)) == 1
    left = [
        (0, 0, 35, 279),
        (0, 283, 35, 559),
        (0, 563, 35, 842),
    ]  # but where it is folded, in thirds
    page = drawn(pdf)
    for margin in (*left, (560, 0, 595, 842), (0, 815, 595, 842)):
        assert page.crop(margin).getextrema() == (255, 255)
    for fold in ((14, 279, 31, 283), (14, 559, 31, 563)):
        assert page.crop(fold).getextrema()[0] < 255


@pytest.mark.parametrize("language", ALL)
def test_an_ordinary_letter_is_not_set_small(language):
    """Some languages need more room than English; none needs the closer settings for it."""
    printing = Printing(language=language)
    with override(language):
        assert (
            len(laid_out(page_html(letter(), printing, fit="close by-10"), STYLE_SHEET).pages) == 1
        )


@pytest.mark.parametrize("language", languages())
def test_a_letter_speaks_its_language_and_says_so(language):
    pdf = pypdf.PdfReader(io.BytesIO(make_pdf([letter()], Printing(language=language))))
    with override(language):
        title = gettext("Confidential Examination results information")

    assert pdf.trailer["/Root"]["/Lang"] == language
    assert pdf.metadata == {"/Title": title}
    assert title != "Confidential Examination results information"


def test_the_language_of_one_letter_is_not_that_of_the_next():
    before = make_pdf([letter()])
    for language in languages():
        assert make_pdf([letter()], Printing(language=language)) != before

    assert make_pdf([letter()]) == before


WRITTEN = {
    "en-gb": ("13 August 2026, 10:00 Karachi time (UTC+5)", "13 August 2026, 05:00 UTC"),
    "es": (
        "13 de agosto de 2026, 10:00 hora de Karachi (UTC+5)",
        "13 de agosto de 2026, 05:00 UTC",
    ),
    "fr": ("13 août 2026 à 10:00 heure locale (Karachi, UTC+5)", "13 août 2026 à 05:00 UTC"),
    "pt": (
        "13 de agosto de 2026, 10:00 hora local (Karachi, UTC+5)",
        "13 de agosto de 2026, 05:00 UTC",
    ),
    "ar": ("13 أغسطس 2026، 10:00 بتوقيت كراتشي (UTC+5)", "13 أغسطس 2026، 05:00 UTC"),
    "ur": ("13 اگست 2026، 10:00 مقامی وقت (کراچی، UTC+5)", "13 اگست 2026، 05:00 UTC"),
    "zh-hans": ("2026年8月13日 10:00 卡拉奇时间（UTC+5）", "2026年8月13日 05:00 UTC"),
    "hi": ("13 अगस्त 2026, 10:00 स्थानीय समय (कराची, UTC+5)", "13 अगस्त 2026, 05:00 UTC"),
}


@pytest.mark.parametrize("language", ALL)
def test_times_are_written_as_the_language_does_with_the_digits_that_are_typed(language):
    with override(language):
        [moment] = letter().moments

    assert (moment.local, moment.utc) == WRITTEN[language]


@cache
def characters() -> frozenset[int]:
    """All that our fonts can draw."""
    faces = [
        uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))) for path in FONTS.glob("*.ttf")
    ]
    return frozenset().union(*(face.unicodes for face in faces))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("room", ["credentials", "core"])
def test_the_fonts_have_every_character_of_every_translation(language, room):
    text = "".join(entry.msgstr for entry in polib.pofile(str(catalogue(room, language))))

    assert sorted(set(text) - set(map(chr, characters()))) == []


@pytest.mark.parametrize("language", ALL)
def test_every_month_can_be_printed(language):
    year = tuple((f"{month}", f"2026-{month:02}-01T05:00:30+00:00") for month in range(1, 13))

    make_pdf([letter(visible_from=year)], Printing(language=language))


def test_every_font_is_named_in_the_style_sheet_and_brings_both_weights():
    """By the name that its file has, as the fonts of a PDF are looked up by it. Logins are bold."""
    named = re.findall(r'"(Noto [^"]+)"', STYLE_SHEET.read_text())
    files = [f"{name.replace(' ', '')}-{weight}.ttf" for name in named for weight in WEIGHTS]
    files.remove("NotoSansMono-Regular.ttf")

    assert sorted(files) == sorted(path.name for path in FONTS.glob("*.ttf"))


WEIGHTS = ("Regular", "Bold")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", [*FROM_RIGHT, "zh-hans", "hi"])
def test_what_is_stamped_is_what_weasyprint_would_draw(language, name):
    assert_alike(letter(candidate_name=name), Printing(language=language))


@pytest.mark.parametrize("language", ["en-gb", "ar"])
def test_a_candidates_group_stands_at_the_end_of_the_line_of_the_name(language):
    """Where the fonts lack a character of it, the letter goes without."""
    one, printing = letter(group="11A"), Printing(language=language)

    assert "11A" in texts(make_pdf([one], printing))[0]
    assert_alike(one, printing)
    assert make_pdf([letter(group="\N{FOX FACE}")], printing) == make_pdf([letter()], printing)


@pytest.mark.parametrize("language", [*FROM_RIGHT, "zh-hans", "hi"])
def test_so_it_is_on_a_sample_whose_word_stands_in_joined_letters(language):
    with override(language):
        word = gettext("SAMPLE")

    printing = Printing(language=language, sample=True)
    assert_alike(letter(username=word, password=word), printing)


def assert_alike(one: Letter, printing: Printing) -> None:
    """By the pixels, but for the code, whose squares are not blurred alike."""
    stamped = drawn(make_pdf([one], printing), scale=3)
    whole = drawn(by_weasyprint(one, printing=printing), scale=3)
    left = 180 if printing.language in FROM_RIGHT else 1230
    for picture in (stamped, whole):
        picture.paste(255, (left, 700, left + 380, 1140))

    assert ImageChops.difference(stamped, whole).getextrema()[1] <= 8


@pytest.mark.parametrize("language", languages())
def test_copied_text_is_what_the_letter_says(language):
    """What is said of a line whose letters join goes before its glyphs. Words are compared, and not
    sentences: a page is broken into lines. Hyphens and spaces go with the breaks."""
    pdf = make_pdf([letter()], Printing(language=language))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        said = SAID.findall(contents(opened.pages[0]))
    heard = "".join(bytes.fromhex(line.decode()).decode("utf-16-be") for line in said)
    with pypdfium2.PdfDocument(pdf) as document:
        heard += document[0].get_textpage().get_text_bounded()
    with override(language):
        html = page_html(letter(), Printing(language=language), fit="roomy")
    words = re.sub(r"<(head|title).*?</\1>|<[^>]+>|-", " ", html, flags=re.DOTALL).split()

    assert [word for word in words if word not in re.sub(r"[\s\ufffe-]", "", heard)] == []


SAID = re.compile(rb"/ActualText<FEFF([0-9a-f]+)>")


def contents(page: pikepdf.Page) -> bytes:
    return b"".join(stream.read_bytes() for stream in page.Contents)


@pytest.mark.parametrize("language", FROM_RIGHT)
def test_from_right_to_left_numbers_and_latin_words_keep_their_order(language):
    facts = {"contact_name": "Smith & Co. (UK)", "board": "Made-up Board (UK) Ltd."}
    lines = seen(make_pdf([letter(undated=("AS & A Level",), **facts)], Printing(language)))

    for words in [
        "Made-up Board (UK) Ltd.",
        "BLOGGS: Fred",
        "Made-up Grammar School",
        "https://direct.example.org/results/",
        "ABCD-EFGH",
        "0123-4567-89AB-CDEF",
        "AS & A Level",
        "Smith & Co. (UK)",
        "+44 1223 000000",
        "exams@main.example.org",
    ]:
        assert any(re.sub(r"[ ()]", "", words) in line for line in lines), words


@pytest.mark.parametrize(("language", "stop"), [("ar", "."), ("ur", "۔")])
def test_from_right_to_left_a_time_is_read_from_the_right_and_ends_on_the_left(language, stop):
    lines = seen(make_pdf([letter()], Printing(language)))

    [line] = [line for line in lines if "UTC" in line]
    assert line.startswith(f"{stop}UTC05:00،2026"), line
    assert line.index("05:00") < line.index("UTC+5") < line.index("10:00")


@pytest.mark.parametrize("language", ALL)
def test_the_code_is_where_the_words_end(language):
    [code] = zxingcpp.read_barcodes(drawn(make_pdf([letter()], Printing(language)), scale=2))

    assert code.text == "https://direct.example.org/results/#ABCDEFGH0123456789ABCDEF"
    assert (code.position.top_right.x < 595) == (language in FROM_RIGHT)


@pytest.mark.parametrize("language", ALL)
def test_a_cover_sheet_is_in_the_same_language(language):
    letters = [letter(candidate_name=name) for name in NAMES]
    printing = Printing(language=language, cover_sheet=True)
    with override(language):
        heading = gettext("Received: date and signature")
    pdf = make_grouped_pdf([("11A", letters)], printing)

    assert len(pypdfium2.PdfDocument(pdf)) == len(letters) + 1
    with override("en-gb"):
        assert (heading == gettext("Received: date and signature")) == (language == "en-gb")
    name_column, signatures = (300, 330, 540, 530), (80, 345, 230, 530)
    if language not in FROM_RIGHT:
        name_column, signatures = (105, 330, 300, 530), (360, 345, 520, 530)
    assert ink(pdf, name_column) > 2 * ink(pdf, signatures)


def ink(pdf: bytes, box: tuple[int, int, int, int]) -> int:
    """How many of its points are dark."""
    return sum(drawn(pdf).crop(box).histogram()[:128])


def seen(pdf: bytes) -> list[str]:
    """The lines of a page as the eye sees them, from left to right, without spaces, and without
    brackets, for PDFium tells their shape by what stands around them."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        glyphs_alone = SAID.sub(b"", contents(opened.pages[0]))
        opened.pages[0].Contents = opened.make_stream(glyphs_alone)
        opened.save(unsaid := io.BytesIO())
    with pypdfium2.PdfDocument(unsaid) as document:
        page = document[0].get_textpage()
        lines, x, y = defaultdict(list), ctypes.c_double(), ctypes.c_double()
        for place in range(page.count_chars()):
            character = page.get_text_range(place, 1)
            pypdfium2.raw.FPDFText_GetCharOrigin(page, place, x, y)
            if character.strip(" \r\n()"):
                lines[round(y.value)].append((x.value, character))
        return ["".join(character for _, character in sorted(line)) for line in lines.values()]
