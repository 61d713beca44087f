"""The benchmarks run, each on tiny sizes, and end with one line of figures. How fast anything is,
no test says.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.front import HAPROXY

ROOT = Path(__file__).parents[2]
SIZES = (10, 100, 750)

LETTERS = {
    "letters_times_canvas",
    "letters_times_naive",
    "letters_bytes_per_page",
    "letters_peak_mb",
    "letters_page_of_5000_times_page_of_500",
    "letters_many_scripts_times_naive",
    "letters_long_names_times_short",
    "letters_cold_times_weasyprint_page",
    "letters_warm_faster_than_weasyprint_page",
    "letters_ms",
}
RESULTS_DAY = {
    "visits_per_second",
    "visits_times_default",
    "visits_cpu_times_bare",
    "visits_cost_board_times_small",
    "visits_p99_ms",
    "visits_default_per_second",
    "visits_bare_per_second",
    "corrections_seconds",
    "corrections_visits_p99_ms",
}
BEHIND_HAPROXY = {
    "visits_overload_share",
    "visits_waiting_page_ms",
    "visits_waiting_page_p99_ms",
    "visits_waiting_cost_share",
    "visits_behind_front_per_second",
    "forgers_real_logins_share",
    "forgers_school_share",
}
RESULTS_DAY |= BEHIND_HAPROXY if Path(HAPROXY).exists() else set()
LOADING = {
    "loading_rows_per_second",
    "loading_times_bulk_create",
    "loading_times_bulk_create_unchecked",
    "loading_again_times_first",
    "loading_peak_mb",
    "sealing_rows_times_loading",
    "opening_seconds_times_loading",
}
SUBCENTRES = {
    "subcentres_ratio_750_to_10",
    "subcentres_save_ratio_750_to_10",
    *(f"subcentres_{figure}_{size}" for figure in ("ms", "queries") for size in SIZES),
    *(f"subcentres_save_{figure}_{size}" for figure in ("ms", "queries") for size in SIZES),
}
FILES = ("broadsheet_xlsx", "listing_xlsx", "listing_csv")
EXPORTS = {
    "exports_csv_first_bytes_ms",
    *(f"exports_{file}_{figure}" for file in FILES for figure in ("seconds", "peak_mb")),
    *(f"exports_{file}_cost_large_times_small" for file in FILES),
    *(f"exports_{file}_memory_large_times_small" for file in FILES),
}
OPENED = ("qualification", "syllabus", "by_outcome", "candidates", "search", "candidate")
ENTRIES = {
    "entries_side_by_side_ms",
    "entries_administer_exams_ms",
    "entries_what_waits_ms",
    *(f"entries_{page}_ms" for page in OPENED),
    *(f"entries_{page}_large_times_small" for page in OPENED),
}
ATTACHED = {
    *(f"attached_{figure}_{size}" for figure in ("ms", "queries") for size in SIZES),
    *(f"attached_ask_{figure}_{size}" for figure in ("ms", "queries") for size in SIZES),
}
EXCHANGE = {
    "exchange_peak_large_times_small",
    "exchange_peak_mb",
    "exchange_sent_mb_per_second",
    "exchange_taken_mb_per_second",
    "exchange_s3_peak_large_times_small",
    "exchange_s3_peak_mb",
    "exchange_s3_sent_mb_per_second",
    "exchange_s3_taken_mb_per_second",
}
JOBS = ("set_up_associate", "re_issue", "call_list", "broadsheet", "status_of_many")
IN_A_BROWSER = {
    "candidate_sign_in_kb",
    "candidate_results_kb",
    "first_candidate_px",
    "candidate_on_phone_px",
    *(f"clicks_{job}" for job in JOBS),
}
PAGES = IN_A_BROWSER if "CHROMIUM" in os.environ else set()
PAGES |= {f"subcentre_management_{figure}" for figure in ("ms", "queries", "kb", "save_ms")}
PAGES |= {
    f"{part}_750_{figure}"
    for part in ("readiness", "badges", "overview")
    for figure in ("ms", "nothing_kept_ms", "queries")
}


def bench(*arguments: str) -> tuple[list[str], dict[str, float]]:
    """What it prints before its last line, and the figures in that."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    *table, last = done.stdout.splitlines()
    return table, json.loads(last)


@pytest.fixture(scope="module")
def everything() -> tuple[list[str], dict[str, float]]:
    return bench("--quick")


def test_without_a_name_the_last_line_holds_the_figures_of_all_benchmarks(everything):
    _, figures = everything
    known = LETTERS | RESULTS_DAY | LOADING | SUBCENTRES | ATTACHED | ENTRIES | EXPORTS | EXCHANGE
    assert figures.keys() == known | PAGES
    assert all(figure > 0 for figure in figures.values())


def test_every_benchmark_shows_its_table(everything):
    table, _ = everything
    assert "Files to download (PostgreSQL)" in table or "Files to download (SQLite)" in table
    titles = [line.split(maxsplit=1)[0].rstrip(":,") for line in table if "; medians of" in line]
    assert titles == [
        "Letters",
        "Results",
        "Corrections",
        "Five",
        "Loading",
        "Subcentre",
        "Attached",
        "Entries",
    ]


def test_opening_a_page_of_more_associate_centres_takes_no_more_queries(everything):
    _, figures = everything
    for page in ("subcentres", "attached", "attached_ask"):
        assert len({figures[f"{page}_queries_{size}"] for size in SIZES}) == 1


def test_with_a_name_the_last_line_holds_its_figures_alone():
    _, figures = bench("loading", "--quick")
    assert figures.keys() == LOADING


def test_an_unknown_name_is_refused_with_the_names_that_there_are():
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "lettres"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    said = done.stderr.replace("'", "")  # Python 3.11 puts each name in quotes
    assert "letters, results-day, loading, subcentres, attached, entries, exports" in said
