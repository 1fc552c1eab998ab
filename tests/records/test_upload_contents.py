"""Uploads inside: pictures lose what they tell of their maker, archives that unfold are refused."""

import io
import os

import pytest
from PIL import Image, ImageFile

from foundation.refusal import Refused
from records.upload_contents import (
    MOST_ENTRIES,
    MOST_UNFOLDED,
    SMALL,
    refuse_bomb,
    without_metadata,
)
from tests.records.uploads import photograph, picture_of, workbook_of


def test_a_photograph_loses_its_place_and_its_device_and_stays_upright() -> None:
    taken = photograph(40, 20)
    assert Image.open(io.BytesIO(taken)).getexif()
    kept = Image.open(io.BytesIO(without_metadata(taken, "photo.jpg", "jpg")))
    assert not kept.getexif()
    assert kept.size == (20, 40), "turned as it was shown"
    assert kept.format == "JPEG"


def test_a_png_keeps_its_pixels() -> None:
    before = picture_of(7, 3, "PNG")
    kept = Image.open(io.BytesIO(without_metadata(before, "plan.png", "png")))
    assert (kept.format, kept.size, kept.getpixel((0, 0))) == ("PNG", (7, 3), (0, 0, 145))


def test_documents_are_kept_to_the_byte() -> None:
    content = b"%PDF-1.7 evidence"
    assert without_metadata(content, "preuve.pdf", "pdf") is content


@pytest.mark.parametrize("extension", ["jpg", "png"])
def test_a_picture_that_does_not_open_is_refused(
    extension: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # WeasyPrint sets it where it is loaded: in the workers, which receive no upload.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
    kind = {"jpg": "JPEG", "png": "PNG"}[extension]
    whole = picture_of(300, 300, kind)
    for content in (whole[:30], whole[: len(whole) // 2], b"", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(Refused, match="ne s’ouvre pas"):
            without_metadata(content, "image", extension)


def test_a_picture_of_too_many_points_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    for size in (8, 20):  # a warning of the library, then its error
        with pytest.raises(Refused, match="trop de points"):
            without_metadata(picture_of(size, size, "PNG"), "plan.png", "png")


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (workbook_of(1000), False),
        (workbook_of(SMALL - 1000), False),
        (workbook_of(SMALL + 1), True),
        (workbook_of(MOST_UNFOLDED + 1), True),
        (workbook_of(*[1] * (MOST_ENTRIES + 1)), True),
        (workbook_of(3, filling=os.urandom(SMALL)), False),
        (b"PK\x03\x04 and no more", True),
    ],
    ids=["small", "dense and small", "dense", "huge", "crowded", "large and loose", "broken"],
)
@pytest.mark.parametrize("extension", ["xlsx", "ods", "docx", "odt"])
def test_an_archive_that_unfolds_too_large_is_refused(
    extension: str, content: bytes, refused: bool
) -> None:
    if not refused:
        refuse_bomb(content, "tableau", extension)
        return
    with pytest.raises(Refused, match="« tableau »"):
        refuse_bomb(content, "tableau", extension)


def test_what_is_no_archive_is_not_unfolded() -> None:
    refuse_bomb(b"%PDF", "preuve.pdf", "pdf")
