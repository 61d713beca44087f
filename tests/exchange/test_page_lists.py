"""The lists of files: the parts of one exchange, and the tab *Files* of a series."""

import html

import pytest

from centres.models import Membership, Role
from exchange.models import Kind
from tests.builders import make_candidate, make_officer, make_series
from tests.exchange.files import put_file

WITH_MAIN = "/file-exchange/ASC01/MAIN1/"
FILES = "/file-exchange/series/2026-06/ASC01/"


@pytest.fixture
def uploaded(world):
    """A file from each side of each exchange of ASC01; and of others."""
    put_file(world.officer, name="from-main.csv", series=world.series, kind=Kind.ENTRIES)
    put_file(world.associate_officer, name="to-main.csv")
    put_file(world.board, other="board", name="from-board.csv")
    put_file(world.associate_officer, other="board", name="to-board.csv")
    put_file(world.officer, centre="ASC02", name="of-another.csv")
    put_file(world.board, centre="MAIN1", other="board", name="of-main.csv")
    put_file(world.board, centre="OTH01", other="board", name="of-stranger.csv")
    return world


def text(client, url: str) -> str:
    return html.unescape(client.get(url).content.decode())


def names(client, url: str) -> list[str]:
    """The files that a list shows, in its order."""
    return [one.partition("</bdi>")[0] for one in rows(text(client, url))]


def rows(page: str) -> list[str]:
    return page.partition("<tbody")[2].split("<bdi>")[1:]


def test_the_tab_files_shows_the_files_of_the_centre_and_of_no_other(client, uploaded):
    all_of_it = ["from-board.csv", "from-main.csv", "to-board.csv", "to-main.csv"]
    for user in (uploaded.associate_officer, uploaded.officer, uploaded.viewer):
        client.force_login(user)
        assert sorted(names(client, FILES)) == all_of_it
    assert names(client, "/file-exchange/series/2026-06/MAIN1/") == ["of-main.csv"]


@pytest.mark.parametrize("who", ["stranger", "board", "other"])
def test_who_is_not_on_the_staff_finds_no_such_tab(client, uploaded, who):
    make_officer("other", uploaded.associate2)
    user = {"stranger": uploaded.stranger, "board": uploaded.board}.get(who)
    if user:
        client.force_login(user)
    else:
        client.force_login(Membership.objects.get(centre=uploaded.associate2).user)
    assert client.get(FILES).status_code == 404


def test_the_staff_of_an_associate_centre_find_no_tab_of_its_main_centre(client, uploaded):
    client.force_login(uploaded.associate_officer)
    assert client.get("/file-exchange/series/2026-06/MAIN1/").status_code == 404


def test_when_a_link_is_dissolved_its_files_leave_the_tab(client, uploaded):
    uploaded.associate.main_link.delete()
    client.force_login(uploaded.associate_officer)
    assert sorted(names(client, FILES)) == ["from-board.csv", "to-board.csv"]
    client.force_login(uploaded.officer)
    assert client.get(FILES).status_code == 404


def test_what_is_new_is_new_to_the_side_on_which_somebody_stands(client, uploaded):
    client.force_login(uploaded.associate_officer)
    assert sorted(names(client, f"{FILES}?show=new")) == ["from-board.csv", "from-main.csv"]
    assert sorted(names(client, f"{FILES}?show=from-you")) == ["to-board.csv", "to-main.csv"]
    client.force_login(
        uploaded.officer
    )  # of the centre's side towards the board, above it towards ASC01
    assert sorted(names(client, f"{FILES}?show=new")) == ["from-board.csv", "to-main.csv"]
    assert sorted(names(client, f"{FILES}?show=from-you")) == ["from-main.csv", "to-board.csv"]
    assert names(client, FILES)[:2] == names(client, f"{FILES}?show=new")


