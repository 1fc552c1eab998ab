"""The whole life of one CPTS in a real browser, with a real worker, on the real communes.

Holder → ARS → committee → ARS → CPAM → three signatures → PDF opened → progress → joining; on each
page axe finds nothing at 1280 and 320 px, and nothing reaches beyond the edge.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import call_command

from aci.actions import load_grids
from missions.actions import load_indicators
from projects.actions import load_procedures
from tests.journeys import people
from tests.journeys.people import PASSWORD, Staff, proves_identity
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NAME = "CPTS des Rives de la Lys"
COMMUNES = "Béthune\n62516\nBruay-la-Buissière\nNœux-les-Mines"
# Links of the task list that are no steps of the form.
NO_STEP = ("/lettre/", "/projet/", "imprimer/", "retirer/", "pieces-jointes/", "inviter/")
Visit = Callable[..., Visitor]


@pytest.fixture
def staff(transactional_db: None, celery_worker_process: Any) -> Iterator[Staff]:
    """The reference data of production, and the authorities at their posts."""
    call_command("load_territories", verbosity=0)
    load_procedures()
    load_grids()
    load_indicators()
    yield people.take_posts()


def test_from_the_letter_to_the_signed_contract_and_its_life(
    visit: Visit, staff: Staff, tmp_path: Path
) -> None:
    holder = open_an_account(visit("porteuse"))
    dossier = write_and_send_the_letter(holder, staff)
    examine(visit, staff, dossier, "lettre", "Déclarer la lettre complète")
    decide(visit, staff, dossier, "lettre", "Approuver la lettre")
    write_and_send_the_project(holder, dossier)
    examine(visit, staff, dossier, "projet", "Déclarer le projet complet")
    decide(visit, staff, dossier, "projet", "Valider le projet")
    president, coordinator = name_the_team(visit, staff, dossier)
    negotiate(visit, staff, dossier, coordinator)
    sign_the_three(visit, staff, dossier, president)
    open_the_signed_file(coordinator, dossier, tmp_path)
    report_progress(coordinator, dossier, tmp_path)
    join(visit, president, dossier)


# --- Holder ----------------------------------------------------------------------------------


def open_an_account(holder: Visitor) -> Visitor:
    """An e-mail address is proven before any CPTS exists."""
    holder.go("/")
    holder.look()
    holder.go("/compte/ouvrir/")
    holder.look()
    holder.fill(email="hortense.porteuse@example.org", first_name="Hortense", last_name="Porteuse")
    holder.press("Recevoir le lien")
    holder.look()
    holder.go(holder.link_received("hortense.porteuse@example.org"))
    holder.look()
    holder.fill(new_password1=PASSWORD, new_password2=PASSWORD)
    holder.press("Enregistrer et me connecter")
    holder.go("/tableau-de-bord/")
    holder.look()
    return holder


def write_and_send_the_letter(holder: Visitor, staff: Staff) -> str:
    """Found the CPTS, choose its communes, fill the steps, send. Gives the dossier's address."""
    holder.go("/lettre-d-intention/nouvelle/")
    holder.look()
    holder.fill(name=NAME, departement="62")
    holder.press("Ouvrir le dossier")
    holder.look()  # this département has two funds: the page asks which
    holder.tick(staff.district.name)
    holder.press("Ouvrir le dossier")
    dossier = "/dossiers/" + holder.page.url.split("/dossiers/")[1].split("/")[0]
    holder.go(f"{dossier}/lettre/")
    holder.look()
    holder.go(f"{dossier}/territoire/modifier/")
    holder.look()
    holder.page.locator("summary", has_text="Coller une liste").click()
    holder.fill(communes=COMMUNES)
    holder.press("Ajouter la liste")
    holder.reads("4 communes")
    holder.look()
    fill_every_step(holder, f"{dossier}/lettre/")
    holder.go(f"{dossier}/lettre/")
    holder.press("Transmettre à l’ARS et à la CPAM")
    holder.reads("Transmise")
    holder.look()
    return dossier


def write_and_send_the_project(holder: Visitor, dossier: str) -> None:
    """The approved letter opens the project, pre-filled; each mission has its sheet."""
    holder.go(f"{dossier}/projet/")
    holder.press("Ouvrir le projet de santé")
    holder.look()
    fill_every_step(holder, f"{dossier}/projet/")
    holder.go(f"{dossier}/projet/")
    holder.press("Transmettre à l’ARS et à la CPAM")
    holder.reads("Transmis")
    holder.look()


