"""Archives: counted before they are opened, and their members while they are unpacked.

An archive says what it holds in a list at its end; what is said there may be a lie, so every member
is unpacked, into nothing, and counted too. Too many members, too many bytes, too small for what comes
out of it, each member by itself and all of it together (members may share the same bytes), archives
within archives within archives: refused. So is what cannot be looked into, and what is refused bare
(`exchange.members`), as deep as is looked.
"""

import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from typing import Any
from zipfile import ZipFile, ZipInfo

from core.jobs import ReportProgress
from exchange import filenames, members, refusals
from exchange.file_signatures import OLE, SIGNATURES
from exchange.refusals import NotAllowed

MEGABYTE = 1024 * 1024
MOST_MEMBERS = 10_000
LONGEST_LIST = 2 * MEGABYTE  # bytes of the list of members
LARGEST = 8 * 1024 * MEGABYTE  # bytes, unpacked
FROM_LITTLE = 32 * MEGABYTE  # bytes, unpacked, that an archive may hold however small it is
HIGHEST_RATIO = 100
DEEPEST = 3  # an archive that holds a Word file that holds a workbook, and no further
LARGEST_DICTIONARY = 64 * MEGABYTE  # of LZMA: so much memory one member may ask for
LARGEST_WITHIN = 32 * MEGABYTE  # of an archive within the archive, as it is read into memory
LARGEST_PART = MEGABYTE  # of a member that says what the whole is
BEGINS, ENDS = b"PK\x03\x04", b"PK\x05\x06"
LONGEST_GAP = MEGABYTE  # between two members, as far as it is looked at
LONGEST_END = 22 + 65_535  # bytes

TOO_MANY = f"This archive holds more than {MOST_MEMBERS:,} files. Split it."
TOO_LARGE = "This archive would unpack to far more than its size. Upload its files one by one."
TOO_DEEP = "This archive holds archives within archives. Upload the inner ones one by one."
LOCKED = (
    "“{}” in this archive is locked with a password, so nobody can check what is in it. Make the archive "
    "again without a password – File Exchange encrypts it itself – and upload that."
)
OUTSIDE = "This archive names files outside itself. Create it again."
TOO_HUNGRY = (
    "This archive takes too much memory to unpack. Create it again as an ordinary ZIP archive."
)
HIDDEN = "This archive holds files that are not in its list. Create it again, and upload that."
DAMAGED = "This archive is damaged. Create it again, and upload that."
UNREADABLE = (  # what `zipfile` and the four ways of packing trip over
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, ValueError, LookupError, RuntimeError),
)


class _Careful:
    """A file of which nothing large is read in one go, as a list of members that never ends."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(min(size, LONGEST_LIST + 1) if size >= 0 else LONGEST_LIST + 1)
        if len(data) > LONGEST_LIST:
            raise NotAllowed(TOO_MANY)
        return data


def list_members(file: Any) -> list[ZipInfo]:
    """What an archive says that it holds, when that can be. Raises NotAllowed."""
    try:
        with ZipFile(_Careful(file)) as archive:
            found = archive.infolist()
    except UNREADABLE:
        raise NotAllowed(DAMAGED) from None
    _check(found, _most(file))
    return found


def part_of(file: Any, parts: list[ZipInfo], name: str) -> bytes:
    """How the member of this name begins; b"" where there is none. Raises NotAllowed."""
    part = next((one for one in parts if one.filename == name), None)
    if part is None or _dictionary(file, part) > LARGEST_DICTIONARY:
        return b""
    try:
        with ZipFile(file) as archive, archive.open(part) as content:
            return content.read(LARGEST_PART)
    except (*UNREADABLE, OSError) as error:
        raise _damaged(error) from None


def unpack(file: Any, report_progress: ReportProgress) -> None:
    """Unpack all of it, into nothing. Raises NotAllowed."""
    total = sum(part.file_size for part in list_members(file))
    count = _Count(total, _most(file), report_progress)
    count.archive(file, depth=1)
    if count.refused:
        raise NotAllowed(refusals.within(count.refused))


def _damaged(error: Exception) -> Exception:
    """What to raise instead: the disk's errors have a number, those of bz2 have none."""
    return error if getattr(error, "errno", None) else NotAllowed(DAMAGED)


def _most(file: Any) -> int:
    """The bytes to which all of it together may unpack."""
    return min(LARGEST, max(FROM_LITTLE, HIGHEST_RATIO * file.seek(0, io.SEEK_END)))


def _check(parts: list[ZipInfo], most: int) -> None:
    if len(parts) > MOST_MEMBERS:
        raise NotAllowed(TOO_MANY)
    if locked := [part for part in parts if part.flag_bits & 1]:
        raise NotAllowed(LOCKED.format(filenames.shown(locked[0].filename)))
    if any(_is_outside(part.filename) for part in parts):
        raise NotAllowed(OUTSIDE)
    if sum(part.file_size for part in parts) > most or any(map(_grows, parts)):
        raise NotAllowed(TOO_LARGE)


