"""Can one person of the board make a grade visible, or open an account (rule 26)?

Everything that the board's site lets one operator do is really done, with the password just given: every
field of every model in the admin, in the list of a page and beside its rows, every action, every page of the
board. Then it is asked what candidates, staff and strangers see, and who could sign in. What there is to try
is found in the site itself; a page that is not written down here fails the run.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from accounts.sign_in import may_sign_in
from board import corrections
from board.models import ProposedAccess, ProposedCorrection, ProposedErasure, ProposedRelease
from centres import audit
from centres.models import (
    AuditEvent,
    Candidate,
    Entry,
    Membership,
    Qualification,
    Release,
)
from core import jobs
from credentials.models import Credentials
from loading.models import LoadedFile
from results import holds
from results.models import Hold, Result
from results.release import results_for
from results.staff_release import outcomes_of
from sealed import ceremonies
from sealed.models import Opening
from tests.builders import (
    A_LEVEL,
    IGCSE,
    give,
    hold,
    make_access,
    make_board_operator,
    make_candidate,
    make_erasure,
    make_load,
    make_login,
    make_proposal,
    make_qualification,
    make_series,
)
from tests.letters import an_hour_passes
from tests.sealed.cast import (
    HEADS,
    Kind,
    give_file,
    make_keyholder,
    make_keys,
    make_seal,
    take_turns,
)
from tests.test_sweeps import BOARD_NAMES, addresses

# A Level is released, IGCSE not yet; at ASC01 nothing, for its delay; nothing of MAIN1, which is held.
NOW = dt.datetime(2026, 8, 12, 12, 0, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ME = "board"

pytestmark = pytest.mark.usefixtures("encrypted_folder")


@pytest.fixture
def scene(world):
    with time_machine.travel(NOW, tick=False):
        world.open_all()
        give(world.associate, world.series, delay=dt.timedelta(days=2))
        earlier = make_series(2025, 11, releases={IGCSE: LONG_AGO, A_LEVEL: LONG_AGO})
        make_candidate(world.stranger_centre, earlier, "0002")
        held = world.candidate
        world.hold = hold(centre=world.main, series=world.series)
        holds.ask_to_let_go(world.hold, by=ME)
        for candidate in (held, world.associate_candidate):
            make_login(candidate)
        Entry.objects.filter(candidate=world.candidates["OTH01"], syllabus__code="9702").update(
            withdrawn=True
        )
        for user in User.objects.all():
            Authenticator.objects.create(user=user, type="totp", data={"secret": ""})
        world.shut_out = make_board_operator("shut.out")
        User.objects.filter(pk=world.shut_out.pk).update(is_active=False)
        make_board_operator("board.second")
        audit.record("loaded", by=ME, subject="entries")
        seal_results(world)
        yield world


def seal_results(world) -> None:
    """Of June 2025, released long ago: nothing but the seal keeps its grade from being seen."""
    world.keyholder = make_keys(world.board)
    ring = [world.keyholder, *(make_keyholder(f"keyholder.{one}") for one in (1, 2))]
    for each in ring[1:]:
        Authenticator.objects.create(user=each.user, type="totp", data={"secret": ""})
    change = ceremonies.begin(
        Kind.CHANGE, by=world.board, appointing=[each.holder for each in ring]
    )
    take_turns(change, *ring[:2])
    series = make_series(2025, 6, releases={IGCSE: LONG_AGO, A_LEVEL: LONG_AGO})
    make_series(2026, 11, releases={})
    make_candidate(world.stranger_centre, series, "0003", grades={"0580": None})
    world.sealed = make_seal(series, world.board, opens_from=LONG_AGO)
    give_file(world.sealed, f"{HEADS}2025-06,OTH01,0003,0580,A,85\n", by=world.board)
    world.ceremony = ceremonies.begin(Kind.OPEN, by=world.board, seal=world.sealed)


@pytest.fixture
def one(scene) -> Client:
    """One operator, who has just given the password."""
    client = Client()
    client.force_login(scene.board)
    return client


def seen() -> set[tuple]:
    """Every grade that anybody sees: candidates, and staff, strangers among them."""
    found: set[tuple] = set()
    for candidate in Candidate.objects.filter(centre__isnull=False).select_related("centre"):
        lines = results_for(candidate)
        found |= {("candidate", candidate.pk, line.code, line.grade) for line in lines}
    for user in User.objects.all():
        outcomes = outcomes_of(Entry.objects.all(), user=user)
        found |= {("staff", user.pk, outcome.entry, outcome.grade) for outcome in outcomes}
    live = Credentials.objects.live().values_list("pk", flat=True)
    return {one for one in found if one[-1]} | {("login", pk) for pk in live}


def openings() -> set[tuple]:
    """Who can sign in, with what rights, what is missing at the door, and every way in that was made."""
    found: set[tuple] = set()
    for user in User.objects.all():
        found.add(("password", user.pk, user.password))
        if may_sign_in(user):
            found.add(("signs in", user.pk, user.username, user.is_staff, user.is_superuser))
        if not Authenticator.objects.filter(user=user).exists():
            found.add(("without a second factor", user.pk))
        if not user.is_superuser:
            found.add(("links are mailed to", user.pk, user.email))
    found |= {("member", *row) for row in Membership.objects.values_list()}
    ways = AuditEvent.objects.filter(action__in=["invited", "recovery_started"])
    return found | {("way in", pk) for pk in ways.values_list("pk", flat=True)}


@contextmanager
def nothing_opens(what: str) -> Iterator[None]:
    before = seen(), openings()
    yield
    assert seen() - before[0] == set(), what
    assert openings() - before[1] == set(), what


@contextmanager
def undone() -> Iterator[None]:
    block = transaction.atomic()
    block._from_testcase = True  # what must be outermost in a request is, here
    with block:
        yield
        transaction.set_rollback(True)


class Writes:
    """Whether anything was written, but to sessions; where nothing was, nothing can have changed."""

    def __init__(self) -> None:
        self.any = False

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        writes = sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))
        self.any |= writes and not any(table in sql for table in SESSIONS)
        return execute(sql, *rest)


SESSIONS = ("django_session", "usersessions_")


# --- Every field of every model -------------------------------------------------------------------


def posted(name: str, field: models.Field, value: Any) -> dict[str, Any]:
    """What a form posts for this value."""
    if isinstance(field, models.DateTimeField):
        return {f"{name}_0": f"{value:%Y-%m-%d}", f"{name}_1": f"{value:%H:%M:%S}"} if value else {}
    if isinstance(field, models.BooleanField):
        return {name: "on"} if value else {}
    if isinstance(field, models.DurationField) or value is not None:
        return {name: str(value)}
    return {name: ""}


def fields_of(model: type[models.Model]) -> list[models.Field]:
    return [one for one in model._meta.concrete_fields if not one.primary_key]


def others(row: models.Model, field: models.Field) -> list[Any]:
    """Other values: of other rows, and such as open."""
    now = getattr(row, field.attname)
    if isinstance(field, models.ForeignKey):
        found = field.related_model._default_manager.exclude(pk=now)
        values = [*found.values_list("pk", flat=True)[:3], *([None] if field.null else [])]
    elif isinstance(field, models.BooleanField):
        values = [not now]
    elif isinstance(field, models.DateTimeField):
        values = [LONG_AGO, None]
    elif isinstance(field, models.DateField):
        values = [LONG_AGO.date()]
    else:
        there = type(row)._default_manager.values_list(field.attname, flat=True)
        values = [*islice((one for one in there.order_by() if one != now), 3)]
        values += [choice for choice, _ in field.choices or () if choice != now]
        values += {"CharField": ["Another"], "EmailField": ["mine@example.org"]}.get(
            field.get_internal_type(), [7]
        )
    return [value for value in values if value != now]


def stored(row: models.Model, prefix: str = "") -> dict[str, Any]:
    data: dict[str, Any] = {}
    for field in fields_of(type(row)):
        data |= posted(prefix + field.name, field, getattr(row, field.attname))
    return data


def inlines(model_admin: admin.ModelAdmin, row: models.Model) -> dict[str, Any]:
    """What its page posts of the rows beside it, and those rows by their prefix."""
    data: dict[str, Any] = {}
    for inline in model_admin.get_inline_instances(request_of(), row):
        inline_class = inline.get_formset(request_of(), row)
        prefix = inline_class.get_default_prefix()
        rows = list(inline.model.objects.filter(**{inline_class.fk.name: row}))
        count = {"TOTAL_FORMS": len(rows), "INITIAL_FORMS": len(rows)}
        data |= {f"{prefix}-{name}": number for name, number in count.items()}
        for number, one in enumerate(rows):
            data |= stored(one, f"{prefix}-{number}-") | {f"{prefix}-{number}-id": one.pk}
    return data


def beside(model_admin: admin.ModelAdmin, row: models.Model) -> Iterator[tuple[str, models.Model]]:
    for inline in model_admin.get_inline_instances(request_of(), row):
        inline_class = inline.get_formset(request_of(), row)
        rows = inline.model.objects.filter(**{inline_class.fk.name: row})
        for number, one in enumerate(rows[:2]):
            yield f"{inline_class.get_default_prefix()}-{number}-", one


def request_of() -> Any:
    request = RequestFactory().get("/")
    request.user = User.objects.get(username=ME)
    return request


REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


def tries(model: type[models.Model]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Everything that can be posted to the pages of a model: what it is, where, and the data."""
    model_admin = admin.site._registry[model]
    page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    rows = model._default_manager.order_by("pk")
    for row in rows if model is User else rows[:3]:  # each account is something of its own
        url = reverse(f"{page}_change", args=[row.pk])
        whole = {**stored(row), **inlines(model_admin, row), "_save": "Save"}
        for prefix, one in [("", row), *beside(model_admin, row)]:
            for field in fields_of(type(one)):
                name = prefix + field.name
                rest = {key: said for key, said in whole.items() if not key.startswith(name)}
                for value in others(one, field):
                    what = f"{model.__name__} {row.pk}: {name} = {value}"
                    yield what, url, {**rest, **posted(name, field, value)}
            if prefix:
                yield f"{prefix} of {row} goes", url, {**whole, f"{prefix}DELETE": "on"}
        yield f"{row} is deleted", reverse(f"{page}_delete", args=[row.pk]), {"post": "yes"}
        new = {**stored(row), "name": "New", "username": "new", "reason": "New", "_save": "Save"}
        yield f"{row} is added again", reverse(f"{page}_add"), {**new, "confirmed": "yes"}
        actions = {"delete_selected", "make_link", "start_recovery", "remove_second_factor"}
        for action in sorted({*model_admin.get_actions(request_of()), *actions}):
            ticked = {"action": action, "_selected_action": [row.pk], "index": "0"}
            more = {"post": "yes", "confirmed": "yes", "reason": "So"}
            yield f"{action} of {row}", reverse(f"{page}_changelist"), {**ticked, **more}


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_no_field_of_the_admin_shows_a_grade_or_opens_an_account(scene, one, model):
    tried = list(tries(model))
    before = seen(), openings()
    for what, url, data in tried:
        writes = Writes()
        with undone():
            with connection.execute_wrapper(writes):
                answer = one.post(url, data)
            assert answer.status_code in (200, 302, 403), what
            assert not answer.get("Location", "").startswith("/account/confirm/")
            if writes.any:
                assert (seen() - before[0], openings() - before[1]) == (set(), set()), what
    assert len(tried) > 10