def fill_every_step(holder: Visitor, address: str) -> None:
    """Open each step of the task list and answer what is still empty."""
    done: set[str] = set()
    while True:
        holder.go(address)
        links = [path.split("#")[0] for path in holder.links_under(address)]
        steps = [path for path in links if path not in done and not path.endswith(NO_STEP)]
        if not steps:
            return
        holder.go(steps[0])
        holder.answer_everything("Réponse écrite pendant le parcours.")
        holder.look()
        holder.press("Enregistrer et revenir à la liste")
        done.add(steps[0])


# --- Authorities -----------------------------------------------------------------------------


def examine(visit: Visit, staff: Staff, dossier: str, kind: str, complete: str) -> None:
    """The ARS declares the file complete; the committee gives its opinion."""
    reviewer = signed_in(visit, "instructrice", staff.reviewer)
    reviewer.look()
    reviewer.go("/dossiers/")
    reviewer.reads(NAME)
    reviewer.look()
    reviewer.go(f"{dossier}/{kind}/")
    reviewer.look()
    reviewer.press(complete)
    reviewer.look()
    member = signed_in(visit, "comité", staff.committee)
    member.reads(NAME)
    member.go(f"{dossier}/{kind}/avis/donner/")
    member.look()
    member.tick("Favorable")
    member.press("Donner cet avis")
    member.go(f"{dossier}/avis/")
    member.reads("URPS infirmiers")
    member.look()


def decide(visit: Visit, staff: Staff, dossier: str, kind: str, act: str) -> None:
    """The director general decides."""
    director = signed_in(visit, "direction ARS", staff.ars_director)
    director.reads(NAME)
    director.go(f"{dossier}/{kind}/")
    director.follow(act)
    director.look()
    director.press(act)
    director.look()


def name_the_team(visit: Visit, staff: Staff, dossier: str) -> tuple[Visitor, Visitor]:
    """The administrator gives the president and the coordinator their roles."""
    named = {"president": "Paule Présidente", "coordinator": "Chloé Coordinatrice"}
    emails = {role: people.person(name) for role, name in named.items()}
    administrator = signed_in(visit, "administrateur", staff.administrator)
    administrator.go("/administration/")
    administrator.look()
    for role, email in emails.items():
        administrator.go(f"/administration/?q={email}")
        administrator.follow(named[role])
        administrator.look()
        administrator.follow("Donner un rôle")
        administrator.fill(role=role, cpts=dossier.removeprefix("/dossiers/"))
        administrator.look()
        administrator.press("Donner ce rôle")
    president = signed_in(visit, "présidente", emails["president"])
    return president, signed_in(visit, "coordinatrice", emails["coordinator"])


def negotiate(visit: Visit, staff: Staff, dossier: str, coordinator: Visitor) -> None:
    """The CPAM drafts, the three accept, the CPAM freezes, a worker makes the PDF."""
    officer = signed_in(visit, "référente CPAM", staff.cpam_officer)
    officer.reads(NAME)
    officer.go(f"{dossier}/contrat/preparer/")
    officer.look()
    today = dt.date.today()  # noqa: TID251  (what this person types)
    officer.fill(planned_signature_on=today.isoformat())
    officer.tick("Accès aux soins")
    officer.fill(start_ACCES_SOINS=today.isoformat())
    officer.press("Ouvrir la négociation")
    officer.look()
    officer.press("Préparer le PDF de travail")
    officer.look()  # the progress of the work
    officer.waits_for_the_worker()
    officer.reads("Document de travail")
    reviewer = signed_in(visit, "instructrice", staff.reviewer)
    for who in (officer, coordinator, reviewer):
        who.go(f"{dossier}/contrat/")
        who.press("Accepter les termes")
        proves_identity(who)
        who.reads("Les termes sont acceptés")
    officer.go(f"{dossier}/contrat/")
    officer.look()
    officer.press("Figer le contrat pour signature")
    officer.waits_for_the_worker()
    officer.reads("Contrat figé, avant signature")
    officer.look()
    officer.go(f"{dossier}/financement/")
    officer.reads("barème à confirmer")
    officer.look()


