"""The search over guidance: what is found, in which order, and how it is shown."""

import pytest
from django.urls import reverse

from guidance.search import fold, marked, plain, search
from guidance.topics import BY_SLUG


def slugs(wanted: str) -> list[str]:
    return [hit.topic.slug for hit in search(wanted).hits]


def test_what_stands_in_a_title_comes_first():
    assert slugs("results day")[0] == "results-day"
    assert slugs("main centre")[0] == "main-centre"


def test_a_keyword_finds_a_task_whose_text_does_not_hold_it():
    assert slugs("embargo") == ["results-in-confidence", "releases-and-holds"]


def test_accents_and_capitals_do_not_matter():
    assert slugs("CRÉDENTIALS") == slugs("credentials") != []


def test_the_beginning_of_a_word_is_enough_and_its_middle_is_not():
    assert "people" in slugs("invit")
    assert slugs("nvite") == []


def test_every_word_must_be_there():
    found = search("broadsheet excel")

    assert [hit.topic.slug for hit in found.hits] == ["taking-results-away"]
    assert found.whole


def test_where_no_page_holds_all_words_those_with_most_come_first():
    found = search("broadsheet excel telephone xylophone")

    assert found.hits[0].topic.slug == "taking-results-away"
    assert not found.whole


@pytest.mark.parametrize("wanted", ["", "  ", "xylophone", "?!", "\x00", "()[*", "a" * 5000])
def test_nothing_is_found_for_what_is_nowhere(wanted):
    assert search(wanted).hits == []


def test_an_excerpt_shows_the_words_marked():
    [hit, *_] = search("outdated").hits

    assert "<mark>outdated</mark>" in hit.title
    assert "<mark>outdated</mark>" in hit.excerpt


def test_an_excerpt_begins_and_ends_with_whole_words():
    for hit in search("login").hits:
        text = hit.excerpt.replace("<mark>", "").replace("</mark>", "")
        assert len(text) < 320
        assert "  " not in text


def test_a_head_and_what_it_is_the_head_of_are_told_apart():
    assert "What happens then: Candidates can log in" in plain(BY_SLUG["making-letters"])
    assert "No result: There is none for this syllabus" in plain(BY_SLUG["telling-candidates"])


def test_what_is_marked_is_escaped():
    assert marked("<b>Öl & Co</b>", ["ol"]) == "&lt;b&gt;<mark>Öl</mark> &amp; Co&lt;/b&gt;"


def test_folding_keeps_every_character_in_its_place():
    text = "ŁUKASZ Straße ﬁne İstanbul 李 สุ é"

    assert len(fold(text)) == len(text)


def test_the_page_says_what_was_found_and_keeps_what_was_searched(client, world):
    client.force_login(world.viewer)
    page = client.get(reverse("guidance:index"), {"search": 'lost <letter>"'}).text

    assert "“lost &lt;letter&gt;&quot;”" in page
    assert 'value="lost &lt;letter&gt;&quot;"' in page
    assert "When something goes wrong</a>" in page


def test_the_page_says_that_nothing_was_found_and_shows_the_contents(client, world):
    client.force_login(world.viewer)
    page = client.get(reverse("guidance:index"), {"search": "xylophone"}).text

    assert "0 pages for “xylophone”" in page
    assert "No page holds this word." in page
    assert "What is where in Direct" in page


def test_a_search_asks_the_database_for_the_session_and_the_person_alone(
    client, world, django_assert_num_queries
):
    client.force_login(world.viewer)
    search("warm")
    with django_assert_num_queries(2):
        client.get(reverse("guidance:index"), {"search": "letters"})
