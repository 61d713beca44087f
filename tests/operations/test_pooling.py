"""pgbouncer before PostgreSQL (DATABASE_POOLING): a real one, whose connections take turns."""

import psycopg2
import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client

from centres.models import Centre
from core.prepared_queries import Prepared
from operations import pooling
from tests.builders import AFTER, make_centre
from tests.core.test_prepared_queries import by_number
from tests.letters import logins_in
from tests.loading.files import load
from tests.loading.test_centres import HEADER
from tests.pgbouncer import SERVERS, fill, pgbouncer, server_pid
from tests.results.signed_in import ask, log_in, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def in_transaction_mode(transactional_db, settings):
    settings.DATABASE_POOLING = "transaction"
    with pgbouncer("transaction"):
        fill()
        yield


def test_each_transaction_has_another_connection(in_transaction_mode):
    assert len({server_pid() for _ in range(3 * SERVERS)}) == SERVERS


def test_a_candidate_sees_results_through_it(in_transaction_mode, world):
    world.open_all()
    with time_machine.travel(AFTER):
        browser = signed_in(world.candidate)
        for _ in range(2 * SERVERS):
            assert "A(a)" in ask(browser).text


def test_without_the_setting_a_visit_fails_there(in_transaction_mode, settings):
    settings.DATABASE_POOLING = ""
    make_centre("ONE01")
    prepared = Prepared(by_number)

    with pytest.raises(DatabaseError, match="does not exist"):
        for _ in range(2 * SERVERS):
            prepared.first(number="ONE01")


def test_letters_are_made_through_it_and_their_logins_work(in_transaction_mode, world, issue):
    world.open_all()
    logins = logins_in(issue())

    assert logins
    with time_machine.travel(AFTER):
        assert {log_in(Client(), *login).status_code for login in logins} == {303}


def test_files_are_loaded_through_it(in_transaction_mode):
    rows = [f"{number},School,United Kingdom,Europe/London,\n" for number in range(10001, 10051)]
    load("centres", HEADER + "".join(rows))

    assert Centre.objects.count() == 50


def test_a_long_list_is_read_without_a_cursor_on_the_server(in_transaction_mode):
    for number in range(30):
        make_centre(f"ONE{number:02}")

    found = []
    for centre in Centre.objects.iterator(chunk_size=10):
        found.append(centre)
        server_pid()
    assert len(found) == 30


def test_in_session_mode_a_statement_that_another_left_is_used(transactional_db, settings):
    """Without its reset query: a name that told only the order would mean another statement there."""
    settings.DATABASE_POOLING = "session"
    with pgbouncer("session", default_pool_size=1, server_reset_query=""):
        make_centre("ONE01")
        before = server_pid()
        assert Prepared(by_number).first(number="ONE01")
        connection.close()
        assert Prepared(by_number).first(number="ONE01")["name"] == "Made-up School ONE01"
        other = Prepared(lambda: by_number().values("number"))
        assert other.first(number="ONE01") == {"number": "ONE01"}
        assert server_pid() == before


def test_what_a_connection_is_not_told_is_noted_with_the_role(transactional_db, settings):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no pool of connections")
    settings.DATABASE_POOLING = "transaction"
    asked = {
        key: value for key, value in connection.get_connection_params().items() if key != "options"
    }
    with transaction.atomic(), connection.cursor() as cursor:
        pooling.note_settings()
        cursor.execute("SELECT setconfig FROM pg_db_role_setting WHERE setdatabase <> 0")
        assert cursor.fetchone()[0] == ["jit=off", "plan_cache_mode=force_generic_plan"]
        transaction.set_rollback(True)
    with psycopg2.connect(**asked) as direct, direct.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("on",)
    direct.close()
