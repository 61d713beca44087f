"""Letters: ours against the naive way.

Ours: `make_pdf` for parts of fifty, merged into one file. Naive: a WeasyPrint document for each
candidate, its fonts configured and its style sheet read each time, and no merging. Both print the
same letters, with the same template, style sheet, fonts and tags; a round of the naive way prints
every fourth of them, as each of its letters costs the same. Peak memory is that of a process that
does nothing but make letters our way.
"""

import datetime as dt
import resource
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from itertools import islice
from multiprocessing import get_context
from statistics import median

import django
from django.template.loader import render_to_string

from bench.cohort import QUALIFICATION, people
from bench.measure import ratio, rounds, seconds, table
from centres.models import Centre
from centres.times import moments
from credentials import secret
from credentials.letter.merge import merge
from credentials.letters import FITS, STYLE_SHEET, TITLE, Letter, make_pdf
from credentials.parts import LETTERS

EVERY = 4


def run(*, quick: bool) -> dict[str, float]:
    many = 4 if quick else 2 * LETTERS
    peak = _apart(peak_mb, 4 if quick else 4 * LETTERS)
    letters = made_up(many)
    sample = letters[::EVERY]
    make_pdf(letters[:2])  # WeasyPrint is loaded, and the fonts' cache is filled
    size = len(ours(letters)) / many
    our_rates, naive_rates = [], []
    for _ in rounds(quick):
        naive_rates.append(len(sample) / seconds(lambda: [naive(letter) for letter in sample]))
        our_rates.append(many / seconds(lambda: ours(letters)))
    times = ratio(our_rates, naive_rates)
    table(
        f"Letters: {many} of them, one process; medians of {len(our_rates)}",
        ["", "letters a second", "times naive", "bytes a page", "peak MB"],
        [
            ["a document for each candidate (naive)", median(naive_rates), 1.0, "", ""],
            [f"parts of {LETTERS}, merged (ours)", median(our_rates), times, size, peak],
        ],
    )
    return {
        "letters_per_second": median(our_rates),
        "letters_times_naive": times,
        "letters_bytes_per_page": size,
        "letters_peak_mb": peak,
    }


def ours(letters: list[Letter]) -> bytes:
    parts = range(0, len(letters), LETTERS)
    return merge([make_pdf(letters[at : at + LETTERS]) for at in parts])


def naive(letter: Letter) -> bytes:
    weasyprint = import_module("weasyprint")  # loaded by now, with our fonts
    fonts = import_module("weasyprint.text.fonts").FontConfiguration()
    sheet = weasyprint.CSS(filename=STYLE_SHEET, font_config=fonts)
    context = {"letters": [(letter, FITS[0])], "title": TITLE}
    html = weasyprint.HTML(string=render_to_string("credentials/letter.html", context))
    return html.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")


def made_up(many: int) -> list[Letter]:
    """Letters of candidates who do not exist."""
    centre = Centre(number="10001", name="Made-up School", time_zone="Asia/Bangkok")
    release = dt.datetime(2026, 8, 13, 5, tzinfo=dt.UTC)
    return [
        Letter(
            board="Cambridge International",
            site_address="https://results.example.org/results/",
            candidate_number=person.number,
            candidate_name=person.name,
            centre_number=centre.number,
            centre_name=centre.name,
            series="June 2026",
            username=login.grouped_username,
            password=login.grouped_password,
            moments=tuple(moments({QUALIFICATION: release}, centre)),
            undated=(),
            contact_name="Exams Office",
            contact_telephone="+66 2 000 0000",
            contact_email="exams@school.example.org",
        )
        for person in islice(people([centre.number], many), many)
        for login in [secret.make()]
    ]


def peak_mb(many: int) -> float:
    """Make so many letters, and tell the most memory that this process ever had."""
    ours(made_up(many))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB


def _apart(act, *arguments):
    """What an act returns in a process of its own."""
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=django.setup) as pool:
        return pool.submit(act, *arguments).result()
