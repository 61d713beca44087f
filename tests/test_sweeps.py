"""Every address × every role × GET and POST: what is expected is written by hand, in `tests.sweeps`.

The addresses are found in the URL configuration itself; one that is not there fails the run.
Objects really exist: the addresses name ASC01, an Associate Centre of MAIN1, with a letter file.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.utils import quote
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.builders import IGCSE, World, hold, make_login, record_about
from tests.results.signed_in import log_in
from tests.sweeps import PAGES, PARTS
from tests.sweeps.made import made, make_objects
from tests.sweeps.page import AT_ASC01, AT_MAIN1, ROLES


def addresses(patterns=None, namespace: str = "", taken=()) -> dict[str, set[str]]:
    """Name -> the arguments that it takes, for every address of the URL configuration."""
    found = {}
    for one in get_resolver().url_patterns if patterns is None else patterns:
        arguments = {*taken, *one.pattern.converters, *one.pattern.regex.groupindex}
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            found.update(addresses(one.url_patterns, inner, arguments))
        elif one.name:
            found[namespace + one.name] = arguments
    return found


def test_every_address_is_listed_here():
    assert set(addresses()) - set(BOARD_NAMES) == set(PAGES)


@pytest.fixture
def cast(world: World) -> dict[str, Client]:
    """A signed-in browser for each role, and a letter file of ASC01."""
    world.open_all()
    users = {
        "stranger": world.stranger,
        "associate": world.associate_officer,
        "main": world.officer,
        "viewer": world.viewer,
        "board": world.board,
    }
    clients = {role: Client() for role in ROLES}
    for role, user in users.items():
        clients[role].force_login(user)
    record_about("officer.main", "invited", by=world.board)
    hold(candidate=world.stranger_centre.candidates.get())
    username, password, credentials = make_login(world.associate_candidate)
    world.own_page = log_in(clients["candidate"], username, password).url
    make_objects(world, credentials.letter_file)
    return clients


def address(name: str, world: World) -> str:
    found = made(world)
    args = {key: found.get(value, value) for key, value in PAGES[name].args.items()}
    return reverse(name, kwargs=args)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__.rpartition(".")[2])
def test_every_role_gets_what_is_expected_of_the_pages(part, world, cast):
    for name, page in part.PAGES.items():
        url = address(name, world)
        for method in ("get", "post"):
            expected = dict(zip(ROLES, getattr(page, method).split(), strict=True))
            with undone(cast):
                found = {
                    role: str(getattr(client, method)(url).status_code)
                    for role, client in cast.items()
                    if expected[role] != "-"
                }
            expected = {role: status for role, status in expected.items() if status != "-"}
            assert found == expected, (name, method)


@contextmanager
def undone(cast: dict[str, Client]) -> Iterator[None]:
    """Whatever a page does is undone, in the database and in every browser, so that the next page
    finds the world as it was."""
    cookies = {role: deepcopy(client.cookies) for role, client in cast.items()}
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    for role, client in cast.items():
        client.cookies = cookies[role]


# What is refused changes nothing, so that one world does for all of these addresses.


def test_another_centres_object_answers_exactly_as_one_that_does_not_exist(world, cast):
    centres = {AT_ASC01["centre"], AT_MAIN1["centre"]}
    names = [name for name, page in PAGES.items() if not centres.isdisjoint(page.args.values())]
    assert len(names) > 50
    for name in names:
        real = address(name, world)
        invented = real.replace("ASC01", "NONE9").replace("MAIN1", "NONE9")
        for method in ("get", "post"):
            there = getattr(cast["stranger"], method)(real, headers=SPEAKS_TUS)
            nowhere = getattr(cast["stranger"], method)(invented, headers=SPEAKS_TUS)
            assert there.status_code == nowhere.status_code, name
            assert without_token(there) == without_token(nowhere), name


SPEAKS_TUS = {"Tus-Resumable": "1.0.0"}  # without it an upload is not looked for


def without_token(response) -> bytes:
    """The page but for the token against forged requests, which is new each time."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", response.content)


