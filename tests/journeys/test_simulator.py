"""The simulator and the editor of a territory by keyboard alone, by eye, and without script.

No mouse: Tab until the thing that is named has the focus, then Enter or Space.
"""

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password

from accounts.models import User
from aci.actions import load_grids
from territories.actions import move
from territories.models import Adjacency, Baton, Stage
from tests.cast import Cast, make_cast, make_geography
from tests.conftest import PASSWORD
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]
LONGEST_WALK = 120  # presses of Tab
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one.matches("a, button, input, select, textarea, summary")) { return ""; }
    const label = one.labels && one.labels.length ? one.labels[0].innerText : "";
    return [one.innerText, one.title, one.getAttribute("aria-label"), label]
        .filter(Boolean).join(" ").replace(/\\s+/g, " ").trim();
}"""


@pytest.fixture
def world(transactional_db: None) -> Cast:
    """Rives in the hands of its holders, beside Monts; who touches whom is known."""
    load_grids()
    cast = make_cast(make_geography())
    move(cast.rives, stage=Stage.PROJECT, baton=Baton.HOLDER)
    for one, other in (("62119", "62178"), ("62119", "62516"), ("62119", "62617")):
        Adjacency.objects.create(commune_id=one, neighbour_id=other)
        Adjacency.objects.create(commune_id=other, neighbour_id=one)
    User.objects.filter(pk=cast.holder.pk).update(password=make_password(PASSWORD))
    return cast


class Typist:
    """Walks a page with the keyboard only."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.keyboard = visitor.page.keyboard

    def reach(self, name: str) -> None:
        """Tab until this has the focus, which can be seen."""
        seen = []
        for _ in range(LONGEST_WALK):
            self.keyboard.press("Tab")
            focused = str(self.visitor.page.evaluate(FOCUSED))
            if name in focused:
                return
            seen.append(focused[:40])
        raise AssertionError(f"« {name} » is never reached: {seen}")

    def press(self, name: str, key: str = "Enter") -> None:
        """Reach a button or a link, press it, and wait for the page it leads to."""
        self.reach(name)
        with self.visitor.page.expect_navigation():
            self.keyboard.press(key)

    def write(self, name: str, text: str) -> None:
        self.reach(name)
        self.keyboard.press("Control+A")
        self.keyboard.type(text)


def test_a_simulation_by_keyboard(visit: Visit, world: Cast) -> None:
    anybody = visit("clavier")
    typist = Typist(anybody)
    anybody.go("/simulateur/")
    anybody.look()
    typist.write("Commune ou intercommunalité", "bethune")
    anybody.reads("Béthune")
    typist.press("Ajouter Béthune")
    anybody.reads("25 224")
    typist.reach("Coller une liste")
    anybody.page.keyboard.press("Space")
    typist.write("Liste de communes", "Lillers 50 %, Saint-Omer")
    typist.press("Ajouter la liste", "Space")
    anybody.reads("2 communes ajoutées")
    anybody.reads("semble en 2 morceaux")
    anybody.reads("2 communes sont déjà couvertes")
    typist.press("Part de Saint-Omer", "Space")
    typist.write("Part comptée", "150")
    typist.press("Compter cette part")
    anybody.reads("La part d’une commune va de")
    anybody.look()
    typist.write("Part comptée", "62,5 %")
    typist.press("Compter cette part")
    anybody.reads("62,5 %")
    typist.press("Retirer Saint-Omer")
    anybody.reads("2 communes")
    typist.reach("Qualité et pertinence")
    anybody.page.keyboard.press("Space")
    typist.press("Calculer")
    anybody.reads("Qualité et pertinence des soins")
    anybody.look()
    share_and_compare(anybody, typist)


def share_and_compare(anybody: Visitor, typist: Typist) -> None:
    """The link is the simulation: another window shows the same."""
    link = anybody.page.get_by_label("Lien de la simulation").input_value()
    typist.press("Garder cette simulation")
    typist.press("Retirer Lillers")
    typist.press("Comparer avec la simulation gardée")
    anybody.reads("Seulement dans A : 1")
    anybody.look()
    anybody.go(link.removeprefix(anybody.origin))
    anybody.reads("50 %")
    anybody.page.go_back()
    anybody.reads("Seulement dans A : 1")


def test_the_editor_of_a_dossier_by_keyboard(visit: Visit, world: Cast) -> None:
    holder = visit("porteuse au clavier")
    typist = Typist(holder)
    sign_in(holder, typist, world.holder.email)
    holder.go(f"/dossiers/{world.rives.reference}/territoire/modifier/")
    holder.reads("Le financement d’une année")
    holder.reads("CPTS voisines")  # the parts came by themselves
    holder.look()
    typist.write("Commune ou intercommunalité", "lillers")
    holder.reads("10 193 habitants")
    typist.press("Ajouter Lillers")
    holder.reads("1 commune ajoutée")
    holder.reads("10 193 habitants seraient comptés deux fois")
    typist.press("Part de Lillers")
    typist.write("Part comptée", "40 %")
    typist.write("Nom de cette partie", "quartiers sud")
    typist.press("Compter cette part")
    holder.reads("40 % (quartiers sud)")
    holder.look()
    typist.reach("Béthune")
    holder.page.keyboard.press("Space")
    typist.press("Retirer les communes cochées")
    holder.reads("1 commune retirée")


def test_everything_works_without_script(visit: Visit, world: Cast) -> None:
    plain = visit("sans script", javascript=False)
    plain.go("/simulateur/?t=62:119~2023")
    plain.fill(q="lillers")
    plain.press("Chercher")
    plain.press("Ajouter Lillers")
    plain.reads("2 communes")
    assert b"62516" in plain.download("Télécharger les communes")
    plain.go("/connexion/")
    plain.fill(username=world.holder.email, password=PASSWORD)
    plain.press("Se connecter")
    plain.go(f"/dossiers/{world.rives.reference}/territoire/modifier/")
    plain.follow("Voir le financement d’une année")
    plain.reads("Total par an")
    plain.page.go_back()
    plain.follow("Voir les chevauchements")
    plain.reads("CPTS voisines")


def sign_in(visitor: Visitor, typist: Typist, email: str) -> None:
    visitor.go("/connexion/")
    typist.write("Adresse", email)
    typist.write("Mot de passe", PASSWORD)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_load_state()
    visitor.reads("À faire")
