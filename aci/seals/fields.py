"""Signature fields that a screen reader can name, put in a PDF before its first seal.

A field added by the signing library has no tag, no name and a font that is not embedded: it breaks
PDF/UA and PDF/A. These are written beforehand, where the page left an empty box with an anchor.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

_POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class SealField:
    """One field: its name in the file, what is read aloud, the anchor and the size of its box."""

    name: str
    label: str
    anchor: str
    width_mm: float
    height_mm: float
    # The last seal forbids any further change (ISO 32000-2, 12.7.5.5).
    locks: bool = False


def prepare(content: bytes, fields: Sequence[SealField]) -> bytes:
    """The same pages with an empty field on each box. The same input gives the same bytes."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        anchors = _anchors(pdf)
        widgets = [_add_field(pdf, field, anchors[field.anchor]) for field in fields]
        pdf.Root.AcroForm = pdf.make_indirect(
            Dictionary(Fields=pdf.make_indirect(Array(widgets)), SigFlags=0)
        )
        written = io.BytesIO()
        pdf.save(
            written,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,  # see `foundation.pdf`
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            compress_streams=False,
            fix_metadata_version=False,
        )
    return written.getvalue()


def field_names(content: bytes) -> list[str]:
    """The fields that a PDF carries, in their order."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        if "/AcroForm" not in pdf.Root:
            return []
        return [str(field.T) for field in pdf.Root.AcroForm.Fields]


def _anchors(pdf: pikepdf.Pdf) -> dict[str, Any]:
    """The named places of the document: « name » → [page, /XYZ, left, top, zoom]."""
    names = list(pdf.Root.Names.Dests.Names)
    return {str(name): place for name, place in zip(names[::2], names[1::2], strict=True)}


def _add_field(pdf: pikepdf.Pdf, field: SealField, place: Any) -> Any:
    page, left, top = place[0], float(place[2]), float(place[3])
    width, height = field.width_mm * _POINTS_PER_MM, field.height_mm * _POINTS_PER_MM
    rectangle = Array([round(edge, 3) for edge in (left, top - height, left + width, top)])
    appearance = pdf.make_stream(
        b"",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, round(width, 3), round(height, 3)]),
        Resources=Dictionary(),
    )
    root = pdf.Root.StructTreeRoot
    key = _next_key(root)
    widget = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(field.name),
            TU=String(field.label),
            Rect=rectangle,
            F=4,
            P=page,
            StructParent=key,
            AP=Dictionary(N=appearance),
        )
    )
    if field.locks:
        widget.Lock = pdf.make_indirect(Dictionary(Type=Name.SigFieldLock, Action=Name.All, P=1))
    _tag(pdf, root, page, widget, field.label, key)
    if "/Annots" in page:
        page.Annots.append(widget)
    else:
        page.Annots = pdf.make_indirect(Array([widget]))
    page.Tabs = Name.S  # the keyboard follows the structure
    return widget


def _tag(pdf: pikepdf.Pdf, root: Any, page: Any, widget: Any, label: str, key: int) -> None:
    """Hang the field in the structure under the document, with the words that replace it."""
    body = root.K[0] if isinstance(root.K, pikepdf.Array) else root.K
    element = pdf.make_indirect(
        Dictionary(
            Type=Name.StructElem,
            S=Name.Form,
            P=body,
            Alt=String(label),
            Pg=page,
            K=Dictionary(Type=Name.OBJR, Obj=widget, Pg=page),
        )
    )
    body.K.append(element)
    root.ParentTree.Nums.append(key)
    root.ParentTree.Nums.append(element)
    root.ParentTreeNextKey = key + 1


def _next_key(root: Any) -> int:
    used = max((int(key) for key in list(root.ParentTree.Nums)[::2]), default=-1) + 1
    return max(used, int(root.get("/ParentTreeNextKey", 0)))
