"""A contract signed by hand: paper for the three, pages found by their code, a second person."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from accounts.models import User
from aci import actions, verification
from aci.actions.paper import Written
from aci.models import Amendment, Contract, ContractDocument, PaperScan, PaperSigning, Signature
from aci.parties import Party
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records.models import Job, JournalEntry, StoredFile
from territories.actions import assign
from territories.models import Baton, Cpts
from tests.aci.conftest import TODAY, DoJobs, Signatories, sign_for
from tests.aci.printed import blank_pages, scanned, scanned_pictures
from tests.aci.test_amendments import amend, with_noeux
from tests.cast import Cast

SignIn = Callable[[Any], Client]
CONFIRMED = dt.date(2024, 7, 20)
DAYS = {
    Party.CPTS: dt.date(2024, 7, 3),
    Party.CPAM: dt.date(2024, 7, 8),
    Party.ARS: dt.date(2024, 7, 8),
}


@pytest.fixture(autouse=True)
def quick_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three empty pages with their codes, instead of a dozen pages to typeset."""
    monkeypatch.setattr("aci.pdf.contract_pdf", blank_pages)
    monkeypatch.setattr(
        "aci.actions.sealing.with_seal", lambda content, seal, is_first: content + b"-sealed"
    )


@pytest.fixture
def on_paper(to_sign: Contract, cast: Cast) -> Contract:
    actions.choose_paper(to_sign, by=cast.coordinator)
    return Contract.objects.get(pk=to_sign.pk)


def frozen(contract: Contract) -> ContractDocument:
    document = type(contract).objects.get(pk=contract.pk).frozen_document
    assert document is not None
    return document


def written(signatories: Signatories, *parties: Party, **days: dt.date) -> dict[Party, Written]:
    """What the paper says; `cpam=day` changes one of its dates."""
    return {
        party: Written(signatories[party], days.get(party.value, DAYS[party]))
        for party in parties or Party
    }


def pages(content: bytes, name: str = "signe.pdf") -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, content, "application/pdf")]


def upload(
    contract: Contract,
    said: dict[Party, Written],
    by: User,
    uploads: list[SimpleUploadedFile] | None = None,
) -> PaperScan:
    with clock.at(CONFIRMED):
        given = uploads if uploads is not None else pages(scanned(frozen(contract).stored.read()))
        return actions.upload_scan(contract, uploads=given, written=said, by=by)


def confirm(scan: PaperScan, by: User) -> Contract:
    with clock.at(CONFIRMED):
        return actions.confirm_scan(scan, by=by)


# --- The whole way -------------------------------------------------------------------------------


def test_one_scan_with_three_signatures_puts_the_contract_in_force(
    on_paper: Contract, signatories: Signatories, cast: Cast, do_jobs: DoJobs
) -> None:
    scan = upload(on_paper, written(signatories), cast.cpam_officer)
    contract = Contract.objects.get(pk=on_paper.pk)
    assert (contract.state, scan.pages, scan.is_pending) == ("to_sign", 3, True)
    confirm(scan, cast.ars_reviewer)
    with clock.at(CONFIRMED):
        do_jobs()
    contract = Contract.objects.get(pk=on_paper.pk)
    assert (contract.state, contract.signed_on) == ("in_force", dt.date(2024, 7, 8))
    assert contract.years.get(number=1).start == dt.date(2024, 7, 8)
    assert contract.missions.get(code="PARCOURS").starts_on == dt.date(2024, 7, 8)
    rows = list(contract.signatures.order_by("pk"))
    assert [(row.party, row.user_id, row.scan_id) for row in rows] == [
        (party, signatories[party].pk, scan.pk) for party in Party
    ]
    assert [row.at.astimezone(clock.PARIS).date() for row in rows] == list(DAYS.values())
    # The document of the contract is the very file that was confirmed.
    final = contract.documents.get(kind="final")
    assert final.stored == PaperScan.objects.get().scan
    assert not Job.objects.filter(kind="contract_seal").exists()
    entry = JournalEntry.objects.get(verb="confirm_scan")
    assert (entry.data["scan"], entry.data["document"]) == (final.sha256, frozen(contract).sha256)
    assert JournalEntry.objects.filter(verb="sign_on_paper").count() == 3


