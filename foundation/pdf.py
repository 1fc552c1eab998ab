"""HTML to one PDF that is both PDF/A-3a and PDF/UA-1; pages added behind a PDF left untouched."""

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pydyf
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

# Source Sans 3 (SIL Open Font License, see fonts/OFL.txt): the same bytes on every machine.
FONTS = Path(__file__).parent / "fonts"
_FACES = (
    ("SourceSans3-Regular.ttf", "normal", 400),
    ("SourceSans3-Italic.ttf", "italic", 400),
    ("SourceSans3-SemiBold.ttf", "normal", 600),
)

# PDF/UA's own mark, and its declaration, without which PDF/A refuses an unknown property.
_UA_METADATA = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"'
    b' pdfuaid:part="1"/>'
    b'<rdf:Description rdf:about=""'
    b' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name>"
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
    b"</rdf:Description>"
)


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file carried inside the PDF. Its date is given: the clock would change the bytes."""

    name: str
    description: str
    content: bytes
    dated: dt.datetime


class FixedFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Serves our fonts and nothing else: no file, no network, whatever the data says."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        content = _served().get(url)
        if content is None:
            raise ValueError(f"Not served to documents: {url}")
        return URLFetcherResponse(url, content, {"Content-Type": "font/ttf"})


def render(
    html: str, *, stylesheet: str, identifier: str, attachments: Sequence[EmbeddedFile] = ()
) -> bytes:
    """The same input gives the same bytes, whenever and wherever it is rendered.

    The dates of the document are read from `<meta name="dcterms.created">`. A rendering without
    one would take none: nothing here asks what time it is.
    """
    fetcher, fonts = FixedFetcher(), _fonts()
    document: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(
        stylesheets=[_faces(), CSS(string=stylesheet, url_fetcher=fetcher, font_config=fonts)],
        font_config=fonts,
        pdf_variant="pdf/a-3a",
        pdf_identifier=hashlib.sha256(identifier.encode()).hexdigest()[:32].encode(),
        uncompressed_pdf=True,  # `_finish` compresses, with more care
        finisher=_finish,
        attachments=[_attachment(item) for item in attachments],
    )
    return document


def append(document: bytes, extra: bytes, *, bookmark: str) -> bytes:
    """The pages of `extra` behind those of `document`, whose own pages keep their exact content.

    Both come from `render`. The added pages join the structure, so that the file stays readable
    by a screen reader, and the bookmarks.
    """
    with pikepdf.open(io.BytesIO(document)) as pdf, pikepdf.open(io.BytesIO(extra)) as added:
        first_new = len(pdf.pages)
        pdf.pages.extend(added.pages)
        _append_structure(pdf, added, first_new)
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(bookmark, first_new, "Fit"))
        written = io.BytesIO()
        pdf.save(
            written,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,  # see `_compress`
            stream_decode_level=pikepdf.StreamDecodeLevel.none,  # not one byte of a page changes
            compress_streams=False,  # `render` did it
        )
    return written.getvalue()


def _append_structure(pdf: pikepdf.Pdf, added: pikepdf.Pdf, first_new: int) -> None:
    """Hang the tags of the added pages under the document's own root.

    Each page finds its tags through a number in the parent tree: the numbers of the added pages
    are moved behind those in use.
    """
    root = pdf.Root.StructTreeRoot
    extra = pdf.copy_foreign(added.Root.StructTreeRoot)
    shift = int(root.ParentTreeNextKey) if "/ParentTreeNextKey" in root else _next_key(root)
    for page in list(pdf.pages)[first_new:]:
        if "/StructParents" in page.obj:
            page.obj.StructParents = int(page.obj.StructParents) + shift
        for annotation in page.obj.get("/Annots", []):
            if "/StructParent" in annotation:
                annotation.StructParent = int(annotation.StructParent) + shift
    numbers = root.ParentTree.Nums
    entries = list(extra.ParentTree.Nums)
    for key, value in zip(entries[::2], entries[1::2], strict=True):
        numbers.append(int(key) + shift)
        numbers.append(value)
    root.ParentTreeNextKey = _next_key(root)
    kids = root.K if isinstance(root.K, pikepdf.Array) else pikepdf.Array([root.K])
    body = kids[0]
    for element in extra.K if isinstance(extra.K, pikepdf.Array) else [extra.K]:
        for child in element.K:
            child.P = body
            body.K.append(child)


def _next_key(root: Any) -> int:
    return max((int(key) for key in list(root.ParentTree.Nums)[::2]), default=-1) + 1


def _finish(_document: Any, pdf: pydyf.PDF) -> None:
    """WeasyPrint makes one claim in the metadata: add the second one; compress all the rest."""
    for item in pdf.objects:
        if not isinstance(item, pydyf.Stream):
            continue
        if item.extra.get("Type") == "/Metadata":
            metadata = item.stream[0]
            item.stream = [metadata.replace(b"</rdf:RDF>", _UA_METADATA + b"</rdf:RDF>")]
        else:
            _compress(item)


def _compress(stream: pydyf.Stream) -> None:
    """Compress, unless the last byte happens to be a carriage return.

    Before « endstream » stands a line feed. After a carriage return a strict reader takes both for
    one end of line and finds the stream one byte short, which PDF/A forbids. Object and cross
    reference streams are written too late for this care: the files do without them.
    """
    stream.compress = True
    if stream.data.endswith(b"\r\nendstream"):
        stream.compress = False


def _attachment(item: EmbeddedFile) -> Attachment:
    return Attachment(
        string=item.content,
        name=item.name,
        description=item.description,
        relationship="Data",
        created=item.dated,
        modified=item.dated,
    )


@cache
def _served() -> dict[str, bytes]:
    return {f"portal-font:{name}": (FONTS / name).read_bytes() for name, _, _ in _FACES}


@cache
def _fonts() -> FontConfiguration:
    """Read once for a process: parsing fonts takes longer than a short document."""
    return FontConfiguration()


@cache
def _faces() -> CSS:
    rules = "".join(
        f'@font-face {{ font-family: "Portail"; font-style: {style}; font-weight: {weight};'
        f' src: url("portal-font:{name}") }}\n'
        for name, style, weight in _FACES
    )
    return CSS(string=rules, url_fetcher=FixedFetcher(), font_config=_fonts())
