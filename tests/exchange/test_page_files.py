"""The pages of File Exchange: all exchanges, one exchange, a file, its download, its withdrawal."""

import datetime as dt
import html
import re

import pytest
from django.utils import timezone

from centres.models import AuditEvent
from core.encrypted_files import PIECE
from exchange import downloads, retention
from exchange.access import exchange_for
from exchange.models import Download, Kind, Version
from tests.asked import counted_on
from tests.builders import make_centre
from tests.exchange.files import CSV, PDF, put_file, some

WITH_MAIN = "/file-exchange/ASC01/MAIN1/"
WITH_BOARD = "/file-exchange/ASC01/board/"


def text(response) -> str:
    return html.unescape(response.content.decode())


def words(response) -> str:
    """What is read there, without the tags."""
    return " ".join(re.sub(r"<[^>]*>", "", text(response)).split())


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def address(version: Version, act: str = "") -> str:
    return f"{WITH_MAIN}files/{version.file_id}/{f'{version.number}/{act}/' if act else ''}"


@pytest.fixture
def officer(client, world):
    client.force_login(world.associate_officer)
    return client


def test_the_dashboard_counts_what_is_new(officer, world):
    assert "new file" not in text(officer.get("/"))
    put_file(world.officer)
    put_file(world.board, other="board")
    assert "2 new files" in text(officer.get("/"))


def test_the_overview_shows_each_exchange_of_mine_and_no_other(client, world):
    put_file(world.associate_officer)
    client.force_login(world.officer)
    page = text(client.get("/file-exchange/"))
    for address_ in ("MAIN1/board", "ASC01/MAIN1", "ASC01/board", "ASC02/MAIN1", "ASC02/board"):
        assert f'href="/file-exchange/{address_}/"' in page
    assert "OTH01" not in page and "1 new" in page

    client.force_login(world.associate_officer)
    page = text(client.get("/file-exchange/"))
    assert page.count('scope="row"') == 2 and "ASC02" not in page


def test_the_board_finds_a_centre_by_number_or_name(client, world):
    client.force_login(world.board)
    assert "No centre has exchanged a file yet" in text(client.get("/file-exchange/"))
    page = text(client.get("/file-exchange/?find=oth"))
    assert 'href="/file-exchange/OTH01/board/"' in page and "ASC01" not in page
    assert "ASC02" in text(client.get("/file-exchange/?find=school asc02"))
    assert "has “nowhere” in its number or name" in words(
        client.get("/file-exchange/?find=nowhere")
    )

    put_file(world.associate_officer, other="board")
    put_file(world.associate_officer)  # no affair of the board's
    page = text(client.get("/file-exchange/"))
    assert page.count('scope="row"') == 1 and "1 new" in page


def test_the_overview_asks_as_often_for_many_associate_centres(
    client, world, django_assert_num_queries
):
    client.force_login(world.officer)
    client.get("/file-exchange/")
    put_file(world.associate_officer)
    with django_assert_num_queries(7):
        client.get("/file-exchange/")
    for number in ("ASC03", "ASC04"):
        make_centre(number, main=world.main)
        put_file(world.officer, centre=number)
    with django_assert_num_queries(7):
        client.get("/file-exchange/")


def test_an_exchange_lists_its_files_with_what_is_new_first(officer, world):
    now = timezone.now()
    put_file(world.officer, name="new.csv", at=now - dt.timedelta(days=1))
    put_file(world.associate_officer, name="own.csv", series=world.series, kind=Kind.ENTRIES)

    page = text(officer.get(WITH_MAIN))
    assert page.index("new.csv") < page.index("own.csv")
    assert page.count("</svg>New</span>") == 1
    assert "June 2026, Entries" in page and "MAIN1 Made-up School MAIN1" in page


def test_folders_are_filtered_in_the_address(officer, world):
    put_file(world.officer, name="a.csv", series=world.series, kind=Kind.ENTRIES)
    put_file(world.officer, name="b.csv", kind=Kind.RESULTS)

    def names(query: str) -> list[str]:
        page = text(officer.get(WITH_MAIN + query))
        return [name for name in ("a.csv", "b.csv") if name in page]

    assert names("") == ["a.csv", "b.csv"]
    assert names("?series=2026-06") == ["a.csv"]
    assert names("?series=any") == ["b.csv"]
    assert names("?kind=results") == ["b.csv"]
    assert names("?kind=letters") == []
    assert names("?kind=nonsense&series=1999-13") == []
    assert "No file is in this part of the list" in text(officer.get(WITH_MAIN + "?kind=letters"))