def test_nor_do_all_of_them_together_nor_make_a_colleague_confirm_something_else(scene, one):
    """What others proposed before is confirmed, once as it stood, and once after all that one can do."""
    proposal = make_proposal(scene.series, A_LEVEL, candidates_at=LONG_AGO, by="board.first")
    second = User.objects.get(username="board.second")

    def confirmed() -> tuple[set, set]:
        client = Client()
        client.force_login(second)
        client.post(f"/board/releases/{proposal.pk}/confirm/")
        return seen(), openings()

    with undone():
        as_it_stood = confirmed()
    with nothing_opens("all of it"):
        for model in REGISTERED:
            for what, url, data in list(tries(model)):
                assert one.post(url, data).status_code in (200, 302, 403, 404), what
    after = confirmed()
    assert [new - old for new, old in zip(after, as_it_stood, strict=True)] == [set(), set()]
    assert proposal.words == f"{A_LEVEL}, June 2026"


def test_no_field_can_be_typed_into_in_the_admin(scene):
    request = request_of()
    for model, model_admin in admin.site._registry.items():
        for row in model._default_manager.all():
            assert not model_admin.has_change_permission(request, row)
            assert not model_admin.has_delete_permission(request, row)
            for inline in model_admin.get_inline_instances(request, row):
                assert not inline.has_change_permission(request, row)
                assert not inline.has_add_permission(request, row)
        assert not model_admin.has_add_permission(request)