def _whats_wrong(part: ZipInfo, head: bytes, in_document: bool) -> str:
    if stat.S_ISLNK(part.external_attr >> 16):
        return f"is {SIGNATURES['link'].words}"
    return members.whats_wrong(part.filename, head, in_document=in_document)


def _is_outside(name: str) -> bool:
    return bool(re.match(r"[/\\]|[A-Za-z]:", name)) or ".." in re.split(r"[/\\]", name)


def _hides_members(file: Any, parts: list[ZipInfo], start_of_list: int) -> bool:
    """Whether between those of the list lie others, which what reads from the beginning would unpack."""
    at = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if _hides(file, at, part.header_offset):
            return True
        file.seek(part.header_offset + 26)
        name, extra = struct.unpack("<2H", file.read(4))
        at = max(at, part.header_offset + 30 + name + extra + part.compress_size)
    return _hides(file, at, start_of_list)


def _hides(file: Any, start: int, stop: int) -> bool:
    file.seek(start)
    return BEGINS in file.read(max(0, min(stop - start, LONGEST_GAP)))


def _grows(part: ZipInfo) -> bool:
    return part.file_size > max(MEGABYTE, HIGHEST_RATIO * part.compress_size)


def _dictionary(file: Any, part: ZipInfo) -> int:
    """The bytes of memory that unpacking this member takes, as LZMA says before it begins."""
    if part.compress_type != zipfile.ZIP_LZMA:
        return 0
    file.seek(part.header_offset + 26)
    name, extra = struct.unpack("<2H", file.read(4))
    file.seek(part.header_offset + 30 + name + extra + 5)
    size: int = struct.unpack("<L", file.read(4))[0]
    return size


class _Count:
    """Members and bytes of an archive, and of the archives in it, together; and what of it is refused."""

    def __init__(self, total: int, most: int, report_progress: ReportProgress) -> None:
        self.total, self.most, self.report_progress = total, most, report_progress
        self.found = self.unpacked = 0
        self.refused: list[tuple[str, str]] = []  # name, and what is the matter with it

    def archive(self, file: Any, depth: int) -> None:
        if depth > DEEPEST:
            raise NotAllowed(TOO_DEEP)
        parts = list_members(file)
        self.found += len(parts)
        if self.found > MOST_MEMBERS:
            raise NotAllowed(TOO_MANY)
        names = [part.filename for part in parts]
        members.look_at_names(names)
        in_document = members.is_document(names, part_of(file, parts, "mimetype"))
        try:
            with ZipFile(file) as archive:
                if _hides_members(file, parts, archive.start_dir):
                    raise NotAllowed(HIDDEN)
                for part in parts:
                    if _dictionary(file, part) > LARGEST_DICTIONARY:
                        raise NotAllowed(TOO_HUNGRY)
                    self._member(archive, part, depth, in_document)
        except (*UNREADABLE, OSError) as error:
            raise _damaged(error) from None

    def _member(self, archive: ZipFile, part: ZipInfo, depth: int, in_document: bool) -> None:
        with archive.open(part) as content:
            piece = content.read(MEGABYTE)
            if wrong := _whats_wrong(part, piece, in_document):
                self.refused.append((part.filename, wrong))
            is_ole = piece.startswith(OLE)
            within = io.BytesIO() if piece.startswith(BEGINS) else None
            end = b""
            while piece:
                self._piece(piece, within)
                end += piece
                if is_ole:
                    members.look_at_ole(end)
                end = end[-LONGEST_END:]
                piece = content.read(MEGABYTE)
        if within is not None:
            self.archive(within, depth + 1)
        elif ENDS in end:
            self._behind(archive, part, depth)

    def _behind(self, archive: ZipFile, part: ZipInfo, depth: int) -> None:
        """A member that ends as an archive does, though it begins otherwise: some open it as one."""
        within = io.BytesIO()
        with archive.open(part) as content:
            while piece := content.read(MEGABYTE):
                self._piece(piece, within)
        if zipfile.is_zipfile(within):
            self.archive(within, depth + 1)

    def _piece(self, piece: bytes, within: io.BytesIO | None) -> None:
        self.unpacked += len(piece)
        if self.unpacked > self.most:
            raise NotAllowed(TOO_LARGE)
        if within is not None:
            within.write(piece)
            if within.tell() > LARGEST_WITHIN:
                raise NotAllowed(TOO_DEEP)
        self.report_progress(self.unpacked // MEGABYTE, self.total // MEGABYTE)