def test_a_paper_that_travels_comes_back_signature_by_signature(
    on_paper: Contract, signatories: Signatories, cast: Cast, do_jobs: DoJobs
) -> None:
    confirm(upload(on_paper, written(signatories, Party.CPTS), cast.president), cast.cpam_officer)
    assert Contract.objects.get(pk=on_paper.pk).parties_to_sign == [Party.CPAM, Party.ARS]
    assert Cpts.objects.get(pk=cast.rives.pk).baton == Baton.SIGNATORY_CPAM
    with pytest.raises(Refused, match="déjà signé pour la CPTS"):
        upload(on_paper, written(signatories, Party.CPTS), cast.president)
    rest = written(signatories, Party.CPAM, Party.ARS)
    contract = confirm(upload(on_paper, rest, cast.cpam_officer), cast.ars_director)
    with clock.at(CONFIRMED):
        do_jobs()
    assert contract.state == "in_force"
    final = contract.documents.get(kind="final").stored
    scans = [scan.scan for scan in PaperScan.objects.confirmed()]
    assert final not in scans
    assert final.size > max(scan.size for scan in scans)


def test_pictures_of_the_pages_in_any_order(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    pictures = scanned_pictures(frozen(on_paper).stored.read(), angle=1.0, noise=60.0)
    uploads = []
    for picture in reversed(pictures):
        written_to = io.BytesIO()
        picture.save(written_to, "JPEG", quality=70)
        uploads.append(SimpleUploadedFile("page.jpg", written_to.getvalue(), "image/jpeg"))
    scan = upload(on_paper, written(signatories), cast.president, uploads)
    assert (scan.pages, scan.scan.content_type) == (3, "application/pdf")


def test_an_amendment_is_signed_on_paper_too(
    in_force: Contract, signatories: Signatories, cast: Cast, do_jobs: DoJobs
) -> None:
    row: Contract = with_noeux(amend(in_force, cast.cpam_officer), cast.cpam_officer)
    for party, person in signatories.items():
        row = actions.accept(row, party=party, version=row.terms_version, by=person)
    row = actions.freeze(row, by=cast.cpam_officer)
    do_jobs()
    amendment = Amendment.objects.get(pk=row.pk)
    actions.choose_paper(amendment, by=cast.president)
    of_the_contract = pages(scanned(in_force.documents.get(kind="frozen").stored.read()))
    with pytest.raises(Refused, match="autre contrat ou d’un autre avenant"):
        upload(amendment, written(signatories), cast.president, of_the_contract)
    confirm(upload(amendment, written(signatories), cast.president), cast.ars_reviewer)
    amendment.refresh_from_db()
    assert (amendment.state, amendment.signed_on) == ("in_force", dt.date(2024, 7, 8))


# --- Paper or seals, never both ------------------------------------------------------------------


def test_nobody_signs_in_the_portal_once_paper_is_chosen(on_paper: Contract, cast: Cast) -> None:
    with pytest.raises(Refused, match="choisi de signer sur papier"):
        sign_for(on_paper, Party.CPTS, cast.president)
    with pytest.raises(Refused, match="déjà choisie"):
        actions.choose_paper(on_paper, by=cast.cpam_officer)


def test_paper_is_not_chosen_after_a_signature_in_the_portal(to_sign: Contract, cast: Cast) -> None:
    sign_for(to_sign, Party.CPTS, cast.president)
    with pytest.raises(Refused, match="a déjà signé dans le portail"):
        actions.choose_paper(to_sign, by=cast.ars_director)
    assert not PaperSigning.objects.exists()


def test_sending_back_gives_up_the_paper(
    on_paper: Contract, signatories: Signatories, cast: Cast, do_jobs: DoJobs
) -> None:
    old = frozen(on_paper)
    scan = upload(on_paper, written(signatories), cast.president)
    contract = actions.send_back(on_paper, party=Party.CPTS, reason="Non", by=cast.president)
    with pytest.raises(Refused):
        confirm(scan, cast.ars_reviewer)
    assert not PaperScan.objects.to_confirm_by(cast.ars_reviewer).exists()
    for party, person in signatories.items():
        contract = actions.accept(contract, party=party, version=2, by=person)
    contract = actions.freeze(contract, by=cast.cpam_officer)
    do_jobs()
    assert not Contract.objects.get(pk=contract.pk).is_on_paper
    actions.choose_paper(contract, by=cast.president)
    with pytest.raises(Refused, match="version antérieure du texte"):
        upload(contract, written(signatories), cast.president, pages(scanned(old.stored.read())))


# --- The pages -----------------------------------------------------------------------------------


def test_pages_that_are_not_these_change_nothing(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    content = frozen(on_paper).stored.read()
    foreign = blank_pages({"verification": {"url": f"http://x/verifier/{'z' * 20}/"}})
    stored = StoredFile.objects.count()
    for uploads, sentence in (
        (pages(scanned(content, pages=[1, 3])), "Il manque la page 2 du document, qui en compte 3"),
        (pages(scanned(blank_pages({}))), "Aucun code QR du portail"),
        (pages(scanned(foreign)), "n’a jamais attribué"),
        (pages(content), "le document figé lui-même"),
        (pages(b"%PDF-1.7 tronqu"), "ne s’ouvre pas"),
        (pages(b"Bonjour"), "pas d’un type permis"),
        ([], "Joignez les pages signées"),
        ([*pages(content), *pages(content)], "un seul PDF"),
    ):
        with pytest.raises(Refused, match=sentence):
            upload(on_paper, written(signatories), cast.president, uploads)
    assert not PaperScan.objects.exists()
    assert StoredFile.objects.count() == stored


def test_an_unread_page_is_told_from_a_missing_one(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    content = frozen(on_paper).stored.read()
    pictures = scanned_pictures(content)
    pictures[1].paste(255, (0, pictures[1].height // 2, *pictures[1].size))  # a torn foot
    written_to = io.BytesIO()
    pictures[0].save(written_to, "PDF", save_all=True, append_images=pictures[1:], resolution=200)
    with pytest.raises(Refused, match="ne se lit pas sur toutes les pages.: il manque la page 2"):
        upload(on_paper, written(signatories), cast.president, pages(written_to.getvalue()))


# --- Who, and which day --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"cpts": dt.date(2024, 6, 30)}, "avant que le texte soit figé"),
        ({"ars": dt.date(2024, 7, 21)}, "datée dans l’avenir"),
        ({"cpam": dt.date(2024, 7, 2)}, "précède celle pour la CPTS"),
    ],
)
def test_the_days_follow_the_rules(
    on_paper: Contract,
    signatories: Signatories,
    cast: Cast,
    days: dict[str, dt.date],
    sentence: str,
) -> None:
    with pytest.raises(Refused, match=sentence):
        upload(on_paper, written(signatories, **days), cast.president, [])


def test_the_parties_sign_in_their_order(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    with pytest.raises(Refused, match="d’abord à la CPTS"):
        upload(on_paper, written(signatories, Party.CPAM), cast.cpam_director, [])


def test_a_mission_that_should_have_started_stops_the_paper(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    with clock.at(dt.date(2024, 9, 10)), pytest.raises(Refused, match="ne démarre pas avant"):
        late = written(signatories, ars=dt.date(2024, 9, 3))
        actions.upload_scan(on_paper, uploads=[], written=late, by=cast.president)


def test_nobody_signs_for_two_parties_nor_without_the_post(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    assign(cast.president, Role.CPAM_DIRECTOR, cpam_district=cast.geography.artois)
    twice = written({**signatories, Party.CPAM: cast.president})
    with pytest.raises(Refused, match="ne signe pas pour deux parties"):
        upload(on_paper, twice, cast.president, [])
    clerk = written({**signatories, Party.ARS: cast.ars_reviewer})
    with pytest.raises(Refused, match="ne pouvait pas signer pour l’ARS"):
        upload(on_paper, clerk, cast.president, [])


@pytest.mark.parametrize("part", ["office", "committee_member", "stranger", "monts_coordinator"])
def test_who_acts_for_no_party_does_nothing(to_sign: Contract, cast: Cast, part: str) -> None:
    with pytest.raises(NotAllowed):
        actions.choose_paper(to_sign, by=getattr(cast, part))


def test_one_uploads_what_ones_party_signed(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    with pytest.raises(Refused, match="indiquez sa signature"):
        upload(on_paper, written(signatories, Party.CPTS), cast.cpam_officer, [])


# --- The second person ---------------------------------------------------------------------------


def test_a_second_person_of_the_authorities_confirms(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    scan = upload(on_paper, written(signatories), cast.cpam_officer)
    with pytest.raises(Refused, match="attendent déjà"):
        upload(on_paper, written(signatories), cast.president)
    for part in ("president", "coordinator", "committee_member", "other_region_reviewer"):
        with pytest.raises(NotAllowed):
            confirm(scan, getattr(cast, part))
    with pytest.raises(Refused, match="Une seconde personne"):
        confirm(scan, cast.cpam_officer)
    assert not PaperScan.objects.to_confirm_by(cast.cpam_officer).exists()
    assert PaperScan.objects.to_confirm_by(cast.ars_reviewer).get() == scan
    confirm(scan, cast.ars_reviewer)
    with pytest.raises(Refused, match="déjà confirmées"):
        confirm(scan, cast.ars_director)


def test_pages_set_aside_leave_room_for_others(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    scan = upload(on_paper, written(signatories), cast.president)
    with pytest.raises(Refused, match="Dites pourquoi"):
        actions.dismiss_scan(scan, reason=" ", by=cast.cpam_officer)
    actions.dismiss_scan(scan, reason="Page 3 illisible", by=cast.cpam_officer)
    assert not Signature.objects.exists()
    told = Job.objects.filter(kind="email", payload__to=cast.president.email).latest("pk")
    assert "Page 3 illisible" in told.payload["body"]
    upload(on_paper, written(signatories), cast.president)


def test_the_database_wants_two_people_and_one_scan_at_a_time(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    scan = upload(on_paper, written(signatories), cast.cpam_officer)
    for change in (
        {"closed_by": scan.uploaded_by, "closed_at": clock.now()},
        {"closed_at": clock.now()},
        {"dismissed_reason": "Rien"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PaperScan.objects.filter(pk=scan.pk).update(**change)


# --- « /verifier/ » ------------------------------------------------------------------------------


def test_the_verifier_tells_the_truth_about_paper(
    on_paper: Contract, signatories: Signatories, cast: Cast, do_jobs: DoJobs
) -> None:
    text, code = frozen(on_paper).sha256, frozen(on_paper).verification_code or ""
    scan = upload(on_paper, written(signatories), cast.president)
    pictures = scan.scan.sha256
    assert verification.of_file(text).sentence == verification.AN_EARLIER_COPY
    assert verification.of_file(pictures).sentence == verification.PAGES_NOT_CONFIRMED
    assert verification.of_code(code).sentence == verification.UNSEALED_CODE
    confirm(scan, cast.ars_reviewer)
    with clock.at(CONFIRMED):
        do_jobs()
    assert verification.of_file(text).sentence == verification.THE_TEXT_SIGNED_ON_PAPER
    assert verification.of_file(pictures, code).sentence == verification.THE_SIGNED_PAGES
    assert verification.of_code(code).sentence == verification.PAPER_CODE


def test_pages_set_aside_are_no_contract(
    on_paper: Contract, signatories: Signatories, cast: Cast
) -> None:
    scan = upload(on_paper, written(signatories), cast.president)
    actions.dismiss_scan(scan, reason="Non", by=cast.cpam_officer)
    assert verification.of_file(scan.scan.sha256).sentence == verification.UNKNOWN_FILE


# --- The pages of the portal ---------------------------------------------------------------------


def test_the_pages_in_few_queries(
    on_paper: Contract,
    signatories: Signatories,
    cast: Cast,
    sign_in: SignIn,
    django_assert_max_num_queries: Any,
) -> None:
    scan = upload(on_paper, written(signatories), cast.president)
    reference = cast.rives.reference
    for part in ("president", "ars_reviewer", "committee_member"):
        client = sign_in(getattr(cast, part))
        for name, arguments in (
            ("contract", [reference]),
            ("paper", [reference]),
            ("paper_scan", [reference, scan.uuid]),
        ):
            with django_assert_max_num_queries(6):
                page = client.get(reverse(f"aci:{name}", args=arguments))
            assert page.status_code == 200
    confirm(scan, cast.ars_reviewer)
    evidence = reverse("aci:signature_evidence", args=[reference, on_paper.reference, "v1-ars"])
    client = sign_in(cast.president)
    with django_assert_max_num_queries(6):
        text = client.get(evidence + "?verifier=oui").content.decode()
    assert "Tout concorde" in text
    assert "le portail n’a pas prouvé l’identité" in text


def test_whoever_may_confirm_is_told(
    on_paper: Contract, signatories: Signatories, cast: Cast, sign_in: SignIn
) -> None:
    upload(on_paper, written(signatories), cast.president)
    told = sign_in(cast.ars_reviewer).get(reverse("dashboard")).content.decode()
    assert "Confirmer des signatures sur papier" in told


def test_what_was_typed_is_not_lost(on_paper: Contract, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.president)
    address = reverse("aci:upload_scan", args=[cast.rives.reference])
    data = {"signatory_cpts": str(cast.president.uuid), "signed_on_cpts": ""}
    answer = client.post(address, data | {"uploads": pages(b"%PDF-1.7 x")})
    text = answer.content.decode()
    assert "Recopiez la date" in text
    assert f'value="{cast.president.uuid}" selected' in text
    assert not PaperScan.objects.exists()
    assert clock.today() == TODAY
