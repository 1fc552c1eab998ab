"""The QR code at the foot of each page of what is signed: the document, and which of its pages.

A scan of the printed pages finds its contract again by it, and what is missing (`aci.paper`). Drawn
once the pages are known, as an artifact: the address is written in the last article for whoever
listens to the document.
"""

import io
import re
import zlib
from dataclasses import dataclass

import pikepdf
from pikepdf import Dictionary, Name

# Large enough for an office scanner at 150 dpi; four white modules around it stay free.
SIDE_MM = 18
FOOT_MM = 4
_POINTS_PER_MM = 72 / 25.4
_PAGE = re.compile(r"/verifier/(?P<code>[a-z0-9]{20})/#(?P<number>[1-9][0-9]{0,3})$")


@dataclass(frozen=True, slots=True)
class PageCode:
    """What the code of a page says: the document, and the number of the page."""

    code: str
    number: int


def address_of(url: str, number: int) -> str:
    """What the code of a page holds. The fragment stays with the reader of the code."""
    return f"{url}#{number}"


def read_address(text: str) -> PageCode | None:
    """The page that an address names; none for anything else that a QR code may say."""
    found = _PAGE.search(text)
    return PageCode(found["code"], int(found["number"])) if found else None


def draw_page_codes(content: bytes, url: str) -> bytes:
    """The same pages, each with its code. The same input gives the same bytes."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for number, page in enumerate(pdf.pages, start=1):
            width = float(page.mediabox[2]) - float(page.mediabox[0])
            drawn = _drawing(address_of(url, number), width)
            page.contents_add(_stream(pdf, drawn), prepend=True)
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


def page_count(content: bytes) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def _drawing(text: str, page_width: float) -> bytes:
    """The modules as black rectangles, one for each run, in the middle of the foot."""
    # Imported where one is drawn: most pages draw none.
    import segno

    rows = [bytes(row) for row in segno.make(text, error="m", boost_error=False).matrix]
    module = SIDE_MM * _POINTS_PER_MM / len(rows)
    left = (page_width - SIDE_MM * _POINTS_PER_MM) / 2
    top = (FOOT_MM + SIDE_MM) * _POINTS_PER_MM
    runs = [
        f"{left + run.start() * module:.3f} {top - (line + 1) * module:.3f} "
        f"{(run.end() - run.start()) * module:.3f} {module:.3f} re"
        for line, row in enumerate(rows)
        for run in re.finditer(rb"\x01+", row)
    ]
    body = "\n".join(runs)
    return f"/Artifact <</Type /Pagination>> BDC\nq\n0 0 0 rg\n{body}\nf\nQ\nEMC\n".encode()


def _stream(pdf: pikepdf.Pdf, drawn: bytes) -> pikepdf.Stream:
    """Compressed, unless its last byte is a carriage return (see `foundation.pdf`)."""
    packed = zlib.compress(drawn, 9)
    if packed.endswith(b"\r"):
        return pikepdf.Stream(pdf, drawn)
    return pikepdf.Stream(pdf, packed, Dictionary(Filter=Name.FlateDecode))
