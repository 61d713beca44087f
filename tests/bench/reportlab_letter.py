"""The letter drawn by hand on reportlab's canvas: what a careful programmer would write without HTML.

Words wrap where they wrap on our letter. No tags, no shaping, no scripts but Latin.
"""

import io

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from core.pdf.fonts import FONTS
from core.pdf.qr_code import modules
from credentials.letters.letter import Letter
from credentials.letters.pdf import TITLE

LEFT, RIGHT = 22 * mm, A4[0] - 22 * mm
STEPS = [
    "1. Scan with your phone: it opens the website with your username and password",
    "    filled in. Or go to the website above and type them. Capitals, spaces and hyphens do",
    "    not matter.",
    "2. Choose “Log in”. You can do so at any time: until your results are released, the website",
    "    says when they will be.",
]


def make_pdf(letters: list[Letter]) -> bytes:
    for name in ("Regular", "Bold"):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(FONTS / f"NotoSans-{name}.ttf")))
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4)
    canvas.setTitle(TITLE)
    for letter in letters:
        _page(canvas, letter)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _page(canvas: Canvas, letter: Letter) -> None:
    [moment] = letter.moments
    lines = [
        (777, "Bold", 12, 0, letter.board),
        (724, "Bold", 20, 0, TITLE),
        (692, "Regular", 11, 0, "Candidate"),
        (692, "Bold", 11, 80, f"{letter.candidate_number} {letter.candidate_name}"),
        (673, "Regular", 11, 0, "Centre"),
        (673, "Regular", 11, 80, f"{letter.centre_number} {letter.centre_name}"),
        (654, "Regular", 11, 0, "Series"),
        (654, "Regular", 11, 80, letter.series),
        (601, "Bold", 12, 21, "Your login for the Candidate Results website"),
        (581, "Regular", 9, 21, "Website"),
        (565, "Bold", 11, 21, letter.site_address),
        (546, "Regular", 9, 21, "Username"),
        (526, "Bold", 18, 21, letter.username),
        (506, "Regular", 9, 21, "Password"),
        (486, "Bold", 18, 21, letter.password),
        (438, "Bold", 12, 0, "When you can see your results"),
        (419, "Regular", 11, 0, f"From {moment.local}, which is {moment.utc}."),
        (386, "Bold", 12, 0, "How to see them"),
        *((367 - 16 * at, "Regular", 11, 6, line) for at, line in enumerate(STEPS)),
        (
            257,
            "Bold",
            11,
            14,
            "The results on the website are provisional and for information only.",
        ),
        (
            241,
            "Regular",
            11,
            14,
            "You must not print screenshots of your results, or share screenshots with universities.",
        ),
        (201, "Bold", 12, 0, "Questions about your results or this letter"),
        (181, "Regular", 11, 0, f"Ask {letter.contact_name}"),
        (165, "Regular", 11, 0, f"Telephone {letter.contact_telephone}"),
        (149, "Regular", 11, 0, f"E-mail {letter.contact_email}"),
        (108, "Bold", 9.5, 0, "Keep this letter safe."),
        (
            94,
            "Regular",
            9.5,
            0,
            "Whoever has it can see your results. If you are given a new letter, this one no longer works.",
        ),
    ]
    canvas.setStrokeColorRGB(0.11, 0.24, 0.43)
    canvas.line(LEFT, 767, RIGHT, 767)
    canvas.rect(LEFT, 466, RIGHT - LEFT, 158)
    canvas.setFillColorRGB(0.93, 0.95, 0.96)
    canvas.rect(LEFT, 230, RIGHT - LEFT, 46, stroke=0, fill=1)
    canvas.setFillColorRGB(0.07, 0.07, 0.07)
    for y, font, size, indent, text in lines:
        canvas.setFont(font, size)
        canvas.drawString(LEFT + indent, y, text)
    rows = modules(letter.code)
    picture = Image.new("1", (len(rows), len(rows)))
    picture.putdata([module == "0" for row in rows for module in row])
    canvas.drawInlineImage(picture, RIGHT - 21 - 33 * mm, 490, 33 * mm, 33 * mm)
