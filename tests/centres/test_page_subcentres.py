"""The page *Subcentre Management*, as an officer fills it in."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centres.models import AuditEvent
from centres.subcentres import Row, management_of
from centres.terms import terms_for
from credentials.models import Credentials
from tests.asked import counted_on
from tests.builders import give, make_centre, make_login

URL = "/candidate-results/2026-06/MAIN1/subcentres/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def page(client, world):
    client.force_login(world.officer)
    return client


def filled(world, version=None, **changes) -> dict[str, str]:
    """What the browser posts from the page as it stands, with some fields typed over: of the rows, those
    that count, as the others are disabled."""
    management = management_of(world.main, world.series)
    fields = {
        "version": management.version if version is None else version,
        "contact_name": management.contact.name,
        "contact_telephone": management.contact.telephone,
        "contact_email": management.contact.email,
    }
    ticked = changes.setdefault("use_defaults", "on" if management.use_defaults else None)
    rows = {"defaults": management.defaults} if ticked else management.rows
    for name, row in rows.items():
        minutes = int(row.delay.total_seconds()) // 60
        fields[f"{name}-delay"] = f"{minutes // 60}:{minutes % 60:02}"
        fields[f"{name}-contact_choice"] = row.contact_choice
        if row.give_access:
            fields[f"{name}-give_access"] = "on"
    fields.update({key.replace("__", "-"): value for key, value in changes.items()})
    return {key: str(value) for key, value in fields.items() if value is not None}


def text(response) -> str:
    return response.content.decode()


def test_every_control_is_named_after_its_column_and_centre(page):
    html = page.get(URL).content.decode()

    for name in ("defaults", "ASC01", "ASC02"):
        for column in ("Candidate Results delay", "Give access", "Provide contact details"):
            assert f'aria-label="{column}, {name}"' in html


def test_saving_is_in_force_at_once(page, world):
    response = page.post(URL, filled(world, ASC01__give_access="on", ASC01__delay="2:30"))

    assert response.status_code == 302
    terms = terms_for(world.associate, world.series)
    assert (terms.access, terms.delay) == (True, 2.5 * HOUR)


def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(page, world):
    response = page.post(
        URL, filled(world, ASC01__delay="two hours", ASC02__delay="3:00", contact_name="Amy’s desk")
    )

    html = response.content.decode()
    assert 'value="two hours"' in html
    assert 'value="3:00"' in html
    assert "Amy’s desk" in html
    field = re.search(r'<input[^>]*name="ASC01-delay"[^>]*>', html)[0]
    assert 'aria-describedby="id_ASC01-delay-error"' in field
    assert "Write the delay as hours and minutes" in html
    assert management_of(world.main, world.series).version == 0


def test_a_contact_without_telephone_or_e_mail_is_refused(page, world):
    response = page.post(URL, filled(world, contact_name="Office"))

    assert "Give a telephone number or an e-mail address." in response.content.decode()


def test_of_two_officers_the_second_sees_what_the_first_saved_and_keeps_what_she_typed(page, world):
    page.post(URL, filled(world, ASC01__delay="1:00"))

    response = page.post(URL, filled(world, version=0, ASC01__delay="5:00"))
    html = response.content.decode()
    assert "saved this page after you opened it" in html
    assert "Saved meanwhile: delay 1:00" in html
    assert "beside the rows this is saved now" not in html
    assert 'value="5:00"' in html
    assert management_of(world.main, world.series).rows["ASC01"].delay == HOUR

    page.post(URL, filled(world, ASC01__delay="5:00"))
    assert management_of(world.main, world.series).rows["ASC01"].delay == 5 * HOUR


def test_before_a_save_that_shuts_candidates_out_the_page_asks(page, world):
    world.open_all()
    _, _, credentials = make_login(world.associate_candidate)
    taken = filled(world, ASC01__give_access=None)

    asked = page.post(URL, taken)
    assert "1 candidate will lose access" in asked.content.decode()
    assert terms_for(world.associate, world.series).access is True

    page.post(URL, {**taken, "counted": counted_on(asked)})
    assert terms_for(world.associate, world.series).access is False
    credentials.refresh_from_db()
    assert credentials.revoked_because == "access removed"
    assert AuditEvent.objects.filter(action="credentials_revoked", centre="ASC01").exists()


def test_who_was_asked_about_one_centre_is_asked_again_about_another(page, world):
    world.open_all()
    for candidate in (world.associate_candidate, world.candidates["ASC02"]):
        make_login(candidate)
    one = page.post(URL, filled(world, ASC01__give_access=None))
    taken = filled(world, ASC01__give_access=None, ASC02__give_access=None)

    asked = page.post(URL, {**taken, "counted": counted_on(one)})
    assert "2 candidates will lose access" in asked.content.decode()
    assert "what would happen has changed since you were asked" in asked.content.decode()
    assert Credentials.objects.live().count() == 2


def test_the_ask_page_posts_again_all_that_was_typed(page, world):
    world.open_all()
    make_login(world.associate_candidate)
    asked = page.post(URL, filled(world, ASC01__give_access=None, ASC02__delay="7:00"))

    hidden = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked.content.decode())
    )
    hidden.pop("csrfmiddlewaretoken", None)
    page.post(URL, {**hidden, "counted": counted_on(asked)})

    rows = management_of(world.main, world.series).rows
    assert rows["ASC01"].give_access is False
    assert rows["ASC02"].delay == 7 * HOUR


def test_use_defaults_keeps_the_rows_values_for_later(page, world):
    page.post(URL, filled(world, ASC01__delay="1:00", ASC01__give_access="on"))
    page.post(URL, filled(world, use_defaults="on", defaults__delay="9:00"))

    assert terms_for(world.associate, world.series).delay == 9 * HOUR
    assert management_of(world.main, world.series).rows["ASC01"] == Row(True, HOUR)


def test_the_page_says_what_counts_and_rows_show_what_is_in_force(page, world):
    html = page.get(URL).content.decode()
    assert "Off: each row stands for itself" in html

    saved = page.post(URL, filled(world, ASC01__delay="1:00"), follow=True).content.decode()
    assert "Saved. Each row is in force for its centre now." in saved

    ticked = filled(world, use_defaults="on", defaults__delay="9:00")
    html = page.post(URL, ticked, follow=True).content.decode()
    assert "Saved. The first row is in force for all Associate Centres now." in html
    assert "In force for all 2 Associate Centres" in html
    assert html.count('<span class="held">9:00</span>') == 3  # in the first row, and both others
    assert '<span class="own">own: 1:00</span>' in html
    assert "The rows keep 1 value of their own" in html
    assert "The defaults: delay 9:00, no access, contact Default." in html


def test_what_is_posted_of_rows_that_do_not_count_is_left_aside(page, world):
    page.post(URL, filled(world, ASC01__delay="1:00"))
    stale = {"ASC01-delay": "nonsense", "ASC01-contact_choice": "default", "ASC02-delay": "7:00"}
    page.post(URL, {**filled(world, use_defaults="on", defaults__delay="9:00"), **stale})

    saved = management_of(world.main, world.series)
    assert (saved.use_defaults, saved.defaults.delay) == (True, 9 * HOUR)
    assert saved.rows["ASC01"].delay == HOUR and saved.rows["ASC02"].delay == 0 * HOUR

    stale = {"defaults-delay": "8:00", "defaults-contact_choice": "default"}
    page.post(URL, {**filled(world, use_defaults=None), **stale})
    saved = management_of(world.main, world.series)
    assert (saved.use_defaults, saved.defaults.delay) == (False, 9 * HOUR)


def test_where_what_counts_was_not_on_the_page_it_is_shown_before_it_is_saved(page, world):
    give(world.associate, world.series, access=True, delay=4 * HOUR)
    alone = {"version": 0, "use_defaults": "on"}

    html = page.post(URL, alone).content.decode()
    assert "Once saved, the first row applies to all Associate Centres." in html
    assert 'value="4:00"' in html
    assert management_of(world.main, world.series).use_defaults is False

    page.post(URL, filled(world, use_defaults="on", defaults__give_access="on"))
    html = page.post(URL, {"version": 1}).content.decode()
    assert "Once saved, each row below the first applies to its own centre." in html
    assert management_of(world.main, world.series).use_defaults is True


CONTACT = {"contact_name": "Office", "contact_telephone": "1"}
NOBODY = {"contact_name": "", "contact_telephone": "", "contact_email": ""}


def test_emptying_contact_details_that_centres_rely_on_asks_first_with_counts(page, world):
    world.open_all()
    page.post(URL, filled(world, **CONTACT))
    make_login(world.associate_candidate)

    asked = page.post(URL, filled(world, **NOBODY))
    html = asked.content.decode()
    assert ">2 Associate Centres will have no complete contact</h1>" in html
    assert "2 Associate Centres will have no complete contact: ASC01, ASC02." in html
    assert "<li>1 letter at 1 centre becomes outdated</li>" in html
    assert terms_for(world.associate, world.series).contact.complete

    page.post(URL, {**filled(world, **NOBODY, ASC01__give_access=None), "counted": "x"})
    assert terms_for(world.associate, world.series).contact.complete
    page.post(URL, {**filled(world, **NOBODY), "counted": counted_on(asked)})
    assert not terms_for(world.associate, world.series).contact.complete


def test_emptying_contact_details_that_nobody_relies_on_asks_nothing(page, world):
    page.post(URL, filled(world, **CONTACT, ASC01__give_access="on"))
    page.post(
        URL, filled(world, ASC01__contact_choice="centre")
    )  # which asks: it has none of its own
    page.post(URL, filled(world, ASC01__give_access=None))

    assert page.post(URL, filled(world, **NOBODY)).status_code == 302


def test_an_associate_centre_has_no_such_page(client, world):
    client.force_login(world.associate_officer)

    assert client.get(URL).status_code == 404
    assert client.get("/candidate-results/2026-06/ASC01/subcentres/").status_code == 404


def test_the_page_takes_as_many_queries_for_many_centres_as_for_two(page, world):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert page.get(URL).status_code == 200
        return len(captured)

    few = queries()
    assert few <= 12
    for number in range(3, 40):
        make_centre(f"ASC{number:02}", main=world.main)
    assert queries() == few


def test_what_changed_beside_the_rows_is_named_too(page, world):
    page.post(URL, filled(world, use_defaults="on", contact_name="A", contact_telephone="1"))

    html = page.post(URL, filled(world, version=0, use_defaults=None, contact_name="B")).content
    assert "<li>Use defaults: ticked</li>" in html.decode()
    assert "<li>Contact name: A</li>" in html.decode()


def test_whoever_saves_is_told_how_many_letters_are_outdated_and_led_to_new_ones(page, world):
    world.open_all()
    for centre in ("ASC01", "ASC02"):
        make_login(world.candidates[centre])
    assert "outdated" not in text(page.get(URL))

    saved = text(page.post(URL, filled(world, ASC01__delay="2:30"), follow=True))
    assert "1 letter is outdated at 1 centre." in saved
    link = (
        '<a href="/candidate-results/2026-06/MAIN1/attached-centres/?show=outdated">Re-create 1</a>'
    )
    assert link in saved

    assert "outdated" not in text(page.post(URL, filled(world, ASC01__delay="0:00"), follow=True))


def test_whoever_gives_one_centre_access_is_led_to_it(page, world):
    saved = text(page.post(URL, filled(world, ASC02__give_access="on"), follow=True))

    assert '<a href="/candidate-results/2026-06/ASC02/">Act for ASC02</a>' in saved
