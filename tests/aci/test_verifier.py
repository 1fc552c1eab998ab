"""« /verifier/ »: one sentence for whoever holds a file or a page, and nothing kept."""

import html
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aci import actions, verification
from aci.models import Contract, Seal
from aci.parties import Party
from aci.seals import fingerprint
from records.models import JournalEntry, StoredFile
from tests.aci.conftest import DoJobs, sign_for
from tests.cast import Cast
from tests.queries import QueryCount

pytestmark = pytest.mark.usefixtures("light_documents", "forgets_the_rate")


@pytest.fixture
def forgets_the_rate() -> None:
    cache.clear()


def send(client: Client, content: bytes, address: str = "/verifier/") -> str:
    """What the page answers to a file."""
    upload = SimpleUploadedFile("contrat.pdf", content, "application/pdf")
    return words(client.post(address, {"fichier": upload}))


def words(answer: object) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())  # type: ignore[attr-defined]
    return plain(html.unescape(text))


def plain(text: str) -> str:
    """Spaces of any kind are equal."""
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def sealed(in_force: Contract, do_jobs: DoJobs) -> Contract:
    do_jobs()
    return in_force


def test_the_contract_on_record(sealed: Contract, client: Client) -> None:
    content = sealed.documents.get(kind="final").stored.read()
    files, entries = StoredFile.objects.count(), JournalEntry.objects.count()
    said = send(client, content)
    assert plain(verification.THE_CONTRACT) in said
    assert (StoredFile.objects.count(), JournalEntry.objects.count()) == (files, entries)
    # Nothing else is told: neither whose contract it is nor what it says.
    for secret in (sealed.reference, sealed.cpts.name, "Présidente", "Artois"):
        assert secret not in said


@pytest.mark.parametrize("change", [lambda b: b + b"\n", lambda b: b[:-1], lambda b: b[:5] + b"x"])
def test_an_altered_file(sealed: Contract, client: Client, change: object) -> None:
    content = sealed.documents.get(kind="final").stored.read()
    assert plain(verification.UNKNOWN_FILE) in send(client, change(content))  # type: ignore[operator]


def test_a_foreign_file(sealed: Contract, client: Client) -> None:
    assert plain(verification.UNKNOWN_FILE) in send(client, b"%PDF-1.7 autre chose")


def test_what_came_before_the_last_signature(
    to_sign: Contract, cast: Cast, do_jobs: DoJobs, client: Client
) -> None:
    assert to_sign.frozen_document is not None
    assert plain(verification.AN_EARLIER_COPY) in send(
        client, to_sign.frozen_document.stored.read()
    )
    sign_for(to_sign, Party.CPTS, cast.president)
    do_jobs()
    assert plain(verification.AN_EARLIER_COPY) in send(client, Seal.objects.get().file.read())


def test_a_draft_is_no_contract(
    negotiated: Contract, cast: Cast, do_jobs: DoJobs, client: Client
) -> None:
    actions.want_draft_pdf(negotiated, by=cast.coordinator)
    do_jobs()
    content = negotiated.documents.get(kind="draft").stored.read()
    assert plain(verification.UNKNOWN_FILE) in send(client, content)


def test_the_printed_code(sealed: Contract, client: Client) -> None:
    frozen, final = (sealed.documents.get(kind=kind) for kind in ("frozen", "final"))
    address = f"/verifier/{frozen.verification_code}/"
    assert frozen.inputs["verification"]["url"].endswith(address)
    answer = client.get(address)
    assert plain(verification.SEALED_CODE) in words(answer)
    assert answer["X-Robots-Tag"] == "noindex"
    assert sealed.reference not in words(answer)
    assert plain(verification.THE_CONTRACT) in send(client, final.stored.read(), address)


def test_a_code_before_the_signatures(to_sign: Contract, client: Client) -> None:
    assert to_sign.frozen_document is not None
    said = words(client.get(f"/verifier/{to_sign.frozen_document.verification_code}/"))
    assert plain(verification.UNSEALED_CODE) in said


def test_an_unknown_code(sealed: Contract, client: Client) -> None:
    answer = client.get("/verifier/abcdefghjkmnpqrstuvw/")
    assert answer.status_code == 404
    assert plain(verification.UNKNOWN_CODE) in words(answer)


@pytest.mark.django_db
def test_bad_input_gets_one_sentence(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Choisissez le fichier PDF" in words(client.post("/verifier/"))
    assert "n’est pas un PDF" in send(client, b"PK\x03\x04 une archive")
    monkeypatch.setattr(fingerprint, "MAX_SIZE", 100)
    assert "dépasse 20 Mo" in send(client, b"%PDF-" + b"0" * 200)


@pytest.mark.django_db
def test_a_form_of_another_site_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/verifier/").status_code == 403


@pytest.mark.django_db
def test_too_many_at_once(client: Client) -> None:
    for _ in range(20):
        assert client.post("/verifier/").status_code == 422
    answer = client.post("/verifier/")
    assert answer.status_code == 429
    assert "réessayez dans une minute" in words(answer)
    assert client.post("/verifier/", REMOTE_ADDR="192.0.2.7").status_code == 422


def test_few_queries(sealed: Contract, client: Client) -> None:
    content = sealed.documents.get(kind="final").stored.read()
    with QueryCount() as count:
        send(client, content)
    assert count.number <= 3  # a document; else pages signed by hand, or a seal on the way
