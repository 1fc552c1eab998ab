"""What an office does with a frozen contract: print it, sign it, put it through its scanner."""

import io
import random

import pikepdf
import pypdfium2
from PIL import Image, ImageFilter

from aci.seals.page_codes import draw_page_codes

DPI = 200


def blank_pages(inputs: dict, report: object = None) -> bytes:
    """A document of three empty pages, with their codes: quick to make, and to read."""
    with pikepdf.new() as pdf:
        for _ in range(3):
            pdf.add_blank_page(page_size=(595, 842))
        written = io.BytesIO()
        pdf.save(written, deterministic_id=True)
    content = written.getvalue()
    verification = inputs.get("verification")
    return draw_page_codes(content, verification["url"]) if verification else content


def scanned_pictures(
    content: bytes, *, dpi: int = DPI, angle: float = 0.0, noise: float = 0.0
) -> list[Image.Image]:
    """Each page as a scanner gives it: a little turned, blurred, grey and noisy."""
    document = pypdfium2.PdfDocument(content)
    pages = [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    document.close()
    return [_through_a_scanner(page, angle, noise, seed) for seed, page in enumerate(pages)]


def scanned(content: bytes, *, pages: list[int] | None = None, **quality: float) -> bytes:
    """The PDF of a scanner; `pages` (from 1) keeps some of them, in that order."""
    pictures = scanned_pictures(content, **quality)  # type: ignore[arg-type]
    kept = [pictures[number - 1] for number in pages] if pages else pictures
    written = io.BytesIO()
    kept[0].save(written, "PDF", save_all=True, append_images=kept[1:], resolution=DPI, quality=60)
    return written.getvalue()


def _through_a_scanner(page: Image.Image, angle: float, noise: float, seed: int) -> Image.Image:
    if not angle and not noise:
        return page
    turned = page.rotate(angle, fillcolor=255, resample=Image.Resampling.BICUBIC)
    soft = turned.filter(ImageFilter.GaussianBlur(0.6)).point(lambda grey: int(grey * 0.8 + 25))
    random.seed(seed)
    speckles = Image.effect_noise(soft.size, noise)  # around 128
    return Image.blend(soft, speckles, 0.2)
