"""What a turn has found is in no WAL, and leaves no trace when its ceremony ends (rule 28)."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from sealed import ceremonies, turns
from sealed.models import Ceremony, Found
from tests.sealed.cast import HEADS, Kind, give_file, make_ring, make_seal_of_one, take_turns


def asked(statement: str):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def begin():
    """A ceremony in which the first of two has given the passphrase."""
    ring = make_ring()
    seal = make_seal_of_one(ring[0].user, opens_from=timezone.now())
    give_file(seal, HEADS + "2026-06,MAIN1,0001,0580,A,85\n", by=ring[0].user)
    return ring, take_turns(ceremonies.begin(Kind.OPEN, by=ring[0].user, seal=seal), ring[0])


@pytest.fixture
def begun(db):
    return begin()


@transaction.atomic
def read_all():
    return list(Found.objects.all())


def test_it_is_there_until_the_ceremony_ends(begun):
    ring, one = begun
    assert turns.found(one.turns.get())
    ceremonies.stop(one, by=ring[0].user)
    assert not Found.objects.exists() and one.turns.exists()


def test_on_postgresql_it_is_in_no_wal_and_its_file_is_empty_again(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL alone")
    ring, one = begin()
    assert asked("SELECT relpersistence FROM pg_class WHERE relname = 'sealed_found'") == "u"
    assert asked("SELECT pg_relation_size('sealed_found')") > 0
    take_turns(one, ring[1])
    assert asked("SELECT pg_relation_size('sealed_found')") == 0


def test_it_goes_though_somebody_reads_the_table_just_then(first):
    """As a dump does, for whose end nobody waits."""
    ring, one = begin()
    first.begin(read_all, until="sealed_found")
    ceremonies.stop(one, by=ring[0].user)
    first.finish()
    assert not Found.objects.exists()


def test_one_whose_time_is_over_ends_before_the_next_begins(begun):
    """Or else its end would take away what is found in the next."""
    ring, one = begun
    later = one.ends_at
    following = ceremonies.begin(Kind.REHEARSE, by=ring[0].user, at=later)
    assert Ceremony.objects.get(pk=one.pk).ended_at
    take_turns(following, ring[0], at=later)
    assert ceremonies.end_overdue(later) == 0 and Found.objects.exists()
