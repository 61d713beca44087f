"""Merging PDFs: WeasyPrint lays out part after part, so that memory stays flat; they become one file.

It is as good as if it had been laid out in one: the tags that tell a reader what each page holds, and
in what order, are one tree, the bookmarks one list, and pages are numbered through the whole. qpdf
leaves the tags of all parts but the first behind. So each object of a part is written under a number
of the whole file, and what there is once in a file is written anew.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from core.pdf.page_template import Slot
from core.pdf.shaping import number
from core.pdf.writer import Pdf, references

SCALE = number(0.75)  # points in a CSS pixel
OF_THE_FILE = (Name.ObjStm, Name.XRef)  # streams: how a file is written, not what it holds
PACKED = {"/Length", "/Filter", "/DecodeParms"}  # entries that tell how a stream is packed
# A reference to another object; or a string, in which there is none.
REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|\b(\d+) 0 R\b", re.DOTALL)


@dataclass(frozen=True)
class Part:
    """The numbers of its objects in the whole file: the node of its pages, the streams that draw
    their numbers, its tags. Bookmarks, as they are written."""

    pages: int
    numbers: list[int]
    tags: list[int]
    bookmarks: list[bytes]


class Binding:
    """Add parts, then finish. Pages are numbered when a place for their number is given."""

    def __init__(self, page_number: Slot | None = None) -> None:
        self._pdf = Pdf()
        self._pages, self._document = self._pdf.reserve(), self._pdf.reserve()
        self._slot = page_number
        if page_number:
            subset = page_number.line("Page").glyphs[0].subset
            self._font_name = f"/{subset.resource.decode()}"
            self._font = subset.embed(self._pdf, {})
        self._many = 0  # pages
        self._runs: defaultdict[int, list[Part]] = defaultdict(list)
        self._owners: list[int] = []  # a node for each part: whose its marked content is
        self._about: dict[str, bytes] = {}

    def add(self, part: bytes, *, run: int = 0) -> None:
        """It comes after all of this run, and of those before."""
        with pikepdf.open(io.BytesIO(part)) as laid_out:
            root, tree = laid_out.Root, laid_out.Root.StructTreeRoot
            copy = Copy(laid_out)
            copy.numbers[tree.K[0].objgen[0]] = self._document
            root.Pages.Parent = copy.stand_in(self._pages)
            numbers = [self._with_number(page, copy) for page in laid_out.pages if self._slot]
            self._shift(laid_out.pages, tree.ParentTree)
            bookmarks = list(_bookmarks(root))
            once = [root, tree, root.Metadata, root.get("/Outlines"), laid_out.trailer.Info]
            copy.write(self._pdf, leave=[one for one in [*once, *bookmarks] if one is not None])
            self._owners.append(copy.number(tree.ParentTree))
            self._runs[run].append(
                Part(
                    pages=copy.number(root.Pages),
                    numbers=numbers,
                    tags=[copy.number(tag) for tag in tree.K[0].K],
                    bookmarks=[
                        b"/Title%b/Dest%b" % (copy.written(one.Title), copy.written(one.Dest))
                        for one in bookmarks
                    ],
                )
            )
            self._about = self._about or {
                "title": copy.written(laid_out.docinfo.Title),
                "language": copy.written(root.Lang),
                "metadata": root.Metadata.read_bytes(),
            }

    def finished(self) -> bytes:
        """The whole file."""
        pdf, parts = self._pdf, [part for run in sorted(self._runs) for part in self._runs[run]]
        if self._slot:
            self._draw_numbers(self._slot, [one for part in parts for one in part.numbers])
        nodes = references([part.pages for part in parts])
        pdf.add(b"<</Type/Pages/Count %d/Kids[%b]>>" % (self._many, nodes), self._pages)
        structure = pdf.reserve()
        tags = references([tag for part in parts for tag in part.tags])
        pdf.add(
            b"<</Type/StructElem/S/Document/P %d 0 R/K[%b]>>" % (structure, tags), self._document
        )
        owners = pdf.add(b"<</Kids[%b]>>" % references(self._owners))
        pdf.add(
            b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d>>"
            % (self._document, owners, self._many),
            structure,
        )
        root = pdf.add(
            b"<</Type/Catalog/Pages %d 0 R/Lang%b/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R"
            b"/ViewerPreferences<</DisplayDocTitle true>>/Metadata %d 0 R/Outlines %d 0 R>>"
            % (
                self._pages,
                self._about["language"],
                structure,
                pdf.stream(self._about["metadata"], b"/Type/Metadata/Subtype/XML"),
                self._outline([one for part in parts for one in part.bookmarks]),
            )
        )
        return pdf.finished(root=root, info=pdf.add(b"<</Title%b>>" % self._about["title"]))

    def _with_number(self, page: Any, copy: "Copy") -> int:
        """The stream that is to draw its number, and is written when it is known."""
        stream = self._pdf.reserve()
        page.Contents = Array([page.Contents, copy.stand_in(stream)])
        page.Resources.Font[self._font_name] = copy.stand_in(self._font)
        return stream

    def _shift(self, pages: Any, owners: Any) -> None:
        """Whose marked content is, is found by the page's place among all that were added."""
        first = self._many
        for at, page in enumerate(pages):
            page.StructParents = owners.Nums[2 * at] = first + at
            self._many += 1
        owners.Limits = Array([first, self._many - 1])

    def _draw_numbers(self, slot: Slot, streams: list[int]) -> None:
        """They are no content: a reader is told the number of a page by the page itself."""
        for at, stream in enumerate(streams, 1):
            stamp = slot.write(f"Page {at} of {self._many}")
            drawn = (SCALE, SCALE, stamp.operators)
            self._pdf.stream(
                b"/Artifact<</Type/Pagination>>BDC q %b 0 0 %b 0 0 cm %b Q EMC" % drawn,
                number=stream,
            )

    def _outline(self, bookmarks: list[bytes]) -> int:
        first, many = self._pdf.reserve(len(bookmarks)), len(bookmarks)
        outline = self._pdf.reserve()
        for at, bookmark in enumerate(bookmarks):
            before = b"/Prev %d 0 R" % (first + at - 1) if at else b""
            after = b"/Next %d 0 R" % (first + at + 1) if at + 1 < many else b""
            entries = (outline, bookmark, before, after)
            self._pdf.add(b"<</Parent %d 0 R%b%b%b>>" % entries, first + at)
        ends = b"/First %d 0 R/Last %d 0 R" % (first, first + many - 1) if many else b""
        return self._pdf.add(b"<</Type/Outlines/Count %d%b>>" % (many, ends), outline)


