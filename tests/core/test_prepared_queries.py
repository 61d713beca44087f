"""A prepared query says what its queryset says, whatever it is asked."""

import datetime as dt

import psycopg2
import pytest
from django.db import connection
from django.db.models import BigAutoField, CharField, DurationField, F, Q, Value
from django.db.models.functions import Concat

from centres.models import Centre, CentreArrangement, Series
from core.prepared_queries import Parameter, Prepared, PreparedUpdate, PreparedWithRows
from tests.builders import make_centre

pytestmark = pytest.mark.django_db


def by_number():
    return Centre.objects.filter(number=Parameter("number", CharField())).values("pk", "name")


def test_it_finds_what_the_queryset_finds_for_each_value():
    one, other = make_centre("ONE01"), make_centre("TWO01")
    prepared = Prepared(by_number)
    assert prepared.first(number="ONE01") == {"pk": one.pk, "name": one.name}
    assert prepared.first(number="TWO01") == {"pk": other.pk, "name": other.name}
    assert prepared.first(number="NONE1") is None


def test_it_is_built_once_and_asks_one_query_each_time(django_assert_num_queries):
    built = []

    def build():
        built.append(1)
        return by_number()

    prepared = Prepared(build)
    for _ in range(3):
        with django_assert_num_queries(1):
            list(prepared.rows(number="ONE01"))
    assert built == [1]


def test_a_value_is_never_read_as_sql():
    make_centre("ONE01")
    assert not list(Prepared(by_number).rows(number="' OR '1'='1"))
    assert not list(Prepared(by_number).rows(number="%s $1 %%"))


def test_columns_come_as_their_fields_give_them():
    centre, series = (
        make_centre("ONE01"),
        Series.objects.create(year=2026, month=6, credentials_from=dt.date(2026, 3, 25)),
    )
    CentreArrangement.objects.create(centre=centre, series=series, delay=dt.timedelta(hours=2))
    prepared = Prepared(
        lambda: (
            CentreArrangement.objects.filter(
                Q(centre=Parameter("centre", BigAutoField())) | Q(centre__number="50% $1"),
                delay__gte=Parameter("least", DurationField()),
            )
            .annotate(twice=F("delay") + Parameter("least", DurationField()), plain=Value("50% $1"))
            .values("delay", "series__credentials_from", "twice", "plain")
        )
    )
    assert prepared.first(centre=centre.pk, least=dt.timedelta(hours=1)) == {
        "delay": dt.timedelta(hours=2),
        "series__credentials_from": dt.date(2026, 3, 25),
        "twice": dt.timedelta(hours=3),
        "plain": "50% $1",
    }
    assert prepared.first(centre=centre.pk, least=dt.timedelta(hours=3)) is None


def test_an_update_writes_the_rows_found_and_says_how_many(django_assert_num_queries):
    one, other = make_centre("ONE01"), make_centre("TWO01")
    prepared = PreparedUpdate(
        lambda: Centre.objects.filter(number=Parameter("number", CharField())),
        name=Concat(F("name"), Parameter("more", CharField())),
    )
    for _ in range(2):
        with django_assert_num_queries(1):
            assert prepared.run(number="ONE01", more=" 50%") == 1
    assert prepared.run(number="NONE1", more="") == 0

    before = one.name
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.name, other.name) == (f"{before} 50% 50%", "Made-up School TWO01")


def test_a_value_left_out_is_refused():
    with pytest.raises(KeyError):
        list(Prepared(by_number).rows())


@pytest.mark.django_db(transaction=True)
def test_it_goes_on_over_a_new_connection():
    make_centre("ONE01")
    prepared = Prepared(by_number)
    assert prepared.first(number="ONE01")
    if connection.vendor == "postgresql":  # SQLite's in memory would be gone
        connection.close()
    assert prepared.first(number="ONE01")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_not_noticed():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    make_centre("ONE01")
    prepared = Prepared(by_number)
    assert prepared.first(number="ONE01")
    with psycopg2.connect(**connection.get_connection_params()) as another:
        ours = connection.connection.info.backend_pid
        with another.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [ours])
    another.close()

    assert prepared.first(number="ONE01")


def by_number_with_arrangements():
    """A centre by its number, and beside it its arrangements with at least this delay."""
    return PreparedWithRows(
        Prepared(by_number),
        Prepared(
            lambda: (
                CentreArrangement.objects.filter(
                    centre=Parameter("centre", BigAutoField()),
                    delay__gte=Parameter("least", DurationField()),
                )
                .exclude(centre__name="50% $1")
                .order_by("series__month")
                .values("delay", name=F("centre__name"))
            )
        ),
        {"centre": "pk"},
    )


def test_rows_come_with_the_row_that_they_are_of(django_assert_num_queries):
    one, other = make_centre("ONE01"), make_centre("TWO01")
    hours = {3: 1, 6: 2, 11: 3}
    for month, delay in hours.items():
        series = Series.objects.create(
            year=2026, month=month, credentials_from=dt.date(2026, 3, 25)
        )
        for centre in (one, other):
            CentreArrangement.objects.create(
                centre=centre, series=series, delay=dt.timedelta(hours=delay)
            )
    prepared = by_number_with_arrangements()
    for _ in range(2):
        with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
            found, rows = prepared.ask(number="TWO01", least=dt.timedelta(hours=2))
        assert found == {"pk": other.pk, "name": other.name}
        assert rows == [
            {"delay": dt.timedelta(hours=2), "name": other.name},
            {"delay": dt.timedelta(hours=3), "name": other.name},
        ]


def test_a_row_may_have_none_beside_it_and_without_it_there_are_none():
    one = make_centre("ONE01")
    prepared = by_number_with_arrangements()
    none = dt.timedelta()
    assert prepared.ask(number="ONE01", least=none) == ({"pk": one.pk, "name": one.name}, [])
    assert prepared.ask(number="NONE1", least=none) == (None, [])