def test_a_list_asks_as_often_for_three_files_as_for_one(officer, world, django_assert_num_queries):
    put_file(world.officer, name="1.csv")
    officer.get(WITH_MAIN)
    with django_assert_num_queries(8):
        officer.get(WITH_MAIN)
    for name in ("2.csv", "3.csv"):
        put_file(world.officer, name=name, series=world.series)
    with django_assert_num_queries(8):
        officer.get(WITH_MAIN)


def test_a_file_says_who_uploaded_and_downloaded_it_and_until_when_it_is_kept(officer, world):
    put_file(world.officer, data=b"an older one\n")
    version = put_file(world.officer, note="<b>Please check</b>")
    officer.get(address(version, "download"))

    page = words(officer.get(address(version)))
    assert "Version 2, the newest" in page and "Version 1" in page
    assert "by officer.main (MAIN1 Made-up School MAIN1)" in page
    assert version.stored.sha256 in page
    assert "By officer.asc01 (ASC01 Made-up School ASC01)" in page
    assert "Permanently deleted after this date." in page and "Karachi time (UTC+5)" in page
    assert "&lt;b&gt;Please check" in officer.get(address(version)).content.decode()


def test_a_file_leaves_as_a_download_that_no_browser_runs(officer, world):
    version = put_file(world.officer, name="نتائج <script>.html", data=CSV)
    answer = officer.get(address(version, "download"))

    assert body(answer) == CSV
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Content-Length"] == str(len(CSV))
    assert answer["ETag"] == f'"{version.stored.sha256}"'


DATA = some(2 * PIECE + 9)
SIZE = len(DATA)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=5-", (5, SIZE)),
        ("bytes=-7", (SIZE - 7, SIZE)),
        ("bytes=-99999999", (0, SIZE)),
        (f"bytes={PIECE - 2}-{PIECE + 2}", (PIECE - 2, PIECE + 3)),
        (f"bytes=10-{SIZE + 5}", (10, SIZE)),
    ],
)
def test_a_part_of_it_can_be_asked_for(officer, world, asked, wanted):
    version = put_file(world.officer, name="large.pdf", data=DATA)
    start, stop = wanted
    answer = officer.get(address(version, "download"), headers={"Range": asked})

    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer["Content-Length"] == str(stop - start)
    assert body(answer) == DATA[start:stop]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=-0", "bytes=9-3"])
