"""Letters: ours against the naive way, and against reportlab's canvas.

All print the same letters: the same names, words, fonts and QR code. Naive is a WeasyPrint document
for each candidate, its fonts configured and its style sheet read each time; a round of it prints a
few of the letters, as each of them costs the same. On the canvas the page is drawn by hand
(`tests.bench.reportlab_letter`). One letter is what a re-issue needs: cold, when nothing of its centre has been
printed before, and warm. Long names have 75 letters, short ones 20, at a centre of which nothing has been
printed before. Peak memory is that of a process that does nothing but print 5,000 letters.
"""

import datetime as dt
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib import import_module
from itertools import islice
from multiprocessing import get_context
from statistics import median

import django

from core.pdf.font_subset import FontSubset
from core.pdf.layout import VARIANT
from credentials.letters import pdf as ours
from credentials.letters.letter import Letter, Printing
from credentials.letters.pdf import FITS, STYLE_SHEET, make_pdf
from credentials.logins import secret
from demo.people import QUALIFICATION, people
from tests.bench import reportlab_letter
from tests.bench.measure import ratio, rounds, seconds, table
from tests.letters import page_html

LATIN = 0x250  # the first code point beyond Latin letters
NAIVE = 6  # letters of a round the naive way
LONG, SHORT = 75, 20  # letters of a name


def run(*, quick: bool) -> dict[str, float]:
    some, many, named = (20, 60, 40) if quick else (500, 5000, 400)
    peak = _apart(peak_mb, many)
    letters, all_scripts = some_letters(some, latin=True), some_letters(some, latin=False)
    masses = some_letters(many, latin=True)
    make_pdf(letters[:1])  # WeasyPrint is loaded, and the fonts' cache is filled
    naive, shared, by_canvas, stamped, mixed, mass, cold, warm = ([] for _ in range(8))
    short, long = [], []
    for _ in rounds(quick):
        naive.append(per_letter(lambda: [print_naively(one) for one in letters[:NAIVE]], NAIVE))
        shared.append(per_letter(lambda: print_alone(letters[0]), 1))
        by_canvas.append(per_letter(lambda: reportlab_letter.make_pdf(letters), some))
        stamped.append(per_letter(lambda: make_pdf(letters), some))
        mixed.append(per_letter(lambda: make_pdf(all_scripts), some))
        mass.append(per_letter(lambda: make_pdf(masses), many))
        cold.append(per_letter(lambda: print_cold(letters[0]), 1))
        warm.append(per_letter(lambda: make_pdf(letters[1:2]), 1))
        short.append(per_letter(lambda: print_names_of(SHORT, named), named))
        long.append(per_letter(lambda: print_names_of(LONG, named), named))
    size = len(make_pdf(letters)) / some
    table(
        f"Letters, one process; medians of {len(naive)}",
        ["", "ms a letter", "times naive"],
        [
            ["naive: a document for each candidate", median(naive), 1.0],
            ["the same, its fonts configured once", median(shared), ratio(naive, shared)],
            [f"reportlab's canvas, {some}", median(by_canvas), ratio(naive, by_canvas)],
            [f"ours, {some} of one centre", median(stamped), ratio(naive, stamped)],
            [f"ours, {some} with names of many scripts", median(mixed), ratio(naive, mixed)],
            [f"ours, {many}", median(mass), ratio(naive, mass)],
            [f"ours, {named} names of {SHORT} letters", median(short), ratio(naive, short)],
            [f"ours, {named} names of {LONG} letters", median(long), ratio(naive, long)],
            ["ours, one letter, cold", median(cold), ratio(naive, cold)],
            ["ours, one letter, warm", median(warm), ratio(naive, warm)],
        ],
    )
    print(f"{size:.0f} bytes a page; {peak:.0f} MB at most, for {many} letters")
    return {
        "letters_times_naive": ratio(naive, stamped),
        "letters_times_canvas": ratio(by_canvas, stamped),
        "letters_ms": median(stamped),
        "letters_many_scripts_times_naive": ratio(naive, mixed),
        "letters_page_of_5000_times_page_of_500": ratio(mass, stamped),
        "letters_cold_times_weasyprint_page": ratio(cold, shared),
        "letters_warm_faster_than_weasyprint_page": ratio(shared, warm),
        "letters_long_names_times_short": ratio(long, short),
        "letters_bytes_per_page": size,
        "letters_peak_mb": peak,
    }


def per_letter(act: Callable[[], object], letters: int) -> float:
    """Milliseconds for each of so many."""
    return seconds(act) / letters * 1000


def print_naively(letter: Letter) -> bytes:
    fonts = import_module("weasyprint.text.fonts").FontConfiguration()
    return _by_weasyprint(letter, fonts)


def print_alone(letter: Letter) -> bytes:
    """One document, with the fonts that are configured already."""
    return _by_weasyprint(letter, import_module("core.pdf.layout").font_configuration())


def _by_weasyprint(letter: Letter, fonts: object) -> bytes:
    weasyprint = import_module("weasyprint")  # loaded by now, with our fonts
    sheet = weasyprint.CSS(filename=STYLE_SHEET, font_config=fonts)
    html = weasyprint.HTML(string=page_html(letter, Printing(), fit=FITS[0]))
    return html.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant=VARIANT)


def print_cold(letter: Letter) -> bytes:
    """One letter when neither its page nor a font is kept from earlier ones."""
    ours._template.cache_clear()
    FontSubset.of.cache_clear()
    return make_pdf([letter])


def print_names_of(length: int, many: int) -> bytes:
    """Letters of one centre, whose names are made up and all different, of so many letters each."""
    ours._template.cache_clear()
    letters = some_letters(many, latin=True)
    words = " ".join(one.candidate_name.replace(":", "") for one in letters)
    names = [words[at * 7 :][:length].strip() for at in range(many)]
    return make_pdf(
        [replace(letter, candidate_name=name) for letter, name in zip(letters, names, strict=True)]
    )


def some_letters(many: int, *, latin: bool) -> list[Letter]:
    """Letters of candidates who do not exist."""
    release = dt.datetime(2026, 8, 13, 5, tzinfo=dt.UTC)
    crowd = (one for one in people(["10001"], 9999) if not latin or max(map(ord, one.name)) < LATIN)
    return [
        Letter(
            board="Cambridge International",
            site_address="https://results.example.org/results/",
            candidate_number=person.number,
            candidate_name=person.name,
            centre_number="10001",
            centre_name="Made-up School",
            time_zone="Asia/Bangkok",
            series="June 2026",
            username=login.grouped_username,
            password=login.grouped_password,
            visible_from=((QUALIFICATION, release.isoformat()),),
            undated=(),
            contact_name="Exams Office",
            contact_telephone="+66 2 000 0000",
            contact_email="exams@school.example.org",
        )
        for person in islice(crowd, many)
        for login in [secret.make()]
    ]


def peak_mb(many: int) -> float:
    """Print so many letters, and tell the most memory that this process ever had."""
    make_pdf(some_letters(many, latin=True))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB


def _apart(act, *arguments):
    """What an act returns in a process of its own."""
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=django.setup) as pool:
        return pool.submit(act, *arguments).result()
