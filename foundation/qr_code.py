"""QR codes as drawings inside a page: nothing is fetched, nothing is stored."""

from django.utils.safestring import SafeString


def drawing(text: str, *, border: int = 0, light: str | None = None) -> SafeString:
    """An SVG without size: the style sheet gives it one."""
    # Imported where one is drawn: most pages draw none.
    import segno

    drawn = segno.make(text, error="m")
    # Made by the library of its own numbers: the text itself is not in it.
    return SafeString(drawn.svg_inline(border=border, light=light, omitsize=True))
