"""What an uploaded file holds inside: how large it unfolds, and what it tells of who made it."""

import io
import warnings
import zipfile

from PIL import Image, ImageOps, UnidentifiedImageError

from foundation.refusal import Refused

_ZIPPED = frozenset({"docx", "xlsx", "odt", "ods"})
_PICTURES = {"jpg": "JPEG", "png": "PNG"}
# Declared sizes, read without unfolding (quality.md).
MOST_UNFOLDED = 20 * 1024 * 1024
MOST_ENTRIES = 200
MOST_RATIO = 50
SMALL = 1024 * 1024  # what is small once unfolded is no bomb, however well it was folded


def refuse_bomb(content: bytes, name: str, extension: str) -> None:
    """Refuse a document whose archive unfolds too large: opening it would stop a computer."""
    if extension not in _ZIPPED:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise Refused(f"« {name} » est abîmé : il ne s’ouvre pas.") from None
    unfolded = sum(entry.file_size for entry in entries)
    too_dense = unfolded > SMALL and unfolded > MOST_RATIO * len(content)
    if unfolded > MOST_UNFOLDED or len(entries) > MOST_ENTRIES or too_dense:
        raise Refused(f"« {name} » est trop volumineux une fois déplié : il n’est pas enregistré.")


def without_metadata(content: bytes, name: str, extension: str) -> bytes:
    """A picture without the place, the device and the dates that a telephone writes in it.

    The pixels stay as they are shown, turned the right way. Other types are returned as they are:
    a document is evidence, kept to the byte.
    """
    if extension not in _PICTURES:
        return content
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as picture:
                bare = ImageOps.exif_transpose(picture)
                profile = picture.info.get("icc_profile")
                bare.info.clear()
                written = io.BytesIO()
                options = {"quality": 92} if extension == "jpg" else {"optimize": True}
                bare.save(written, _PICTURES[extension], icc_profile=profile, exif=b"", **options)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused(f"« {name} » est abîmé : cette image ne s’ouvre pas.") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Refused(f"« {name} » a trop de points pour une image : réduisez-la.") from None
    return written.getvalue()
