"""Records, Django's admin: what is stored, to look up, in words, and nothing to change it with."""

import re

import pytest
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from centres.models import Candidate, Centre, Release, Series, SubcentreLink, Syllabus
from results.corrections import Correction, correct
from results.models import Result
from tests.board.events import POST, events
from tests.builders import hold, make_login


@pytest.mark.parametrize("path", ["centres/release/{release}/change/", "centres/release/add/"])
def test_no_release_is_changed_or_added_there_by_one_person(board, world, path):
    release = Release.objects.first()
    answer = board.post(
        "/board/records/" + path.format(release=release.pk),
        {
            "series": release.series_id,
            "qualification": release.qualification_id,
            "candidates_at_0": "2026-08-15",
            "candidates_at_1": "05:00:00",
            **POST,
        },
    )
    assert answer.status_code == 403
    assert events() == []


def test_nor_with_its_series_which_is_not_deleted_either(board, world):
    before = list(Release.objects.values())
    release = world.series.releases.first()
    board.post(
        f"/board/records/centres/series/{world.series.pk}/change/",
        {
            "year": 2026,
            "month": 6,
            "credentials_from": "2026-03-26",
            "releases-TOTAL_FORMS": 1,
            "releases-INITIAL_FORMS": 1,
            "releases-0-id": release.pk,
            "releases-0-series": world.series.pk,
            "releases-0-qualification": release.qualification_id,
            "releases-0-candidates_at_0": "2026-08-15",
            "releases-0-candidates_at_1": "05:00:00",
            "releases-0-DELETE": "on",
            **POST,
        },
    )
    board.post(f"/board/records/centres/series/{world.series.pk}/delete/", {"post": "yes"})

    assert list(Release.objects.values()) == before
    assert str(world.series.__class__.objects.get().credentials_from) == "2026-03-25"
    assert events() == []


def test_neither_digests_nor_wrapped_keys_are_shown(board, world):
    _, _, credentials = make_login(world.candidate)
    html = board.get(
        f"/board/records/credentials/credentials/{credentials.pk}/change/"
    ).content.decode()
    assert "0001 BLOGGS: Fred" in html
    assert "digest" not in html.lower()
    html = board.get(
        f"/board/records/credentials/letterfile/{credentials.letter_file_id}/change/"
    ).content.decode()
    assert "wrapped" not in html.lower()


def test_the_audit_trail_cannot_be_changed_there(board, world):
    board.post("/board/records/centres/subcentrelink/", {})
    for path in ("add/", "1/change/", "1/delete/"):
        assert board.post(f"/board/records/centres/auditevent/{path}", POST).status_code == 404
    assert events() == []


READ_ONLY = [
    "centres/centre",
    "centres/subcentrelink",
    "centres/syllabus",
    "centres/series",
    "centres/release",
    "centres/candidate",
    "centres/entry",
    "centres/qualification",
    "results/result",
    "accounts/user",
]


@pytest.mark.parametrize("page", READ_ONLY)
def test_what_has_a_page_of_its_own_is_neither_changed_added_nor_deleted_there(board, world, page):
    model = board.get(f"/board/records/{page}/").context["cl"].model
    before, row = list(model.objects.values()), model.objects.first()

    assert board.get(f"/board/records/{page}/{row.pk}/change/").status_code == 200
    for path in (f"{row.pk}/change/", "add/", f"{row.pk}/delete/"):
        assert (
            board.post(f"/board/records/{page}/{path}", {"post": "yes", **POST}).status_code == 403
        )
    deleted = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    board.post(f"/board/records/{page}/", deleted)

    assert list(model.objects.values()) == before
    assert events() == []


def registered() -> list[type[Model]]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def one_of_each(world):
    """A row of every model that has records, in words that a picture or a number would show up in."""
    make_login(world.candidate)
    hold(series=world.series, centre=world.main)
    correct([Correction(Result.objects.first(), "U", None)], by=world.board, reason="Review")
    SubcentreLink.objects.get_or_create(main=world.main, associate=world.associate)
    return world


@pytest.mark.parametrize("model", registered(), ids=lambda model: model._meta.label)
def test_every_list_and_a_page_of_each_are_words_and_offer_nothing_to_do(board, one_of_each, model):
    row = model._default_manager.first()
    assert row is not None, "nothing to look at"
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    for url in (reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])):
        html = board.get(url).content.decode()
        _, _, main = html.partition("<main")
        assert [one for one in PICTURES if one in html] == []
        assert (
            re.findall(r"object \([^)]*\)|[0-9] [ap]\.m\.|[0-9a-f]{8}-[0-9a-f]{4}", text(main))
            == []
        )
        assert "<form" not in main or 'method="post"' not in main
        assert re.findall(r"\b(?:Add|Delete|Save|History)\b", text(main)) == []
    assert board.get(reverse(f"{name}_add")).status_code == 403


@pytest.mark.parametrize("of", ["centres/entry", "results/result", "credentials/credentials"])
def test_whoever_has_lost_the_number_is_listed_as_of_no_centre(board, one_of_each, of):
    """Rule 22: they keep what is theirs, and belong to no centre and no series any more."""
    Candidate.objects.filter(pk=one_of_each.candidate.pk).set_aside(timezone.now())
    answer = board.get(f"/board/records/{of}/")
    assert re.search(r"field-column[^>]*>\s*–", answer.content.decode())
    for row in answer.context["cl"].queryset:
        assert board.get(f"/board/records/{of}/{row.pk}/change/").status_code == 200


PICTURES = ("icon-no", "icon-yes", "icon-unknown", 'alt="True"', 'alt="False"')


def text(html: str) -> str:
    return re.sub("<[^>]*>", " ", html)


def test_yes_and_no_are_words_and_times_are_of_24_hours(board, world):
    url = f"/board/records/accounts/user/{world.viewer.pk}/change/"
    html = board.get(url).content.decode()
    assert "<dt>Active</dt><dd>Yes</dd>" in html
    assert "<dt>Superuser status</dt><dd>No</dd>" in html
    release = world.series.releases.first()
    html = board.get(f"/board/records/centres/release/{release.pk}/change/").content.decode()
    assert f"{release.candidates_at:%H:%M}</dd>" in html


def test_no_persons_name_stands_in_an_address():
    """What is looked for does; the board's search is posted, and finds names."""
    for model, records in admin.site._registry.items():
        persons = model not in (Centre, Syllabus, Series)
        fields = [one for one in records.search_fields if one.endswith(("name", "email", "uci"))]
        assert not (persons and [one for one in fields if one != "username"]), model
        assert not fields or records.search_help_text


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize("page", ["accounts/user", "credentials/credentials", "results/result"])
def test_lists_take_the_same_queries_however_many(
    board, world, page, many, django_assert_max_num_queries
):
    for candidate in list(world.candidates.values())[:many]:
        make_login(candidate)
    with django_assert_max_num_queries(12):
        board.get(f"/board/records/{page}/")
