"""Printed pages that came back: pictures gathered in one PDF, and the code read on each page.

Nothing is guessed from the words: a page says by its code of which document it is, and which page.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aci.seals.page_codes import PageCode, read_address
from foundation.refusal import Refused

# A sheet at 200 dpi: what an office scanner gives, and what reads the codes of one at 120.
LONGEST_SIDE = 2340
MOST_PAGES = 120
_A4_POINTS = (595, 842)


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page of a scan, in its order, and the codes of ours that it shows."""

    number: int
    codes: frozenset[PageCode]


def gather_pictures(pictures: Sequence[bytes]) -> bytes:
    """One PDF whose pages are these pictures, in their order."""
    # Imported where pictures come in: most uploads are a PDF.
    from PIL import Image

    sheets = [Image.open(io.BytesIO(content)).convert("RGB") for content in pictures]
    dpi = max(max(sheet.size) for sheet in sheets) / (_A4_POINTS[1] / 72)
    written = io.BytesIO()
    sheets[0].save(
        written, "PDF", save_all=True, append_images=sheets[1:], resolution=dpi, quality=90
    )
    return written.getvalue()


def read_pages(content: bytes) -> list[ReadPage]:
    """Each page of a scanned PDF with what its code says; turned or skewed, it is read too."""
    with _opened(content) as document:
        if len(document) > MOST_PAGES:
            raise Refused(f"Ce document a plus de {MOST_PAGES} pages : ce n’est pas ce contrat.")
        return [ReadPage(index + 1, _codes_of(document[index])) for index in range(len(document))]


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    # Imported by the request that reads a scan: the other pages should not pay for it.
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        raise Refused(
            "Ce PDF ne s’ouvre pas : il est abîmé, ou protégé par un mot de passe."
        ) from None
    try:
        yield document
    finally:
        document.close()


def _codes_of(page: Any) -> frozenset[PageCode]:
    """At the size of a usual scan, then twice larger for small or faint ones."""
    for side in (LONGEST_SIDE, 2 * LONGEST_SIDE):
        width, height = page.get_size()
        scale = side / max(width, height, 1)
        picture = page.render(scale=scale, grayscale=True).to_pil()
        found = frozenset(_read(picture))
        if found:
            return found
    return frozenset()


def _read(picture: Any) -> Iterator[PageCode]:
    import zxingcpp

    only = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    for barcode in zxingcpp.read_barcodes(picture, formats=only):
        code = read_address(barcode.text)
        if code is not None:
            yield code
