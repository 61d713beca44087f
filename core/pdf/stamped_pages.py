"""A PDF of stamped pages: what the copies of a template share stands in the file once.

It can be given away while it is made (`drained`). On paper each page is for somebody else, so the file asks
for one side of each sheet; or, where a printer takes both whatever is asked, each page has a blank back.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from core.pdf.font_subset import FontSubset
from core.pdf.page_template import PageTemplate
from core.pdf.shaping import Stamp
from core.pdf.writer import Pdf, number_tree, references, text

PAGES_TOGETHER = 64  # in a node of the page tree
SHORT = 700  # bytes: a shorter piece of a page is repeated on it, for each stream has its price


@dataclass(frozen=True)
class Shared:
    """What a template's copies in one file share. `streams`: those of its long pieces, by place;
    `objects` are a page's own, to be filled with their numbers, `offsets` from the first."""

    template: PageTemplate
    streams: dict[int, int]
    objects: bytes
    offsets: list[int]


class StampedPages:
    """Add pages, then finish. The title is all that the file tells about itself."""

    def __init__(self, title: str, *, blank_backs: bool = False) -> None:
        self._title, self._blank_backs = title, blank_backs
        self._pdf = Pdf()
        self._document = self._pdf.reserve()  # of the structure tree
        self._resources = self._pdf.reserve()
        self._shared: dict[int, Shared] = {}
        self._pages: list[int] = []
        self._nodes: list[int] = []
        self._owners: list[int] = []
        self._tags: list[int] = []
        self._glyphs: dict[FontSubset, dict[int, str]] = defaultdict(dict)
        self._states: dict[str, bytes] = {}

    def add(self, template: PageTemplate, stamps: Mapping[str, Stamp]) -> None:
        """A page: this template, with these stamps in its places; and its blank back."""
        if id(template) not in self._shared:
            self._shared[id(template)] = self._share(template)
        shared = self._shared[id(template)]
        contents = self._contents(shared, stamps)
        node = self._node()
        page = self._pdf.add(
            b"<</Type/Page/Parent %d 0 R/MediaBox[%b]/Contents[%b]/Resources %d 0 R/Tabs/S"
            b"/StructParents %d>>"
            % (
                node,
                template.media_box,
                references(contents),
                self._resources,
                len(self._owners),
            )
        )
        self._tag(shared, page)
        self._pages.append(page)
        if self._blank_backs:
            blank = (self._node(), template.media_box)
            self._pages.append(
                self._pdf.add(
                    b"<</Type/Page/Parent %d 0 R/MediaBox[%b]/Resources<<>>/Tabs/S>>" % blank
                )
            )
        for stamp in stamps.values():
            for glyph in stamp.glyphs:
                self._glyphs[glyph.subset].setdefault(glyph.number, glyph.means)

    def drained(self) -> bytes:
        """What of the file was written since it was last drained."""
        return self._pdf.drained()

    def finished(self) -> bytes:
        """The whole file, or the rest of it where it was drained."""
        pdf, first = self._pdf, next(iter(self._shared.values())).template
        pages = self._page_tree()
        fonts = sorted(self._glyphs.items(), key=lambda used: used[0].name)
        named = b"".join(
            b"/%b %d 0 R" % (subset.resource, subset.embed(pdf, glyphs)) for subset, glyphs in fonts
        )
        states = b"".join(b"/%b %b" % (name.encode(), one) for name, one in self._states.items())
        pdf.add(b"<</Font<<%b>>/ExtGState<<%b>>>>" % (named, states), self._resources)
        structure = pdf.reserve()
        kids = references(self._tags)
        pdf.add(b"<</S/Document/P %d 0 R/K[%b]>>" % (structure, kids), self._document)
        parents = number_tree(pdf, self._owners)
        pdf.add(
            b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d>>"
            % (self._document, parents, len(self._owners)),
            structure,
        )
        root = pdf.add(
            b"<</Type/Catalog/Pages %d 0 R/Lang%b/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R"
            b"/ViewerPreferences<</DisplayDocTitle true/Duplex/%b>>/Metadata %d 0 R>>"
            % (
                pages,
                text(first.language),
                structure,
                b"DuplexFlipLongEdge" if self._blank_backs else b"Simplex",
                pdf.stream(first.metadata, b"/Type/Metadata/Subtype/XML"),
            )
        )
        return pdf.finished(root=root, info=pdf.add(b"<</Title%b>>" % text(self._title)))

    def _share(self, template: PageTemplate) -> Shared:
        for subset, glyphs in template.glyphs.items():
            self._glyphs[subset].update(glyphs)
        self._states |= template.states
        streams = {
            place: self._pdf.stream(piece)
            for place, piece in enumerate(template.pieces)
            if len(piece) > SHORT
        }
        objects, offsets = _own_objects(template, self._document)
        return Shared(template, streams, objects, offsets)

    def _contents(self, shared: Shared, stamps: Mapping[str, Stamp]) -> list[int]:
        """The streams that the page is drawn by, in order: shared ones, and its own between them."""
        contents, own = [], b""
        template = shared.template
        for place, piece in enumerate(template.pieces):
            if place in shared.streams:
                if own:
                    contents.append(self._pdf.stream(own))
                    own = b""
                contents.append(shared.streams[place])
            else:
                own += piece
            if place < len(template.order):
                own += stamps[template.order[place]].operators + b"\n"
        if own:
            contents.append(self._pdf.stream(own))
        return contents

    def _tag(self, shared: Shared, page: int) -> None:
        """The page's elements, and who of them owns its marked content."""
        tags = shared.template.tags
        first = self._pdf.reserve(len(tags) + 1)
        numbers = tuple(page if offset < 0 else first + offset for offset in shared.offsets)
        self._pdf.add_all(first, (shared.objects % numbers).split(b"\n"))
        self._owners.append(first + len(tags))
        self._tags += [first + at for at, tag in enumerate(tags) if tag.parent is None]

    def _node(self) -> int:
        """That of the page tree to which the next page belongs."""
        if len(self._pages) % PAGES_TOGETHER == 0:
            self._nodes.append(self._pdf.reserve())
        return self._nodes[-1]

    def _page_tree(self) -> int:
        root = self._pdf.reserve()
        for at, node in enumerate(self._nodes):
            kids = self._pages[at * PAGES_TOGETHER : (at + 1) * PAGES_TOGETHER]
            self._pdf.add(
                b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%b]>>"
                % (root, len(kids), references(kids)),
                node,
            )
        pages = (len(self._pages), references(self._nodes))
        return self._pdf.add(b"<</Type/Pages/Count %d/Kids[%b]>>" % pages, root)


def _own_objects(template: PageTemplate, document: int) -> tuple[bytes, list[int]]:
    """The elements of a page and, last, the list of who owns its marked content, a line each, with
    `%d` for each number of an object; those numbers, counted from the first, the page's own as -1."""
    lines, offsets = [], []
    for tag in template.tags:
        parent = b"%d" % document if tag.parent is None else b"%d"
        offsets += [] if tag.parent is None else [tag.parent]
        offsets.append(-1)
        kids = [b"%d 0 R" if isinstance(kid, tuple) else str(kid).encode() for kid in tag.kids]
        offsets += [kid[0] for kid in tag.kids if isinstance(kid, tuple)]
        lines.append(
            b"<</S/%b/P %b 0 R/Pg %%d 0 R%b/K[%b]>>"
            % (tag.name.encode(), parent, tag.attributes, b" ".join(kids))
        )
    lines.append(b"[%b]" % b" ".join([b"%d 0 R"] * len(template.owners)))
    return b"\n".join(lines), offsets + template.owners
