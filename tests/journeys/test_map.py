"""The map in a real browser: slider, keyboard, pointer, small screen, and without any script."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from foundation import clock
from tests.cast import Cast, make_cast, make_geography
from tests.journeys.visitor import Visitor
from tests.territories.drawn import draw_squares

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]


@pytest.fixture
def drawn(transactional_db: None) -> Cast:
    """Two CPTS since March 2022, among communes that nobody covers."""
    geography = make_geography()
    draw_squares()
    with clock.at(dt.date(2022, 3, 1)):
        return make_cast(geography)


def focus_on_the_map(visitor: Visitor) -> Locator:
    """The map, once its script holds it: before, it is a picture that no key reaches."""
    visitor.page.locator("[data-map][data-map-ready]").wait_for()
    frame = visitor.page.locator("[data-map-frame]")
    frame.focus()
    return frame


def is_enlarged(visitor: Visitor) -> None:
    """The map grows past its first size: a frame of animation later, or many on a busy machine."""
    expect(drawing(visitor)).to_have_attribute("style", re.compile(r"scale\((1\.[2-9]|[2-9])"))


def is_of_first_size(visitor: Visitor) -> None:
    """The map is back where it was drawn."""
    expect(drawing(visitor)).to_have_attribute("style", re.compile(r"scale\(1\)"))


def drawing(visitor: Visitor) -> Locator:
    """What the script enlarges and moves."""
    return visitor.page.locator("[data-map-frame] svg")


def test_the_map_is_read_moved_and_followed(visit: Visit, drawn: Cast) -> None:
    visitor = visit("curieuse")
    visitor.go("/carte/?zone=region-32")
    visitor.look()
    move_by_keyboard(visitor)
    point_at_a_row(visitor, drawn)
    go_back_in_time(visitor)
    colour_by_stage(visitor)
    follow_a_cpts(visitor, drawn)


def move_by_keyboard(visitor: Visitor) -> None:
    """Tab reaches the map; + enlarges, arrows move, 0 brings back; buttons do the same."""
    focus_on_the_map(visitor)
    visitor.page.keyboard.press("+")
    is_enlarged(visitor)
    before = drawing(visitor).get_attribute("style")
    visitor.page.keyboard.press("ArrowRight")
    expect(drawing(visitor)).not_to_have_attribute("style", before or "")
    visitor.page.keyboard.press("0")
    is_of_first_size(visitor)
    visitor.page.get_by_role("button", name="Agrandir la carte").click()
    is_enlarged(visitor)
    visitor.look()
    visitor.page.get_by_role("button", name="Recentrer").click()
    is_of_first_size(visitor)


def point_at_a_row(visitor: Visitor, drawn: Cast) -> None:
    """A row reached in the table lights its land; land pointed at is told under the map."""
    visitor.page.locator("[data-map-link]").first.focus()
    lit = visitor.page.locator(".map-svg .is-lit")
    assert lit.get_attribute("href") == drawn.monts.get_absolute_url()
    visitor.page.locator(f".map-svg a[href='{drawn.rives.get_absolute_url()}']").hover()
    visitor.reads("CPTS Rives – Lettre d’intention déposée")


def go_back_in_time(visitor: Visitor) -> None:
    """The slider swaps the map without reloading, says so, and keeps the address."""
    slider = visitor.page.locator("#annee")
    slider.focus()
    visitor.page.keyboard.press("Home")
    visitor.page.wait_for_url("**annee=2019**")
    visitor.reads("Hauts-de-France, 31 décembre 2019")
    visitor.reads("Aucune CPTS à cette date")
    visitor.look()
    assert visitor.page.locator(".map-svg .map-cpts a").count() == 0
    slider.focus()
    visitor.page.keyboard.press("End")
    visitor.page.locator(".map-svg .map-cpts a").first.wait_for()
    # The map that came with the answer moves too.
    focus_on_the_map(visitor)
    visitor.page.keyboard.press("+")
    is_enlarged(visitor)
    visitor.page.keyboard.press("0")
    is_of_first_size(visitor)


def colour_by_stage(visitor: Visitor) -> None:
    """Both colourings are in the drawing: no request, and the address says which."""
    requests: list[str] = []
    visitor.page.on("request", lambda request: requests.append(request.url))
    visitor.tick("Par étape")
    visitor.page.wait_for_url("**couleur=etape**")
    assert visitor.page.locator("[data-map]").get_attribute("data-map-colour") == "etape"
    assert not [url for url in requests if "/carte/" in url]
    visitor.look()


def follow_a_cpts(visitor: Visitor, drawn: Cast) -> None:
    """A click on its land opens its page; the end of a move does not."""
    land = visitor.page.locator(f".map-svg a[href='{drawn.rives.get_absolute_url()}']")
    land.scroll_into_view_if_needed()
    box = land.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visitor.page.mouse.move(*middle)
    visitor.page.mouse.down()
    visitor.page.mouse.move(middle[0] + 40, middle[1], steps=4)
    visitor.page.mouse.up()
    assert "/carte/" in visitor.page.url
    with visitor.page.expect_navigation():
        visitor.page.mouse.click(*middle)
    assert visitor.page.url.endswith(drawn.rives.get_absolute_url())


def test_the_map_is_whole_without_script(visit: Visit, drawn: Cast) -> None:
    visitor = visit("sans-script", javascript=False)
    visitor.go("/carte/")
    visitor.page.get_by_label("Zone").select_option("departement-62")
    visitor.page.get_by_label("Ou une date précise").fill("2022-06-30")
    visitor.press("Afficher")
    visitor.reads("Pas-de-Calais, 30 juin 2022")
    assert visitor.page.locator(".map-svg .map-communes a").count() == 3
    assert not visitor.page.get_by_role("button", name="Recentrer").is_visible()
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("link", name="Zones blanches").click()
    visitor.reads("Nœux-les-Mines")
    with visitor.page.expect_navigation():
        visitor.page.locator(".map-svg a[href='/communes/62119/']").click()
    visitor.reads("CPTS Rives")
