"""`manage.py make_cohort`: a made-up cohort as large as was asked for, and never by mistake."""

import csv
import datetime as dt
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client

from centres.grades import allowed
from centres.models import (
    AuditEvent,
    Candidate,
    Centre,
    Entry,
    Qualification,
    Release,
    Series,
    SubcentreLink,
)
from credentials.letters.outdated import count_outdated
from credentials.logins.authentication import sign_in
from credentials.models import Credentials, LetterFile
from demo.cohort import bulk_insert
from results.models import Result
from tests.builders import IGCSE_RELEASE, make_candidate, make_centre, make_series
from tests.results.signed_in import log_in

SIZE = {"centres": 7, "associates": 2, "candidates": 20, "results": 50}

pytestmark = pytest.mark.django_db


def make(**options) -> list[str]:
    """Make it, and return the lines on stdout."""
    out = StringIO()
    options = {**SIZE, **options}
    call_command("make_cohort", stdout=out, stderr=StringIO(), **options)
    return out.getvalue().splitlines()


def refused(**options) -> str:
    """See it refused with nothing changed, and return the reason."""
    before = Centre.objects.count(), Candidate.objects.count(), Series.objects.count()
    with pytest.raises(CommandError) as error:
        make(**options)
    assert (Centre.objects.count(), Candidate.objects.count(), Series.objects.count()) == before
    return str(error.value)


def test_it_is_as_large_as_was_asked_for():
    said = make()

    models = (Centre, Candidate, Entry, Result, Credentials, LetterFile)
    assert [model.objects.count() for model in models] == [7, 20, 50, 50, 20, 7]
    assert said[-1].startswith("7 centres, 20 candidates with live logins, 50 results, in ")
    assert "MB of memory" in said[-1]


def test_main_centres_have_associate_centres_and_all_have_their_share_of_candidates():
    make()

    mains = SubcentreLink.objects.order_by("main").values_list("main__number")
    assert list(mains.annotate(Count("pk"))) == [("10000", 2), ("10003", 2)]
    centres = Centre.objects.annotate(many=Count("candidates")).order_by("number")
    assert [centre.many for centre in centres] == [2, 3, 3, 3, 3, 3, 3]
    candidates = Candidate.objects.annotate(many=Count("entries__result")).order_by("pk")
    assert {candidate.many for candidate in candidates} == {2, 3}


def test_every_row_is_one_that_could_have_been_typed():
    make()

    scale = allowed(Qualification.objects.get(name="Cambridge IGCSE"))
    for model in (Centre, Candidate, Entry, Result, Credentials):
        for row in model.objects.all():
            row.full_clean(validate_unique=False)
    assert {result.grade for result in Result.objects.all()} <= scale


def test_a_printed_login_opens_the_results_at_main_and_associate_centres():
    for line in make(print_logins=7)[:-1]:
        _, username, _, password = line.split()
        client = Client()
        page = client.get(log_in(client, username, password).url).content.decode()
        assert "<table" in page
        assert "Results to be released" not in page


def test_printed_logins_are_spread_over_the_centres():
    logins = [line.split() for line in make(print_logins=7)[:-1]]

    found = [sign_in(username, password) for _, username, _, password in logins]
    assert len({credentials.candidate_id for credentials in found}) == 7
    assert len({credentials.candidate.centre_id for credentials in found}) == 6


def test_no_letter_is_outdated():
    make()

    counts = count_outdated(Centre.objects.all(), Series.objects.get())
    assert set(counts.values()) == {0}
    assert len(counts) == 7
    assert Credentials.objects.first().says["contact"]["name"] == "Exams Office"


def test_every_login_goes_to_a_file_that_only_its_owner_can_read(tmp_path: Path):
    path = tmp_path / "logins.csv"
    make(logins=path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(newline="") as file:
        logins = list(csv.DictReader(file))
    assert len(logins) == 20
    assert log_in(Client(), logins[-1]["username"], logins[-1]["password"]).status_code == 303


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path):
    path = tmp_path / "logins.csv"
    path.write_text("mine")

    assert "is there already" in refused(logins=path)
    assert path.read_text() == "mine"


def test_a_cohort_that_cannot_be_leaves_no_file(tmp_path: Path):
    path = tmp_path / "logins.csv"

    assert refused(logins=path, results=1_000) == "A candidate has 1 to 6 results."
    assert not path.exists()


def test_the_release_is_yesterday_or_when_was_asked_for():
    make(released_at=IGCSE_RELEASE)

    assert Release.objects.get().candidates_at == IGCSE_RELEASE


def test_the_release_instant_is_read_from_the_command_line():
    make(released_at=None)
    yesterday = Release.objects.get().candidates_at
    assert dt.timedelta(hours=23) < dt.datetime.now(dt.UTC) - yesterday < dt.timedelta(hours=25)

    with pytest.raises(CommandError, match="has no offset from UTC"):
        call_command("make_cohort", "--released-at", "2026-08-13T05:00:00")


def test_a_database_that_holds_candidates_is_refused_unless_told_to_add():
    candidate = make_candidate(make_centre("20001"), make_series())

    assert "holds candidates already" in refused()
    make(add=True)
    assert Candidate.objects.count() == 21
    assert Centre.objects.filter(number__gt="20001").count() == 7
    assert Release.objects.filter(series=candidate.series).count() == 2


def test_a_release_that_is_there_is_never_moved():
    make_series()

    assert "June 2026 has a release already" in refused(released_at=IGCSE_RELEASE)


def test_a_second_cohort_comes_behind_the_first():
    make()
    make(add=True)

    assert Centre.objects.order_by("number").last().number == "10013"
    assert Credentials.objects.live().count() == 40


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ({"centres": 0}, "A cohort has at least one centre and one candidate."),
        ({"candidates": 0, "results": 1}, "A cohort has at least one centre and one candidate."),
        ({"candidates": 69_994}, "A centre has at most 9,999 candidates. Make more centres."),
        ({"results": 19}, "A candidate has 1 to 6 results."),
        ({"results": 121}, "A candidate has 1 to 6 results."),
    ],
)
def test_a_size_that_cannot_be_is_refused(size, reason):
    assert refused(**size) == reason


def test_centre_numbers_come_to_an_end():
    make_centre("99995")

    assert refused() == "Centre numbers end at 99999; 4 are left."


def test_it_leaves_its_audit_row_without_a_login_in_it():
    make()

    event = AuditEvent.objects.get()
    assert (event.action, event.by, event.subject) == (
        "loaded",
        "command: make_cohort",
        "a made-up cohort",
    )
    assert event.new == {"centres": 7, "candidates": 20, "results": 50}


@pytest.mark.parametrize("name", ["a\tb", "a\\b", "a\\N", "\\N", "a\nb", "a\rb", "'“\"", "", "李"])
def test_any_text_is_stored_as_it_is(name):
    series, centre = make_series(), make_centre("20001")
    [pk] = bulk_insert.reserve(Candidate, 1)
    columns = ("id", "series_id", "centre_id", "number", "name")

    bulk_insert.store(Candidate, columns, [(pk, series.pk, centre.pk, "0001", name)])

    assert Candidate.objects.get(pk=pk).name == name


def test_what_comes_after_a_cohort_gets_keys_of_its_own():
    make()
    assert make_candidate(make_centre("20001"), Series.objects.get()).pk not in (
        Credentials.objects.values_list("candidate", flat=True)
    )
