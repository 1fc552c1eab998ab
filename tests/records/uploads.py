"""Files as people send them: photographs that tell where they were taken, archives that unfold."""

import io
import zipfile

from PIL import Image

EXIF_ORIENTATION, EXIF_MAKER, EXIF_GPS = 0x0112, 0x010F, 0x8825
TURNED = 6  # the telephone was held upright


def picture_of(width: int, height: int, kind: str) -> bytes:
    """A plain picture."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), (0, 0, 145)).save(written, kind)
    return written.getvalue()


def photograph(width: int = 40, height: int = 20) -> bytes:
    """A JPEG taken upright, with its device and its place."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = TURNED
    exif[EXIF_MAKER] = "Fabricant"
    exif[EXIF_GPS] = {1: "N", 2: (50.0, 31.0, 12.0)}
    written = io.BytesIO()
    Image.new("RGB", (width, height)).save(written, "JPEG", exif=exif)
    return written.getvalue()


def workbook_of(*sizes: int, filling: bytes = b"\0") -> bytes:
    """An archive that says it is a workbook, whose sheets unfold to these sizes in octets."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number, size in enumerate(sizes):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", filling * size)
    return written.getvalue()
