"""What others did with an account is new until its owner has looked, whichever of them commits first."""

from django.contrib import messages
from django.test import Client

from accounts import notifications
from accounts.events import record_account_event
from accounts.messages import Storage
from accounts.models import User
from accounts.people import acts
from tests.accounts.test_people import OFFICER, member
from tests.builders import World


def new_to(user: User) -> list[str]:
    return [act.kind for act in notifications.new_events(User.objects.get(pk=user.pk))]


def test_an_act_that_commits_after_its_owner_has_looked_is_new(first):
    """Its date is earlier than that of what they have looked at."""
    world = World()
    owner = Client()
    owner.force_login(world.viewer)
    act = {"member": member(world.viewer), "rights": OFFICER, "by": world.officer}
    first.begin(acts.change, **act, until='INSERT INTO "accounts_accountevent"')
    record_account_event("signed_out", account=world.viewer, by="board")
    assert new_to(world.viewer) == ["signed_out"]
    owner.get("/account/")
    assert new_to(world.viewer) == []

    first.finish()

    assert new_to(world.viewer) == ["rights_changed"]
    assert "1 new" in owner.get("/account/").content.decode()
    assert new_to(world.viewer) == []


def test_all_that_is_new_stands_on_the_page_and_is_told_once(world, client):
    client.force_login(world.viewer)
    for _ in range(25):
        record_account_event("signed_out", account=world.viewer, by="board")
    page = client.get("/account/").content.decode()
    assert "25 new" in page and page.count("Signed out other browsers") == 25
    assert " new</span>" not in client.get("/account/").content.decode()


def test_what_went_wrong_is_read_before_what_was_done(rf):
    request = rf.get("/")
    request.session = {}
    storage = Storage(request)
    for add in (messages.SUCCESS, messages.ERROR, messages.WARNING, messages.ERROR):
        storage.add(add, str(add))

    assert [message.level for message in storage] == [40, 40, 30, 25]
