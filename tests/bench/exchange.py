"""File Exchange with a file of 20 MB and one of 2 GB: memory, and how fast they come in and go out.

Each is sent in parts, as a browser sends it, looked at without a virus scanner, and downloaded by the other
side, all in one process, the small one first. The figure that matters is the process's peak memory after
the large one, in that after the small one. Encrypting, checking and writing are in the time; the network is not.

Then the same in S3, with a file of 200 MB, for the server that speaks its protocol here keeps all in memory; what it
costs is in the time, so its speed says little, and the peak says all.
"""

import random
import resource
from base64 import b64encode
from io import BytesIO
from typing import Any

from django.test import Client, override_settings

from centres.models import Centre, SubcentreLink
from core import jobs
from exchange.models import Inspection, Version
from tests.bench.cohort import officer_at
from tests.bench.measure import seconds, table
from tests.storages import running_s3, url_at

MEGABYTE = 1024 * 1024
PART = 8 * MEGABYTE
BETWEEN = "/file-exchange/ASC01/MAIN1/"
TUS = {"Tus-Resumable": "1.0.0"}
BODY = "application/offset+octet-stream"
HEAD = b"%PDF-1.7\n"
HEADS = ["", "sent MB/s", "looked at MB/s", "taken MB/s", "peak memory MB"]


def run(*, quick: bool) -> dict[str, float]:
    main, associate = (
        Centre.objects.create(number=number, name=number, country="Nowhere")
        for number in ("MAIN1", "ASC01")
    )
    SubcentreLink.objects.create(main=main, associate=associate)
    giver, taker = officer_at(main), officer_at(associate)
    small, large = (16, 64) if quick else (20, 2000)
    rows = _measured(giver, taker, small, large)
    title = "File Exchange: a small and a large file, in one process"
    table(title, HEADS, rows)
    with running_s3() as server, override_settings(STORAGE_URL=url_at(server, "bench")):
        in_s3 = _measured(giver, taker, small, min(large, 200))
    table(f"{title}, in S3", HEADS, in_s3)
    return {
        "exchange_peak_large_times_small": rows[1][4] / rows[0][4],
        "exchange_peak_mb": rows[1][4],
        "exchange_sent_mb_per_second": rows[1][1],
        "exchange_taken_mb_per_second": rows[1][3],
        "exchange_s3_peak_large_times_small": in_s3[1][4] / in_s3[0][4],
        "exchange_s3_peak_mb": in_s3[1][4],
        "exchange_s3_sent_mb_per_second": in_s3[1][1],
        "exchange_s3_taken_mb_per_second": in_s3[1][3],
    }


def _measured(giver: Client, taker: Client, *sizes: int) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for size in sizes:
        up = seconds(lambda size=size: _send(giver, size * MEGABYTE))
        version = Version.objects.latest("uploaded_at")
        looked = seconds(lambda version=version: _look_at(version))
        down = seconds(lambda version=version: _take(taker, version))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append([f"{size} MB", size / up, size / looked, size / down, peak])
    return rows


def _send(browser: Client, size: int) -> None:
    said = {"name": f"{size}.pdf", "kind": "other"}
    metadata = ",".join(f"{key} {b64encode(word.encode()).decode()}" for key, word in said.items())
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
    address = browser.post(f"{BETWEEN}uploads/", headers=headers)["Location"]
    block, sent = HEAD + random.Random(size).randbytes(PART - len(HEAD)), 0
    while sent < size:
        piece = block[: size - sent]
        # Not as the test client's own data, of which it keeps copies.
        body = {
            "wsgi.input": BytesIO(piece),
            "CONTENT_LENGTH": str(len(piece)),
            "CONTENT_TYPE": BODY,
        }
        answer = browser.patch(address, headers={**TUS, "Upload-Offset": str(sent)}, **body)
        assert answer.status_code == 204, answer.content
        sent += len(piece)


def _look_at(version: Version) -> None:
    inspection = Inspection.objects.get(version=version)
    jobs.run("exchange.Inspection", str(inspection.pk))
    inspection.refresh_from_db()
    assert inspection.is_ready, inspection.error


def _take(browser: Client, version: Version) -> None:
    answer: Any = browser.get(f"{BETWEEN}files/{version.file_id}/{version.number}/download/")
    assert sum(map(len, answer.streaming_content)) == version.stored.size