# --- Every page of the board ----------------------------------------------------------------------

MODEL_PAGES = {
    f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}"
    for model in REGISTERED
    for what in ("changelist", "add", "change", "delete", "history")
}
BOARD_PAGES = set(BOARD_NAMES) - MODEL_PAGES
ONLY_LOOKED_AT = {
    "board:accounts",
    "board:account",
    "board:audit",
    "board:audit_download",
    "admin:autocomplete",
    "admin:app_list",
    "board:calendar",
    "board:calendar_year",
    "board:candidate",
    "board:centre",
    "board:centres",
    "board:correction",
    "board:corrections",
    "board:start",
    "admin:index",
    "admin:jsi18n",
    "board:holds",
    "board:home_figures",
    "board:home_service",
    "board:missing",
    "board:missing_csv",
    "board:person",
    "loading:file",
    "loading:download",
    "loading:bad_rows",
    "loading:progress",
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
    "board:release",
    "board:releases",
    "erasures:erasures",
    "erasures:erasure",
    "board:qualifications",
    "board:search",
    "board:service_state",
    "admin:view_on_site",
    "sealed:start",
    "sealed:series",
    "sealed:opening",
    "sealed:opening_progress",
    "sealed:bad_rows",
    "sealed:keyholders",
    "sealed:ceremony_progress",
}


