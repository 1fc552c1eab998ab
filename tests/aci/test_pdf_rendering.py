"""`foundation.pdf`: nothing from outside comes in, the bytes depend on the input alone."""

import datetime as dt
import io
from pathlib import Path

import pikepdf
import pytest

from foundation import pdf

STYLE = "html { font-family: Portail }"


def document(body: str = "<p>Bonjour</p>", head: str = "") -> str:
    return (
        '<html lang="fr"><head><title>Essai</title>'
        '<meta name="dcterms.created" content="2024-07-01">'
        '<meta name="dcterms.modified" content="2024-07-01">'
        f"{head}</head><body><h1>Essai</h1>{body}</body></html>"
    )


def render(html: str) -> bytes:
    return pdf.render(html, stylesheet=STYLE, identifier="essai")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "http://127.0.0.1:9/x",
        "https://example.org/x.css",
        "ftp://example.org/x",
        "data:text/plain,secret",
        "portal-font:../../settings.py",
        "/etc/hostname",
    ],
)
def test_the_fetcher_serves_our_fonts_and_nothing_else(url: str) -> None:
    with pytest.raises(ValueError, match="Not served"):
        pdf.FixedFetcher().fetch(url)


def test_the_fetcher_serves_the_three_fonts() -> None:
    for name in ("Regular", "Italic", "SemiBold"):
        answer = pdf.FixedFetcher().fetch(f"portal-font:SourceSans3-{name}.ttf")
        assert answer.read(4) == b"\x00\x01\x00\x00"


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ('<img src="{secret}" alt="x">', ""),
        ('<object data="{secret}"></object>', ""),
        ('<svg><use href="{secret}#a"/></svg>', ""),
        ("", '<link rel="attachment" href="{secret}">'),
        ("", '<link rel="stylesheet" href="{secret}">'),
        ("", '<style>@import url("{secret}"); p {{ background: url("{secret}") }}</style>'),
    ],
)
def test_a_document_cannot_carry_away_a_local_file(body: str, head: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("le-secret-du-serveur")
    content = render(
        document(body.format(secret=secret.as_uri()), head.format(secret=secret.as_uri()))
    )
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert not opened.attachments
        for item in opened.objects:
            if isinstance(item, pikepdf.Stream):
                assert b"le-secret-du-serveur" not in item.read_bytes()


def test_the_same_input_gives_the_same_bytes() -> None:
    assert render(document()) == render(document())
    assert render(document()) != render(document("<p>Au revoir</p>"))


def test_french_typography_needs_one_font_only() -> None:
    content = render(document("<p>« Œuvre – 1 234,56 € » n’a pas d’œuf… −5 Ÿ</p>"))
    with pikepdf.open(io.BytesIO(content)) as opened:
        names = {
            str(item["/BaseFont"]).split("+")[1]
            for item in opened.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
        }
    assert {name.split("-")[0] for name in names} == {"Portail"}, (
        names
    )  # no fallback of the machine


def test_a_file_is_carried_inside() -> None:
    content = pdf.render(
        document(),
        stylesheet=STYLE,
        identifier="essai",
        attachments=[
            pdf.EmbeddedFile("a.json", "Données", b"{}", dt.datetime(2024, 7, 1, tzinfo=dt.UTC))
        ],
    )
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert opened.attachments["a.json"].get_file().read_bytes() == b"{}"


def test_added_pages_join_the_structure() -> None:
    first, second = render(document("<p>Un</p>")), render(document("<p>Deux</p>"))
    content = pdf.append(first, second, bookmark="Suite")
    assert content == pdf.append(first, second, bookmark="Suite")
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert len(opened.pages) == 2
        numbers = [int(page.obj.StructParents) for page in opened.pages]
        keys = [int(key) for key in list(opened.Root.StructTreeRoot.ParentTree.Nums)[::2]]
        assert len(set(numbers)) == 2
        assert set(numbers) <= set(keys)
        assert keys == sorted(keys)


def test_no_stream_ends_with_a_carriage_return() -> None:
    """A strict reader would find it one byte short (PDF/A-3, 6.1.6.1); it happens once in 256."""
    for number in range(25):
        content = render(document(f"<p>Essai {number}</p>"))
        assert b"\r\nendstream" not in content
    again = pdf.append(content, content, bookmark="Suite")
    assert b"\r\nendstream" not in again
