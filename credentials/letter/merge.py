"""Merge the parts of a letter file into one PDF, tags for screen readers included.

Pages alone would lose what the tags say, so the parts' structure trees are hung under one root and
their page keys are numbered on, part after part.
"""

import io
from collections.abc import Sequence
from contextlib import ExitStack

import pikepdf
from pikepdf import Array, Dictionary, Name

CATALOG = (Name.Lang, Name.MarkInfo, Name.ViewerPreferences, Name.Metadata)


def merge(parts: Sequence[bytes]) -> bytes:
    """One PDF of these parts, in this order, with the title and language of the first."""
    with ExitStack() as stack:
        opened = [stack.enter_context(pikepdf.open(io.BytesIO(part))) for part in parts]
        whole = stack.enter_context(pikepdf.new())
        first = opened[0]
        for key in CATALOG:
            if key in first.Root:
                whole.Root[key] = _copied(whole, first, first.Root[key])
        whole.docinfo[Name.Title] = first.docinfo[Name.Title]
        _append_all(whole, opened)
        written = io.BytesIO()
        whole.save(
            written,
            min_version=first.pdf_version,
            deterministic_id=True,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        return written.getvalue()


def _append_all(whole: pikepdf.Pdf, parts: Sequence[pikepdf.Pdf]) -> None:
    root = whole.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Array()))
    by_key = Array()
    next_key = 0
    for part in parts:
        at = len(whole.pages)
        whole.pages.extend(part.pages)
        tree = whole.copy_foreign(part.Root.StructTreeRoot)
        for element in _as_array(tree.K):
            element.P = root
            root.K.append(element)
        keys = _by_key(tree.ParentTree.Nums)
        for page in list(whole.pages)[at:]:
            by_key.append(next_key)
            by_key.append(keys[int(page.obj.StructParents)])
            page.obj.StructParents = next_key
            next_key += 1
            for annotation in page.obj.get(Name.Annots, ()):
                if Name.StructParent in annotation:
                    by_key.append(next_key)
                    by_key.append(keys[int(annotation.StructParent)])
                    annotation.StructParent = next_key
                    next_key += 1
    root.ParentTree = whole.make_indirect(Dictionary(Nums=by_key))
    root.ParentTreeNextKey = next_key
    whole.Root.StructTreeRoot = root


def _by_key(numbers: pikepdf.Object) -> dict[int, pikepdf.Object]:
    """A number tree's flat list of keys and values."""
    flat = list(numbers)
    return {int(key): value for key, value in zip(flat[::2], flat[1::2], strict=True)}


def _as_array(kids: pikepdf.Object) -> list[pikepdf.Object]:
    return list(kids) if isinstance(kids, Array) else [kids]


def _copied(whole: pikepdf.Pdf, source: pikepdf.Pdf, value: pikepdf.Object) -> pikepdf.Object:
    if value.is_indirect:
        return whole.copy_foreign(value)
    return whole.copy_foreign(source.make_indirect(value))