def acts(scene) -> dict[str, list[tuple[dict[str, Any], dict[str, Any]]]]:
    """Every page that does something -> what is in its address, and what is posted."""
    mine = {"by": ME}
    release = make_proposal(scene.series, candidates_at=LONG_AGO, **mine)
    result = Result.objects.get(
        entry__candidate=scene.candidates["ASC02"], entry__syllabus__code="9702"
    )
    correction = ProposedCorrection(result=result, grade="A", reason="So")
    corrections.propose(correction, by=scene.board)
    other = Result.objects.get(
        entry__candidate=scene.associate_candidate, entry__syllabus__code="9702"
    )
    to_open = [
        make_access("officer.main", act, **mine) for act in ("link", "recovery", "factors")
    ] + [make_access("shut.out", "reopen", **mine)]
    erasure = make_erasure(scene.candidate, **mine)
    new = {"act": "operator", "username": "puppet", "name": "P", "email": "p@example.org"}
    series = looked_at(scene, SERIES, "series")
    results = looked_at(scene, RESULTS, "results")
    yes = {"confirmed": "yes", "reason": "So"}
    times = {"candidates_day": "2020-01-01", "candidates_time": "06:00"}
    loads = [({"load": load.pk}, {}) for load in (series, results)]
    return {
        "board:release_propose": [
            ({}, {"series": scene.series.pk, "qualification": qualification.pk, **times, **yes})
            for qualification in Qualification.objects.all()
        ],
        "board:release_confirm": [({"proposal": release.pk}, {})],
        "board:correct": [
            ({"result": one.pk}, {"grade": "A", "pum": "", **yes}) for one in (result, other)
        ],
        "board:correction_confirm": [({"correction": correction.pk}, {})],
        "board:account_propose": [
            *(({}, {"act": act, "username": name, **yes}) for act, name in EVERY_ACT),
            ({}, {**new, **yes}),
        ],
        "board:person_name": [
            ({"username": name}, {"name": "N", "email": "n@example.org"})
            for name in ("officer.main", "board.second", ME)
        ],
        "board:qualification_add": [({}, {"name": "New", "grades": "A B"})],
        "board:qualification_grades": [({"name": IGCSE}, {"grades": "A B"})],
        "board:centre_link": [
            ({"number": number}, {"main_centre": main})
            for number, main in (("ASC01", ""), ("ASC01", "STRG1"), ("STRG1", "MAIN1"))
        ],
        "board:account_confirm": [({"account": one.pk}, {}) for one in to_open],
        "loading:files": [({}, {"kind": "series", "reason": ""})],
        "loading:apply": loads,
        "loading:retry": loads,
        "loading:discard": [],  # tried below: it would take away what else is tried
        "board:hold_place": [
            ({}, {"series": scene.series.pk, **yes}),
            ({}, {"result": [result.pk, other.pk], **yes}),
            ({}, {"release": [one.pk for one in Release.objects.all()], **yes}),
        ],
        "board:hold_request_release": [({}, {"hold": scene.hold.pk})],
        "board:hold_release": [({}, {"hold": scene.hold.pk})],
        "board:release_refuse": [({"proposal": release.pk}, {})],
        "board:correction_refuse": [({"correction": correction.pk}, {})],
        "erasures:confirm": [({"erasure": erasure.pk}, {})],
        "erasures:refuse": [({"erasure": erasure.pk}, {})],
        "board:account_refuse": [({"account": one.pk}, {}) for one in to_open],
        **acts_of_a_keyholder(scene),
    }


