"""*Find a candidate*: in the centre and, for a main centre, in all of its Associate Centres (rule 13)."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import make_candidate, make_login
from tests.letters import text

FIND = "/candidate-results/2026-06/MAIN1/find/"


def found(client, search, at=FIND) -> str:
    return text(client.post(at, {"search": search}))


def test_a_main_centre_finds_at_its_associate_centres_too(officer, world):
    make_candidate(world.associate, world.series, "0077", name="ÅSTRÖM: Zoë")
    make_login(world.associate_candidate)

    html = found(officer, "astrom")

    assert "ÅSTRÖM: Zoë" in html
    assert 'href="/candidate-results/2026-06/ASC01/credentials/create/?only=0077"' in html
    assert "astrom" not in str(officer.post(FIND, {"search": "astrom"}).headers)
    acting = FIND.replace("MAIN1", "ASC01")
    assert "ÅSTRÖM: Zoë" in found(officer, "zoe", acting)
    number = world.associate_candidate.number
    assert "Re-create<" in found(officer, number)


def test_an_associate_centre_finds_its_own_alone(client, world):
    world.open_all()
    make_candidate(world.main, world.series, "0077", name="ÅSTRÖM: Zoë")
    client.force_login(world.associate_officer)

    assert "Nobody found" in found(client, "astrom", FIND.replace("MAIN1", "ASC01"))
    assert world.associate_candidate.name in found(
        client, world.associate_candidate.name, FIND.replace("MAIN1", "ASC01")
    )


def test_nothing_is_looked_for_before_somebody_asks(officer, world):
    assert world.candidate.name not in text(officer.get(FIND))
    assert world.candidate.name not in text(officer.get(FIND, {"search": world.candidate.name}))


def test_the_queries_are_constant(officer, world):
    found(officer, "SMITH")  # what is read once
    queries = []
    for count in (1, 4):
        for number in range(count):
            one = make_candidate(
                world.associate, world.series, f"1{count}0{number}", name="SMITH: A"
            )
            make_login(one)
        with CaptureQueriesContext(connection) as asked:
            assert "SMITH: A" in found(officer, "SMITH")
        queries.append(len(asked))
    assert queries[0] == queries[1]
