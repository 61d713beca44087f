"""What the board's ask pages told holds when it is done, or nothing is done and they ask again."""

import re

import pytest

from credentials.models import Credentials
from loading.models import LoadedFile
from results.models import Hold
from tests.asked import counted_on
from tests.board.test_releases import URL as RELEASES
from tests.board.test_releases import igcse
from tests.builders import IGCSE_RELEASE, make_candidate, make_login, make_proposal
from tests.loading.test_workflow import CORRECTED, URL, give, page, worked

ASKED_AGAIN = "what would happen has changed since you were asked"
NEW_LOOK = "What is stored has changed since this was checked, so nothing was applied."
DETACHED = b"number,name,country,time_zone,main_centre\nASC01,Made-up School,Nowhere,UTC,\n"

pytestmark = pytest.mark.usefixtures("encrypted_folder")


def asking(client, load: LoadedFile) -> str:
    return client.get(f"{URL}{load.pk}/apply/").content.decode()


def press(client, url: str, counted: str) -> str:
    return client.post(url, {"counted": counted}, follow=True).content.decode()


@pytest.fixture
def detaching(board, world) -> LoadedFile:
    """A file by which one login at ASC01 ends, looked at."""
    world.open_all()
    make_login(world.candidates["ASC01"])
    given = give(board, DETACHED)
    assert given.found["losing"] == {"ASC01": 1}
    return given


def made_anew(world) -> Credentials:
    Credentials.objects.live().filter(candidate=world.candidates["ASC01"]).delete()
    make_login(world.candidates["ASC01"])
    return Credentials.objects.live().get(candidate=world.candidates["ASC01"])


def test_a_login_that_was_made_after_the_check_does_not_end_by_the_file(
    colleague, world, detaching
):
    """As many end as the page told, but another one, which is printed by now."""
    before = counted_on(asking(colleague, detaching))
    new = made_anew(world)
    press(colleague, f"{URL}{detaching.pk}/apply/", before)
    looked_again = worked(detaching)

    assert (looked_again.applied_at, looked_again.looked_again) == (None, True)
    assert Credentials.objects.live().filter(pk=new.pk).exists()
    assert NEW_LOOK in page(colleague, detaching)


def test_a_check_that_somebody_else_has_had_anew_is_not_applied_unseen(colleague, world, detaching):
    url = f"{URL}{detaching.pk}/apply/"
    before = counted_on(asking(colleague, detaching))
    new = made_anew(world)
    press(colleague, url, before)
    worked(detaching)

    assert ASKED_AGAIN in press(colleague, url, before)
    assert Credentials.objects.live().filter(pk=new.pk).exists()
    assert ASKED_AGAIN not in press(colleague, url, counted_on(asking(colleague, detaching)))
    assert worked(detaching).applied_at
    assert not Credentials.objects.live().filter(pk=new.pk).exists()


def test_what_was_checked_and_still_holds_is_applied(board, colleague, world):
    given = give(board, CORRECTED)
    press(colleague, f"{URL}{given.pk}/apply/", counted_on(asking(colleague, given)))

    assert worked(given).applied_at


def test_the_page_before_a_file_is_applied_counts_the_logins_that_end(colleague, detaching):
    assert f"Apply {detaching.found['changes']} change" in page(colleague, detaching)
    told = asking(colleague, detaching)

    assert "1 login ends at once" in told
    assert re.search(r'<th scope="row">ASC01</th><td class="num">1</td>', told)
    assert "Apply and end 1 login" in told and "btn-danger" in told and ">Cancel<" in told
    assert not LoadedFile.objects.get(pk=detaching.pk).applied_by


def test_a_file_that_ends_no_login_is_applied_without_red(board, colleague, world):
    given = give(board, CORRECTED)
    told = asking(colleague, given)
    assert "Apply 2 changes" in told and "btn-danger" not in told


def test_who_cannot_apply_a_file_is_not_asked(board, world, detaching):
    """Who uploaded it, where it takes two; and nobody, where it is rejected."""
    rejected = give(board, DETACHED + b"NEW01,No zone,Nowhere,Mars,\n")
    for load in (detaching, rejected):
        assert board.get(f"{URL}{load.pk}/apply/").url == f"{URL}{load.pk}/"
        assert f'href="{URL}{load.pk}/apply/"' not in page(board, load)


def test_a_release_that_makes_other_letters_outdated_than_it_told_is_asked_about_again(
    colleague, world
):
    proposal = make_proposal(world.series)
    url = f"{RELEASES}{proposal.pk}/"
    before = counted_on(colleague.get(url))
    world.open_all()
    make_login(world.candidate)

    assert ASKED_AGAIN in press(colleague, f"{url}confirm/", before)
    assert igcse().candidates_at == IGCSE_RELEASE
    after = counted_on(colleague.get(url))
    assert ASKED_AGAIN not in press(colleague, f"{url}confirm/", after)
    assert igcse().candidates_at != IGCSE_RELEASE


def test_a_hold_that_covers_more_candidates_than_it_told_is_asked_about_again(board, world):
    url = "/board/holds/place/"
    typed = {"series": world.series.pk, "centre_number": "ASC01", "reason": "Malpractice"}
    before = counted_on(board.post(url, typed))
    make_candidate(world.associate, world.series, "0009", grades={"0580": "A"})

    again = board.post(url, {**typed, "confirmed": "Hold", "counted": before})
    assert ASKED_AGAIN in again.content.decode() and not Hold.objects.exists()
    board.post(url, {**typed, "confirmed": "Hold", "counted": counted_on(again)})
    assert Hold.objects.exists()