def acts_of_a_keyholder(scene) -> dict[str, list[tuple[dict[str, Any], dict[str, Any]]]]:
    """With their passphrase, in an opening that has begun."""
    of, turn = {"series": scene.sealed.series.slug}, {"ceremony": scene.ceremony.pk}
    given = {"passphrase": scene.keyholder.passphrase}
    return {
        "sealed:seal": [({"series": "2026-11"}, {"day": "2020-01-01", "time": "06:00"})],
        "sealed:give": [(of, {"replaces": "on"})],
        "sealed:try_passphrase": [({}, given)],
        "sealed:change": [({}, {"retiring": scene.keyholder.holder.pk, "confirmed": "yes"})],
        "sealed:ceremony": [(turn, given), (turn, given)],
        "sealed:ceremony_stop": [(turn, {})],
        "sealed:open": [(of, {})],
        "sealed:rehearse": [({}, {})],
        "sealed:make_keys": [({}, {})],
        "sealed:opening_retry": [(of, {})],
    }


EVERY_ACT = [
    (act, name)
    for act in (*ProposedAccess.Act.values, "shut-out")
    for name in ("officer.main", "shut.out", "board.second", ME)
]
SERIES = b"""series,credentials_from,qualification,release_at
June 2026,2026-03-25,Cambridge IGCSE,2020-08-14T05:00:00+00:00
"""
RESULTS = b"""series,centre,candidate_number,syllabus,grade,pum
June 2026,ASC02,0001,9702,A*,
"""


def looked_at(scene, content: bytes, kind: str) -> LoadedFile:
    load = make_load(scene.board, content, kind)
    jobs.run("loading.LoadedFile", str(load.pk))
    return LoadedFile.objects.get(pk=load.pk)


def test_every_page_of_the_board_is_either_tried_or_only_looked_at(scene):
    assert set(acts(scene)) | ONLY_LOOKED_AT == {name for name in BOARD_PAGES if name}


