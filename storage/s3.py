"""A store in S3, or what speaks its protocol: s3://bucket/prefix?endpoint=https://…&region=…

Credentials come from the environment, or from what boto3 looks at otherwise. What grows is a multipart
upload. Its parts cannot be read back, nor be smaller than 5 MiB; so what was saved behind the last part,
and which upload it is, lies in an object beside, in `.growing/`. Each save writes a new one, named by how
much was saved in all: until a row says that so much is there, the one before counts.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from storage.store import Growing, Kept, StorageError, Store

PART = 5 * 1024 * 1024  # the least that S3 takes, but for the last one
GROWING = ".growing"
CONFIG = Config(
    connect_timeout=3,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 3},
    s3={"addressing_style": "path"},
    # Not every S3 knows the checksums that AWS has added; what is kept here is authenticated anyway.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
NUMBERS = {  # what S3 says -> the number that a disk would give
    "NoSuchKey": errno.ENOENT,
    "NoSuchUpload": errno.ENOENT,
    "404": errno.ENOENT,
    "AccessDenied": errno.EACCES,
    "403": errno.EACCES,
    "InvalidAccessKeyId": errno.EACCES,
    "SignatureDoesNotMatch": errno.EACCES,
    "QuotaExceeded": errno.EDQUOT,
    "XMinioStorageFull": errno.ENOSPC,
    "507": errno.ENOSPC,
}
TAKEN = ("PreconditionFailed", "ConditionalRequestConflict")


@contextmanager
def as_of_a_disk() -> Iterator[None]:
    """What S3 raises becomes an OSError. Its words are its own: they may name a key or a host."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        number = NUMBERS.get(code, errno.EIO)
        if number == errno.ENOENT:
            raise FileNotFoundError(number, "S3 has nothing of that name") from error
        raise StorageError(number, f"S3 refuses: {code}") from error
    except (BotoCoreError, Boto3Error, HTTPClientError) as error:
        raise StorageError(errno.EIO, f"S3 is away: {type(error).__name__}") from error


class S3(Store):
    def __init__(self, url: str, area: str) -> None:
        address = urlsplit(url)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.bucket = address.netloc
        self.top = "/".join(filter(None, (address.path.strip("/"), area))) + "/"
        if self.top == "/":
            self.top = ""
        with as_of_a_disk():
            self.client = boto3.client(
                "s3",
                endpoint_url=asked.get("endpoint"),
                region_name=asked.get("region"),
                config=CONFIG,
            )

    def at(self, name: str) -> dict[str, Any]:
        return {"Bucket": self.bucket, "Key": self.top + name}

    def keeps_versions(self) -> bool:
        with as_of_a_disk():
            return self.client.get_bucket_versioning(Bucket=self.bucket).get("Status") == "Enabled"

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        return self.read_with_facts(name, start, length)[0]

    def read_with_facts(
        self, name: str, start: int = 0, length: int | None = None
    ) -> tuple[bytes, dict[str, str]]:
        asked = {}
        if start or length is not None:
            asked["Range"] = f"bytes={start}-{'' if length is None else start + length - 1}"
        with as_of_a_disk():
            try:
                found = self.client.get_object(**self.at(name), **asked)
                with found["Body"] as body:
                    return body.read(), found["Metadata"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "InvalidRange":  # behind its end
                    return b"", {}
                raise

    def replace(self, name: str, content: bytes, **facts: str) -> None:
        with as_of_a_disk():
            self.client.put_object(**self.at(name), Body=content, Metadata=facts)

    def create(self, name: str, content: bytes) -> bool:
        with as_of_a_disk():
            try:
                self.client.put_object(**self.at(name), Body=content, IfNoneMatch="*")
            except ClientError as error:
                if error.response["Error"]["Code"] in TAKEN:
                    return False
                raise
        return True

    def exists(self, name: str) -> bool:
        return self.size(name) is not None

    def size(self, name: str) -> int | None:
        try:
            with as_of_a_disk():
                return self.client.head_object(**self.at(name))["ContentLength"]
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        with as_of_a_disk():
            self.client.delete_object(**self.at(name))

    def move(self, name: str, to: str) -> None:
        with as_of_a_disk():  # by parts where it is large
            self.client.copy(self.at(name), self.bucket, self.top + to)
        self.delete(name)

    def listed(self, folder: str = "") -> Iterator[Kept]:
        top = f"{self.top}{folder}/" if folder else self.top
        pages = self.client.get_paginator("list_objects_v2")
        with as_of_a_disk():
            for page in pages.paginate(Bucket=self.bucket, Prefix=top):
                for one in page.get("Contents", []):
                    name = one["Key"].removeprefix(self.top)
                    if folder or not name.startswith("."):
                        yield Kept(name, one["Size"], one["LastModified"].timestamp())

    def grow(self, name: str, *, appended: int, saved: int) -> Growing:
        return _GrowingObject(self, name, appended, saved)

    def abandon(self, name: str) -> None:
        for upload in self.uploads(name):
            if upload["Key"] == self.top + name:
                self.abort(name, upload["UploadId"])
        for kept in self.listed(f"{GROWING}/{name}"):
            self.delete(kept.name)

    def abort(self, name: str, upload: str) -> None:
        try:
            with as_of_a_disk():
                self.client.abort_multipart_upload(**self.at(name), UploadId=upload)
        except FileNotFoundError:  # another was faster
            pass

    def unfinished(self) -> Iterator[Kept]:
        for kept in self.listed(GROWING):
            _, name = kept.name.split("/", 1)
            yield Kept(name.rpartition("/")[0], kept.size, kept.written)
        for upload in self.uploads():
            name = upload["Key"].removeprefix(self.top)
            yield Kept(name, 0, upload["Initiated"].timestamp())

    def uploads(self, name: str = "") -> Iterator[dict[str, Any]]:
        pages = self.client.get_paginator("list_multipart_uploads")
        with as_of_a_disk():
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.top + name):
                yield from page.get("Uploads", [])