class Copy:
    """A part's objects, and their `numbers` in the whole file."""

    def __init__(self, laid_out: pikepdf.Pdf) -> None:
        self._laid_out = laid_out
        self.numbers: dict[int, int] = {}

    def stand_in(self, number: int) -> Any:
        """For an object of the whole file, to which one of the part is to refer."""
        stand_in = self._laid_out.make_indirect(Dictionary())
        self.numbers[stand_in.objgen[0]] = number
        return stand_in

    def number(self, one: Any) -> int:
        return self.numbers[one.objgen[0]]

    def write(self, pdf: Pdf, *, leave: list[Any]) -> None:
        """All but these, what stands for what is in the whole, and how the part was written."""
        left = {one.objgen[0] for one in leave} | self.numbers.keys()
        written = [
            one
            for one in self._laid_out.objects
            if one.objgen[0] not in left
            and not (isinstance(one, pikepdf.Stream) and one.get("/Type") in OF_THE_FILE)
        ]
        self.numbers |= {one.objgen[0]: pdf.reserve() for one in written}
        for one in written:
            if isinstance(one, pikepdf.Stream):
                content, entries = one.read_bytes(), one.stream_dict
                for entry in entries.keys() & PACKED:
                    del entries[entry]
                pdf.stream(content, self.written(entries)[2:-2], self.number(one))
            else:
                pdf.add(self.written(one), self.number(one))

    def written(self, one: Any) -> bytes:
        """As it stands in the whole file."""
        return REFERENCE.sub(
            lambda found: b"%d 0 R" % self.numbers[int(found[1])] if found[1] else found[0],
            one.unparse(resolved=True),
        )


def _bookmarks(root: Any) -> Iterator[Any]:
    """All of one level."""
    one = root.Outlines.get("/First") if "/Outlines" in root else None
    while one is not None:
        yield one
        one = one.get("/Next")