def do_all(client: Client, scene, tried: dict) -> None:
    for name, ways in tried.items():
        for address, data in ways:
            client.post(reverse(name, kwargs=address), data)
    for proposal in (*ProposedRelease.objects.waiting(), *ProposedCorrection.objects.waiting()):
        name = "release" if isinstance(proposal, ProposedRelease) else "correction"
        client.post(f"/board/{name}s/{proposal.pk}/confirm/")
    for proposal in ProposedAccess.objects.waiting():
        client.post(f"/board/accounts/{proposal.pk}/confirm/")
    client.post("/board/holds/release/", {"hold": list(Hold.objects.values_list("pk", flat=True))})
    for load in LoadedFile.objects.all():
        jobs.run("loading.LoadedFile", str(load.pk))
    for opening in Opening.objects.all():
        jobs.run("sealed.Opening", str(opening.pk))


def test_no_page_of_the_board_shows_a_grade_or_opens_an_account_to_one_person(scene, one):
    tried = acts(scene)
    with undone(), nothing_opens("each, what waits, and all again"):
        do_all(one, scene, {name: ways for name, ways in tried.items() if "refuse" not in name})
        do_all(one, scene, {})
        do_all(one, scene, tried)
    for name in ONLY_LOOKED_AT:
        with undone(), nothing_opens(name):
            for method in (one.get, one.post):
                address = {key: looked(scene, name, key) for key in addresses()[name]}
                method(reverse(name, kwargs=address), {"confirmed": "yes"})


def looked(scene, name: str, key: str) -> Any:
    return {
        "app_label": "centres",
        "year": 2026,
        "content_type_id": ContentType.objects.get_for_model(Qualification).pk,
        "object_id": 1,
        "load": LoadedFile.objects.first().pk,
        "proposal": ProposedRelease.objects.first().pk,
        "correction": ProposedCorrection.objects.first().pk,
        "account": ProposedAccess.objects.first().pk,
        "erasure": ProposedErasure.objects.first().pk,
        "ceremony": scene.ceremony.pk,
        "username": "officer.main",
        "series": scene.sealed.series.slug if name.startswith("sealed:") else "2026-06",
        "centre": "MAIN1",
        "number": "ASC01" if name.startswith("board:centre") else "0001",
        "name": IGCSE,
    }[key]


def test_and_two_do_so_that_the_tests_above_look_at_something(scene, one):
    tried = acts(scene)
    before = seen(), openings()
    second = Client()
    second.force_login(User.objects.get(username="board.second"))

    do_all(second, scene, {"loading:apply": tried["loading:apply"][1:]})

    kinds = {new[0] for new in seen() - before[0]}
    assert kinds == {"candidate", "staff"}
    opened = {new[0] for new in openings() - before[1]}
    assert opened == {"way in", "without a second factor", "signs in"}


POSTED_WITHOUT = {
    "loading:files": "a file; to give one changes nothing yet",
    "admin:login": "nothing is there for who is signed in",
    **dict.fromkeys(
        ("board:accounts", "board:audit", "board:holds", "board:search"),
        "a search, posted so that no name stands in an address",
    ),
}


def test_the_password_is_asked_for_at_every_post_of_the_boards_site(scene, one):
    acts(scene)
    an_hour_passes(one)
    assert len(BOARD_NAMES) > 100
    for name in sorted(BOARD_NAMES):
        if name in POSTED_WITHOUT:
            continue
        url = reverse(name, kwargs={key: where(scene, name, key) for key in addresses()[name]})
        answer = one.post(url, {"confirmed": "yes", "post": "yes"})
        assert answer.get("Location", "").startswith("/account/confirm/"), name


def where(scene, name: str, key: str) -> Any:
    found = {"result": Result.objects.first().pk, "url": 1}
    return found.get(key) or looked(scene, name, key)


def test_what_is_named_here_is_really_in_the_scene(scene):
    """Grades that are seen, held, delayed, withdrawn and not released yet."""
    shown = {one[1] for one in seen() if one[0] == "candidate"}
    assert scene.candidates["ASC02"].pk in shown
    assert scene.candidate.pk not in shown and scene.associate_candidate.pk not in shown
    assert make_qualification(IGCSE) and Release.objects.filter(candidates_at__gt=NOW).exists()
