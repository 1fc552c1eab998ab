"""Made-up outlines for the communes of the tests: squares side by side, easy to reason about."""

from shapely import box

from territories.newest_figures import show_newest
from territories.outlines import Outline, neighbours
from territories.shapes import replace_official

# West to east: Lillers, Béthune, Bruay, Nœux, Lille; the Bas-Rhin lies apart.
ROW = ("62516", "62119", "62178", "62617", "59350")
APART = ("67447", "67482")


def draw_squares() -> None:
    """Give these communes official outlines, and all of them the inhabitants of 2023."""
    show_newest(2023)
    shapes = {code: box(2 + n / 10, 50, 2.1 + n / 10, 50.1) for n, code in enumerate(ROW)}
    shapes |= {code: box(7 + n / 10, 48, 7.1 + n / 10, 48.1) for n, code in enumerate(APART)}
    replace_official(
        {code: Outline(shape, shape) for code, shape in shapes.items()}, neighbours(shapes)
    )