BOARD = [  # the board's own pages, which anybody of the board gets at any time
    "board:start",
    "loading:files",
    "loading:file",
    "loading:progress",
    "board:calendar",
    "board:calendar_year",
    "board:releases",
    "board:release_propose",
    "board:release",
    "board:missing",
    "board:missing_csv",
    "board:corrections",
    "board:correct",
    "board:correction",
    "board:accounts",
    "board:account_propose",
    "board:account",
    "board:person",
    "board:centres",
    "board:centre",
    "board:candidate",
    "board:search",
    "board:audit",
    "board:audit_download",
    "board:service_state",
    "board:holds",
    "board:hold_place",
    "board:hold_request_release",
    "board:hold_release",
    "board:home_figures",
    "board:home_service",
    "board:centre_link",
    "board:person_name",
    "board:qualifications",
    "board:qualification_add",
    "board:qualification_grades",
    "erasures:erasures",
    "erasures:erasure",
    "sealed:start",
    "sealed:series",
    "sealed:seal",
    "sealed:give",
    "sealed:open",
    "sealed:opening",
    "sealed:opening_progress",
    "sealed:bad_rows",
    "sealed:keyholders",
    "sealed:make_keys",
    "sealed:try_passphrase",
    "sealed:change",
    "sealed:rehearse",
    "sealed:ceremony",
    "sealed:ceremony_progress",
    "admin:index",
]
OF_THE_BOARD = ("admin:", "board:", "loading:", "erasures:", "sealed:")
BOARD_NAMES = [name for name in addresses() if name.startswith(OF_THE_BOARD)]
RECORDS = [name for name in BOARD_NAMES if name.startswith("admin:")]


def test_the_boards_pages_are_for_the_board_alone(world, cast):
    """To others of the staff none of them exists, whatever object it names."""
    assert len(BOARD_NAMES) >= 107 and len(RECORDS) >= 74
    for name in BOARD_NAMES:
        url = board_address(name, world)
        for role in ("stranger", "associate", "main", "viewer"):
            assert cast[role].get(url).status_code == 404, (name, role)
            assert cast[role].post(url).status_code == 404, (name, role)
        for role in ("anonymous", "candidate"):
            assert cast[role].get(url).status_code == 302, (name, role)


def test_the_board_gets_its_pages(world, cast):
    ends = ("_changelist", "_add", "_change")
    shown = {name for name in RECORDS if name.endswith(ends)} - {"admin:password_change"}
    assert set(BOARD) < set(BOARD_NAMES)
    for name in (*BOARD, *shown):
        refused = name.startswith("admin:") and name.endswith("_add")
        names_no_hold = name in ("board:hold_request_release", "board:hold_release")
        expected = 403 if refused else 302 if names_no_hold else 200
        assert cast["board"].get(board_address(name, world)).status_code == expected, name
    assert cast["board"].get("/board/records/password_change/").status_code == 404


def board_address(name: str, world: World) -> str:
    return reverse(
        name, kwargs={key: board_argument(name, key, world) for key in addresses()[name]}
    )


def board_argument(name: str, key: str, world: World) -> Any:
    """An object that exists, where there is one."""
    if key in ("load", "proposal", "account", "correction", "result", "erasure", "ceremony"):
        return made(world)[key.upper()]
    if key == "series" and name.startswith("sealed:"):
        return made(world)["SERIES TO SEAL" if name == "sealed:seal" else "SEALED SERIES"]
    if key == "object_id":
        if name == "admin:view_on_site":
            return 1
        app, model, _ = name.removeprefix("admin:").split("_")
        row = apps.get_model(app, model).objects.first()
        return quote(row.pk) if row else 1
    if key == "number":
        return "ASC01" if name.startswith("board:centre") else "0001"
    found = {"series": "2026-06", "centre": "MAIN1", "username": "board", "name": IGCSE}
    return {**found, "app_label": "centres", "content_type_id": 1, "url": "none", "year": 2026}[key]