def sign_the_three(visit: Visit, staff: Staff, dossier: str, president: Visitor) -> None:
    """Each signatory signs once, for one party, the file whose fingerprint is shown."""
    signatories = [
        president,
        signed_in(visit, "direction CPAM", staff.cpam_director),
        signed_in(visit, "direction ARS", staff.ars_director),
    ]
    for signatory in signatories:
        signatory.go(f"{dossier}/contrat/")
        signatory.follow("Lire et signer le contrat")
        proves_identity(signatory)
        signatory.look()
        signatory.tick("J’ai lu le contrat")
        signatory.press("Signer le contrat")
    signatories[-1].reads("En vigueur")
    signatories[-1].look()


# --- The CPTS lives --------------------------------------------------------------------------


def open_the_signed_file(coordinator: Visitor, dossier: str, tmp_path: Path) -> None:
    """The final file is the frozen one, byte for byte, and three seals."""
    coordinator.go(f"{dossier}/contrat/")
    if not coordinator.sees("Contrat signé"):
        coordinator.waits_for_the_worker()
    frozen = coordinator.download("Contrat figé, avant signature")
    signed = coordinator.download("Contrat signé")
    assert signed.startswith(frozen)
    assert signed.count(b"/ETSI.CAdES.detached") == 3
    coordinator.look()
    verify(coordinator, signed, tmp_path)


def verify(anybody: Visitor, signed: bytes, tmp_path: Path) -> None:
    """Whoever holds the file asks the portal; the same file with one byte changed is refused."""
    anybody.go("/verifier/")
    anybody.look()
    for content, sentence in (
        (signed, "Oui : ce fichier est le contrat enregistré"),
        (signed[:-2] + b" \n", "Non : ce fichier n’est pas un contrat enregistré"),
    ):
        path = tmp_path / "contrat.pdf"
        path.write_bytes(content)
        anybody.page.set_input_files("#fichier", str(path))
        anybody.press("Vérifier ce fichier")
        anybody.reads(sentence)
        anybody.look()


def report_progress(coordinator: Visitor, dossier: str, tmp_path: Path) -> None:
    """A mission starts, and an indicator gets its value with a proof."""
    proof = tmp_path / "preuve.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(proof)
    coordinator.go(f"{dossier}/missions/")
    coordinator.look()
    coordinator.go(f"{dossier}/missions/acces-soins/")
    coordinator.look()
    coordinator.press("Déclarer le démarrage")
    coordinator.reads("Démarrée")
    coordinator.choose_second("indicator")
    coordinator.fill(value="12")
    coordinator.page.set_input_files("main input[type=file]", str(proof))
    coordinator.press("Enregistrer la valeur")
    coordinator.reads("preuve")
    coordinator.look()
    coordinator.go(f"{dossier}/journal/")
    coordinator.look()


def join(visit: Visit, president: Visitor, dossier: str) -> None:
    """A professional finds the CPTS of a commune without accents, applies, and is welcomed."""
    nurse = visit("infirmière")
    nurse.go("/")
    nurse.page.get_by_role("main").get_by_role("searchbox").first.fill("noeux les mines")
    nurse.press("Chercher")  # one commune bears this name: its page opens at once
    nurse.reads("Nœux-les-Mines")
    nurse.reads(NAME)
    nurse.look()
    nurse.follow(NAME)
    nurse.look()
    nurse.follow("Rejoindre cette CPTS")
    nurse.look()
    nurse.follow("Une personne")
    nurse.look()
    nurse.press("Envoyer ma demande")
    nurse.look()  # the errors, said in words
    nurse.fill(
        first_name="Inès",
        last_name="Infirmière",
        email="ines.infirmiere@example.org",
        profession="60",
        places="Nœux-les-Mines",
    )
    nurse.tick("Libéral")
    nurse.tick("J’accepte les statuts")
    nurse.press("Envoyer ma demande")
    nurse.look()
    nurse.go(nurse.link_received("ines.infirmiere@example.org"))
    nurse.look()
    president.go(f"{dossier}/adherents/")
    president.look()
    president.follow("Inès Infirmière")
    president.look()
    president.press("Accepter l’adhésion")
    president.look()


def signed_in(visit: Visit, who: str, email: str) -> Visitor:
    """A window of that person, on their desk."""
    visitor = visit(who)
    visitor.go("/connexion/")
    visitor.fill(username=email, password=PASSWORD)
    visitor.page.locator("main [name='password']").first.press("Enter")
    visitor.page.wait_for_url("**/tableau-de-bord/")
    return visitor