def test_each_part_has_its_count_and_keeps_search_and_folder(client, uploaded):
    client.force_login(uploaded.associate_officer)
    page = text(client, f"{FILES}?search=MAIN&page=1")
    counts = dict(chip.split(" <b>") for chip in chips(page))
    assert counts == {"All": "2", "New": "1", "To you": "1", "From you": "1"}
    assert 'href="?search=MAIN&show=new"' in page.replace("&amp;", "&")
    assert names(client, f"{FILES}?search=from main&show=to-you") == ["from-main.csv"]
    assert names(client, f"{FILES}?series=2026-06") == ["from-main.csv"]
    assert "No file is in this part of the list" in text(client, f"{FILES}?search=nowhere")
    assert len(names(client, f"{FILES}?show=nonsense")) == 4


def chips(page: str) -> list[str]:
    part = page.partition('aria-label="Show"')[2].partition("</nav>")[0]
    return [one.rpartition(">")[2] + " <b>" + two for one, two in pairs(part)]


def pairs(part: str) -> list[tuple[str, str]]:
    pieces = [one.split(" <b>") for one in part.split("</b>")[:-1]]
    return [(words, count) for words, count in pieces]


def test_the_tab_is_kept_when_the_centre_or_the_series_changes(client, uploaded):
    make_candidate(uploaded.associate, make_series(2026, 11))
    client.force_login(uploaded.officer)
    page = text(client, FILES)
    assert f'href="{FILES}" aria-current="page">Files' in page
    assert 'href="/file-exchange/series/2026-11/ASC01/"' in page
    changed = client.get(
        "/candidate-results/2026-06/MAIN1/change-subcentre/", {"subcentre": "ASC02", "tab": "files"}
    )
    assert changed["Location"] == "/file-exchange/series/2026-06/ASC02/"
    assert names(client, changed["Location"]) == ["of-another.csv"]


def test_who_uploads_chooses_with_whom_and_who_looks_on_is_offered_nothing(client, uploaded):
    client.force_login(uploaded.associate_officer)
    page = text(client, FILES)
    for other in ("MAIN1", "board"):
        assert f'href="/file-exchange/ASC01/{other}/upload/"' in page
    client.force_login(uploaded.viewer)
    assert "upload/" not in text(client, FILES)
    client.force_login(uploaded.officer)
    page = text(client, "/file-exchange/series/2026-06/MAIN1/")
    assert 'class="btn btn-primary" href="/file-exchange/MAIN1/board/upload/"' in page


def test_somebody_of_both_centres_stands_above_and_uploads_by_either_right(client, uploaded):
    both = make_officer("both", uploaded.main)
    Membership.objects.create(user=both, centre=uploaded.associate, role=Role.VIEWER)
    client.force_login(both)
    assert sorted(names(client, f"{FILES}?show=new")) == ["from-board.csv", "to-main.csv"]


def test_the_tab_asks_as_often_for_many_files_as_for_one(client, world, django_assert_num_queries):
    client.force_login(world.associate_officer)
    put_file(world.officer, name="1.csv")
    client.get(FILES)
    with django_assert_num_queries(16):
        client.get(FILES)
    for name in ("2.csv", "3.csv"):
        put_file(world.board, other="board", name=name, series=world.series)
    with django_assert_num_queries(16):
        client.get(FILES)


def test_names_of_files_and_of_people_are_not_translated(client, uploaded):
    client.force_login(uploaded.associate_officer)
    page = text(client, WITH_MAIN)
    assert page.count('class="name" translate="no"') == 2
    assert 'translate="no">officer.main</td>' in page


def test_exchanges_with_new_files_are_shown_alone(client, uploaded):
    client.force_login(uploaded.officer)
    page = text(client, "/file-exchange/?show=new")
    assert (
        page.count('scope="row"') == 3
    )  # MAIN1 and the board, ASC01 and the board, ASC01 and MAIN1
    assert "ASC02" not in page and "With new files <b>3</b>" in page
