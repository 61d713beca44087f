"""The objects that the addresses of the sweep name: each really exists."""

from typing import Any

from credentials.models import LetterFile
from results.models import Export
from sealed import keyholders
from tests.builders import (
    World,
    make_access,
    make_batch,
    make_correction,
    make_erasure,
    make_load,
    make_proposal,
    make_series,
)
from tests.exchange.files import begin_upload, put_file
from tests.sealed.cast import make_sealed


def make_objects(world: World, letter_file: LetterFile) -> None:
    """A letter file of ASC01, and what else the addresses name; the world keeps them."""
    world.letter_file = letter_file
    world.letter_batch = make_batch(world.main, world.series, letter_file)
    world.exchanged = put_file(world.associate_officer)
    world.upload = begin_upload(world.associate_officer)
    world.load = make_load(world.board)
    world.proposal = make_proposal(world.series)
    world.account = make_access()
    world.correction = make_correction(world.candidate)
    world.erasure = make_erasure(world.candidate)
    world.sealed = make_sealed(2026, 11)
    world.sealable = make_series(2027, 6, releases={})
    keyholders.make(world.board)
    world.export = Export.objects.create(
        user=world.officer,
        asked_by=world.officer.username,
        centre=world.associate,
        series=world.series,
        what="broadsheet",
        format="xlsx",
    )


def made(world: World) -> dict[str, Any]:
    """What stands in an address for each word in CAPITALS."""
    return {
        "LETTER FILE": world.letter_file.pk,
        "EXPORT": world.export.pk,
        "LETTER BATCH": world.letter_batch.pk,
        "EXCHANGE FILE": world.exchanged.file_id,
        "EXCHANGE UPLOAD": world.upload.pk,
        "LOAD": world.load.pk,
        "PROPOSAL": world.proposal.pk,
        "ACCOUNT": world.account.pk,
        "CORRECTION": world.correction.pk,
        "ERASURE": world.erasure.pk,
        "CEREMONY": world.sealed.ceremony.pk,
        "SEALED SERIES": world.sealed.seal.series.slug,
        "SERIES TO SEAL": world.sealable.slug,
        "RESULT": world.correction.result_id,
        "OWN PAGE": getattr(world, "own_page", "/nobodys/").split("/")[-2],
    }