def test_a_part_that_is_not_there_cannot_be_had(officer, world, asked):
    version = put_file(world.officer, name="large.pdf", data=DATA)
    answer = officer.get(address(version, "download"), headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{SIZE}")
    assert body(answer) == b"" and not Download.objects.exists()


def test_a_range_that_is_none_gets_the_whole(officer, world):
    version = put_file(world.officer, name="a.pdf", data=PDF)
    answer = officer.get(address(version, "download"), headers={"Range": f"bytes=0-{'9' * 5000}"})
    assert answer.status_code == 200 and body(answer) == PDF


def test_a_part_of_another_file_is_never_added_to_it(officer, world):
    version = put_file(world.officer, name="a.pdf", data=PDF)
    headers = {"Range": "bytes=5-", "If-Range": '"of-another"'}
    answer = officer.get(address(version, "download"), headers=headers)
    assert answer.status_code == 200 and body(answer) == PDF
    headers["If-Range"] = answer["ETag"]
    assert officer.get(address(version, "download"), headers=headers).status_code == 206


def test_a_download_in_parts_is_one_download_and_a_new_one_another(officer, world):
    version = put_file(world.officer, name="large.pdf", data=DATA)
    for start in (1, 1000, PIECE):  # not even its first part goes unrecorded
        officer.get(address(version, "download"), headers={"Range": f"bytes={start}-"})
    assert Download.objects.count() == 1
    officer.head(address(version, "download"))
    assert Download.objects.count() == 1
    officer.get(address(version, "download"))
    assert Download.objects.count() == 2
    assert AuditEvent.objects.filter(action="exchange_downloaded", by="officer.asc01").count() == 2


def test_withdrawing_asks_first_then_destroys_and_is_shown(officer, world, client):
    version = put_file(world.associate_officer)
    asked = text(officer.get(address(version, "withdraw")))
    assert "Withdraw version 1?" in asked and "Nothing has been withdrawn yet." in asked
    assert 'class="btn btn-danger"' in asked and "Withdraw and delete version 1" in asked
    assert "Cancel" in asked and "It was downloaded already" not in asked
    client.force_login(world.officer)
    client.get(address(version, "download"))
    client.force_login(world.associate_officer)
    assert "It was downloaded already" in text(officer.get(address(version, "withdraw")))

    officer.post(address(version, "withdraw"))
    version.stored.refresh_from_db()
    assert version.stored.is_destroyed
    client.force_login(world.officer)
    page = words(client.get(address(version)))
    assert "Withdrawn by officer.asc01" in page and "Download" not in page
    answer = client.get(address(version, "download"), follow=True)
    assert "cannot be downloaded: withdrawn" in text(answer)
    assert "entries.csv" in text(client.get(WITH_MAIN))
    assert AuditEvent.objects.filter(action="exchange_withdrawn").exists()


def test_who_was_not_told_that_it_was_downloaded_is_asked_again(officer, world):
    version = put_file(world.associate_officer)
    url = address(version, "withdraw")
    before = counted_on(officer.get(url))
    theirs = exchange_for(world.officer, "ASC01", "MAIN1")
    downloads.download(version=version, exchange=theirs, by=world.officer)

    answer = text(officer.post(url, {"counted": before}))
    assert "what would happen has changed since you were asked" in answer
    assert "It was downloaded already" in answer
    version.stored.refresh_from_db()
    assert not version.stored.is_destroyed
    officer.post(url, {"counted": counted_on(officer.get(url))})
    version.stored.refresh_from_db()
    assert version.stored.is_destroyed


def test_what_was_withdrawn_a_moment_ago_is_not_downloaded_any_more(world):
    version = put_file(world.associate_officer)
    exchange = exchange_for(world.officer, "ASC01", "MAIN1")
    mine = exchange_for(world.associate_officer, "ASC01", "MAIN1")
    downloads.withdraw(version=version, exchange=mine, by=world.associate_officer)

    with pytest.raises(downloads.CannotDownload, match="withdrawn"):
        downloads.download(version=version, exchange=exchange, by=world.officer)
    assert not Download.objects.exists()


def test_nobody_withdraws_what_the_other_side_has_uploaded(officer, world):
    version = put_file(world.officer)
    assert "Withdraw" not in text(officer.get(address(version)))
    assert "cannot be withdrawn" in text(officer.get(address(version, "withdraw")))
    answer = officer.post(address(version, "withdraw"), follow=True)
    assert "Only those who uploaded a file can withdraw it" in text(answer)
    version.stored.refresh_from_db()
    assert not version.stored.is_destroyed


def test_when_its_time_has_passed_it_is_destroyed_and_said(officer, world):
    version = put_file(world.officer)
    young = put_file(world.officer, name="young.csv", at=timezone.now() + dt.timedelta(days=9))
    at = version.kept_until + dt.timedelta(seconds=1)
    assert retention.destroy_expired(at=at - dt.timedelta(seconds=2)) == 0
    assert retention.destroy_expired(at=at) == 1
    assert retention.destroy_expired(at=at) == 0

    version.stored.refresh_from_db()
    young.stored.refresh_from_db()
    assert version.stored.is_destroyed and not young.stored.is_destroyed
    page = words(officer.get(address(version)))
    assert "Version 1 Deleted" in page and "and then permanently deleted." in page
    event = AuditEvent.objects.get(action="exchange_destroyed")
    assert (event.by, event.subject) == ("retention", "entries.csv, version 1")


def test_a_stored_file_that_was_altered_is_not_given(officer, world, encrypted_folder):
    version = put_file(world.officer)
    stored = next(encrypted_folder.glob("*/*"))
    altered = bytearray(stored.read_bytes())
    altered[20] ^= 1
    stored.write_bytes(altered)

    answer = officer.get(address(version, "download"), follow=True)
    assert "damaged" in text(answer) and not Download.objects.exists()


def test_what_a_file_of_another_exchange_is_called_finds_nothing(officer, world):
    version = put_file(world.associate_officer, other="board")
    for act in ("", "download", "withdraw"):
        assert officer.get(address(version, act)).status_code == 404
    assert officer.get(WITH_BOARD + f"files/{version.file_id}/2/download/").status_code == 404
