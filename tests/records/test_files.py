"""Files: told by their content, hashed, kept whole under a random name, given as attachments."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.refusal import Refused
from records.files import UploadRule, download, store_bytes, store_upload
from records.models import StoredFile
from tests.cast import Cast
from tests.records.uploads import picture_of

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = picture_of(20, 10, "PNG")


def upload(cast: Cast, content: bytes, name: str = "preuve.pdf", **more: Any) -> StoredFile:
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return store_upload(file, by=cast.coordinator, dossier=cast.rives.reference, **more)


def test_a_file_is_kept_with_the_proof_of_its_content(cast: Cast) -> None:
    stored = upload(cast, PDF)
    assert stored.read() == PDF
    assert (stored.size, stored.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert (stored.stored_by, stored.dossier) == (cast.coordinator, cast.rives.reference)


def test_the_type_is_read_in_the_content_not_in_what_is_said(cast: Cast) -> None:
    stored = upload(cast, PNG, name="facture.pdf")
    assert (stored.content_type, stored.name) == ("image/png", "facture.png")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<script>alert(1)</script>", "page.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image.png"),
        (b"MZ\x90\x00" + b"\0" * 200, "programme.pdf"),
        (b"du texte", "notes.docx"),
    ],
)
def test_other_types_are_refused(cast: Cast, content: bytes, name: str) -> None:
    with pytest.raises(Refused, match="n’est pas d’un type permis"):
        upload(cast, content, name)
    assert not StoredFile.objects.exists()


def test_an_archive_is_not_a_document(cast: Cast) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("a.txt", "a")
    with pytest.raises(Refused):
        upload(cast, archive.getvalue(), "tableau.xlsx")


def test_an_empty_or_heavy_file_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="est vide"):
        upload(cast, b"")
    with pytest.raises(Refused, match="dépasse la taille permise"):
        upload(cast, PDF, rule=UploadRule(max_size=10))


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.pdf", "..\\..\\boot.pdf", "/etc/passwd.pdf", "a\r\nSet-Cookie: x=1.pdf"],
)
def test_the_name_given_leads_nowhere(cast: Cast, name: str, settings: Any) -> None:
    stored = upload(cast, PDF, name)
    root = Path(settings.MEDIA_ROOT)
    (kept,) = [path for path in root.rglob("*") if path.is_file()]
    assert kept == root / stored.path
    assert kept.name == str(stored.uuid)
    assert "\n" not in download(stored)["Content-Disposition"]


def test_a_download_is_an_attachment_never_sniffed_nor_cached(cast: Cast) -> None:
    response = download(upload(cast, PDF, "Relevé d’activité.pdf"))
    assert response.content == PDF
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Relev%C3%A9")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_what_the_portal_made_may_open_in_the_page(cast: Cast) -> None:
    made = store_bytes(
        PDF, name="contrat.pdf", content_type="application/pdf", by=cast.cpam_officer, dossier=""
    )
    assert download(made, inline=True)["Content-Disposition"] == 'inline; filename="contrat.pdf"'
