"""Stores what people upload and what the portal makes: checked, hashed, outside the web root."""

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import PurePath

import filetype
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from accounts.models import User
from foundation.refusal import Refused
from records.models import StoredFile
from records.scanning import refuse_infected
from records.upload_contents import refuse_bomb, without_metadata

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class UploadRule:
    """What may be uploaded somewhere: types told by content, and a size in bytes."""

    extensions: frozenset[str] = frozenset({"pdf", "png", "jpg", "docx", "xlsx", "odt", "ods"})
    max_size: int = 10 * MEGABYTE

    @property
    def accept(self) -> str:
        """For the `accept` attribute of the file input."""
        return ",".join(sorted(f".{extension}" for extension in self.extensions))


PROOF_RULE = UploadRule()


def store_upload(
    upload: UploadedFile,  # type: ignore[type-arg]  # generic only in its stubs
    *,
    by: User,
    dossier: str,
    rule: UploadRule = PROOF_RULE,
) -> StoredFile:
    """Check an uploaded file by its content, then store it. Refuses with a French sentence."""
    extension, mime, content = checked(upload, rule=rule)
    name = f"{PurePath(upload.name or 'fichier').stem[:150]}.{extension}"
    return store_bytes(content, name=name, content_type=mime, by=by, dossier=dossier)


def checked(
    upload: UploadedFile,  # type: ignore[type-arg]  # generic only in its stubs
    *,
    rule: UploadRule,
) -> tuple[str, str, bytes]:
    """The extension, the type and the bytes that may be stored; refuses with a French sentence."""
    if (upload.size or 0) > rule.max_size:
        megabytes = rule.max_size // MEGABYTE
        raise Refused(f"« {upload.name} » dépasse la taille permise de {megabytes} Mo.")
    content = upload.read()
    if not content:
        raise Refused(f"« {upload.name} » est vide.")
    kind = filetype.guess(content)
    if kind is None or kind.extension not in rule.extensions:
        names = ", ".join(sorted(rule.extensions)).upper()
        raise Refused(f"« {upload.name} » n’est pas d’un type permis ({names}).")
    refuse_bomb(content, str(upload.name), kind.extension)
    refuse_infected(content, str(upload.name))
    return kind.extension, kind.mime, without_metadata(content, str(upload.name), kind.extension)


def store_bytes(
    content: bytes, *, name: str, content_type: str, by: User, dossier: str
) -> StoredFile:
    """Write the bytes under a random name, then the row that vouches for them."""
    identifier = uuid.uuid4()
    path = default_storage.save(f"files/{identifier.hex[:2]}/{identifier}", ContentFile(content))
    return StoredFile.objects.create(
        uuid=identifier,
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        path=path,
        dossier=dossier,
        stored_by=by,
    )


def download(stored: StoredFile, *, inline: bool = False) -> HttpResponse:
    """The file as an answer: attachment by default; `inline` only for PDF the portal made."""
    response = HttpResponse(stored.read(), content_type=stored.content_type)
    disposition = content_disposition_header(as_attachment=not inline, filename=stored.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