class _GrowingObject(Growing):
    def __init__(self, s3: S3, name: str, appended: int, saved: int) -> None:
        self.s3, self.name = s3, name
        self.upload = ""  # its id, once there is a part
        self.parts: list[dict[str, Any]] = []
        self.in_parts = 0  # bytes
        self.beside: list[
            str
        ] = []  # names of what was saved behind the parts, the last one at the end
        self.pending = bytearray()  # appended, and not in a part yet
        if saved:
            self._go_on(appended, saved)
        else:
            self.tail = b""

    def _go_on(self, appended: int, saved: int) -> None:
        self.beside = [self._beside(saved)]
        rest, facts = self.s3.read_with_facts(self.beside[0])
        self.in_parts = saved - len(rest)
        self.pending += rest[: appended - self.in_parts]
        self.tail = rest[appended - self.in_parts :]
        if not self.in_parts:
            return
        self.upload = facts["upload"]
        try:
            self.parts = self._parts()
        except FileNotFoundError:  # finished, and killed before a row said so
            self._begin_again()

    def _parts(self) -> list[dict[str, Any]]:
        found, size = [], 0
        pages = self.s3.client.get_paginator("list_parts")
        with as_of_a_disk():
            for page in pages.paginate(**self.s3.at(self.name), UploadId=self.upload):
                for part in page.get("Parts", []):
                    if (
                        size < self.in_parts
                    ):  # else it came after the last save, and is written anew
                        found.append({"PartNumber": part["PartNumber"], "ETag": part["ETag"]})
                        size += part["Size"]
        if size != self.in_parts:
            raise StorageError(errno.EIO, "S3 has lost parts of what was saved")
        return found

    def _begin_again(self) -> None:
        """The parts are in the object that is there already: copied from it."""
        self._begin()
        for start in range(0, self.in_parts, PART):
            at = self.s3.at(self.name)
            asked = {"CopySource": at, "CopySourceRange": f"bytes={start}-{start + PART - 1}"}
            number = len(self.parts) + 1
            with as_of_a_disk():
                copied = self.s3.client.upload_part_copy(
                    **at, **asked, UploadId=self.upload, PartNumber=number
                )
            self.parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})

    def append(self, data: bytes) -> None:
        before = len(self.pending)
        self.pending += data
        try:
            while len(self.pending) >= PART:
                self._store(bytes(self.pending[:PART]))
                del self.pending[:PART]
        except OSError:
            if len(self.pending) == before + len(data):
                del self.pending[before:]  # who appends it again, appends it once
            raise

    def save(self, tail: bytes) -> None:
        saved = self.in_parts + len(self.pending) + len(tail)
        self.s3.replace(self._beside(saved), bytes(self.pending) + tail, upload=self.upload)
        self.beside.append(self._beside(saved))
        while len(self.beside) > 2:  # a row has named the one before the last
            self.s3.delete(self.beside.pop(0))

    def finish(self, tail: bytes) -> None:
        last = bytes(self.pending) + tail
        if not self.upload:
            self.s3.replace(self.name, last)
            return
        self._store(last)
        with as_of_a_disk():
            self.s3.client.complete_multipart_upload(
                **self.s3.at(self.name),
                UploadId=self.upload,
                MultipartUpload={"Parts": self.parts},
            )

    def forget(self) -> None:
        if self.beside:
            self.s3.abandon(self.name)

    def _begin(self) -> None:
        with as_of_a_disk():
            begun = self.s3.client.create_multipart_upload(**self.s3.at(self.name))
        self.upload = begun["UploadId"]

    def _store(self, data: bytes) -> None:
        if not self.upload:
            self._begin()
        number = len(self.parts) + 1
        with as_of_a_disk():
            stored = self.s3.client.upload_part(
                **self.s3.at(self.name), UploadId=self.upload, PartNumber=number, Body=data
            )
        self.parts.append({"PartNumber": number, "ETag": stored["ETag"]})
        self.in_parts += len(data)

    def _beside(self, saved: int) -> str:
        return f"{GROWING}/{self.name}/{saved}"
