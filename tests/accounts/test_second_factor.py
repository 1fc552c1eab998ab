"""The second factor: enrolled with one's password, asked again before what binds, hard to guess."""

import datetime as dt
import re
from collections.abc import Iterator
from io import StringIO

import pytest
from django.conf import settings as portal_settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client

from accounts import demonstration
from accounts.factors import actions, secrets
from accounts.factors.models import FactorProof, SecondFactor
from accounts.factors.recently import PROOF_KEY, proven_recently
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from records.models import JournalEntry
from tests.cast import make_user
from tests.conftest import PASSWORD
from tests.queries import QueryCount

NOW = dt.datetime(2026, 11, 26, 9, 0, tzinfo=clock.PARIS)
LATER = dt.timedelta(minutes=20)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def person(db: None, password_hash: str) -> User:
    return make_user("Rose Facteur", password=password_hash)


@pytest.fixture
def browser(person: User) -> Client:
    client = Client()
    client.post("/connexion/", {"username": person.email, "password": PASSWORD})
    return client


def enrol(person: User) -> tuple[str, list[str]]:
    secret = actions.new_secret()
    _, codes = actions.enrol(secret=secret, code=actions.code_now(secret), sign_in={}, by=person)
    return secret, codes


def give(person: User, code: str) -> FactorProof:
    return actions.prove(code=code, sign_in={"at": "x", "device": "Firefox", "id": "y"}, by=person)


# --- Acts ----------------------------------------------------------------------------------------


def test_enrolling_keeps_no_readable_secret(person: User) -> None:
    secret, codes = enrol(person)
    factor = SecondFactor.objects.get()
    assert secret not in factor.secret
    assert secrets.unseal(factor.secret) == secret
    marks = set(factor.recovery_codes.values_list("mark", flat=True))
    assert len(codes) == len(marks) == secrets.RECOVERY_CODES
    assert not marks & set(codes)
    assert JournalEntry.objects.get(verb="enrol_second_factor").actor == person


def test_a_secret_is_read_again_after_the_key_changed(person: User, settings: object) -> None:
    secret, _ = enrol(person)
    settings.SECRET_KEY_FALLBACKS = [portal_settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another-key-" * 5  # type: ignore[attr-defined]
    assert secrets.unseal(SecondFactor.objects.get().secret) == secret


def test_a_wrong_first_code_enrols_nothing(person: User) -> None:
    with pytest.raises(Refused, match="n’est pas le bon"):
        actions.enrol(secret=actions.new_secret(), code="000000", sign_in={}, by=person)
    assert not SecondFactor.objects.exists()


@pytest.mark.parametrize(("drift", "passes"), [(0, True), (-30, True), (30, True), (90, False)])
def test_clocks_may_differ_a_little(person: User, drift: int, passes: bool) -> None:
    secret, _ = enrol(person)
    with clock.at(NOW + LATER + dt.timedelta(seconds=drift)):
        code = actions.code_now(secret)
    with clock.at(NOW + LATER):
        if passes:
            proof = give(person, f"{code[:3]} {code[3:]}")
            assert proof.sign_in == {"at": "x", "device": "Firefox"}
        else:
            with pytest.raises(Refused):
                give(person, code)


def test_a_code_serves_once(person: User) -> None:
    secret, _ = enrol(person)
    with clock.at(NOW + LATER):
        give(person, actions.code_now(secret))
        with pytest.raises(Refused, match="a déjà servi"):
            give(person, actions.code_now(secret))


def test_the_database_too_wants_a_code_once(person: User) -> None:
    enrol(person)
    first = FactorProof.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorProof.objects.create(
            user=person, factor=first.factor, method="code", counter=first.counter
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorProof.objects.create(user=person, factor=first.factor, method="code", counter=None)


def test_a_recovery_code_serves_once(person: User) -> None:
    _, codes = enrol(person)
    proof = give(person, codes[0].upper().replace("-", " "))
    assert proof.method == FactorProof.Method.RECOVERY
    with pytest.raises(Refused):
        give(person, codes[0])


def test_five_failures_lock_the_factor_for_a_while(person: User) -> None:
    secret, codes = enrol(person)
    for _ in range(actions.MAX_FAILURES):
        with pytest.raises(Refused, match="n’est pas le bon"):
            give(person, "123")
    with pytest.raises(Refused, match="quart d’heure"):
        give(person, codes[0])
    with clock.at(NOW + LATER):
        assert give(person, actions.code_now(secret)).is_recent_for(person)


def test_without_a_factor_nothing_is_proven(person: User) -> None:
    with pytest.raises(Refused, match="Enregistrez d’abord"):
        give(person, "123456")


def test_a_proof_serves_its_own_person_for_a_quarter_of_an_hour(person: User) -> None:
    enrol(person)
    proof = FactorProof.objects.get()
    other = make_user("Odile Autre")
    assert actions.ensure_recent(proof, by=person) == proof
    for given, by in ((proof, other), (None, person)):
        with pytest.raises(Refused, match="preuve d’identité"):
            actions.ensure_recent(given, by=by)
    with clock.at(NOW + LATER), pytest.raises(Refused):
        actions.ensure_recent(proof, by=person)
    assert "code à usage unique à 9\u00a0h\u00a000" in proof.as_evidence()["method"]
    with pytest.raises(TypeError):
        proof.save()


def test_new_recovery_codes_replace_the_old(person: User) -> None:
    _, old = enrol(person)
    actions.renew_recovery_codes(proof=FactorProof.objects.get(), by=person)
    with pytest.raises(Refused):
        give(person, old[0])
    with pytest.raises(Refused):
        actions.renew_recovery_codes(proof=None, by=person)


def test_a_lost_factor_is_forgotten(person: User) -> None:
    enrol(person)
    actions.forget_factor(person, by=User.objects.portal())
    assert not SecondFactor.objects.exists()
    assert FactorProof.objects.exists()  # the evidence of past acts stays
    with pytest.raises(Refused, match="n’a pas de second facteur"):
        actions.forget_factor(person, by=User.objects.portal())


# --- Pages ---------------------------------------------------------------------------------------


def secret_on(page: str) -> str:
    found = re.search(r'class="factor-key">([^<]+)<', page)
    assert found
    return found[1].replace(" ", "")


def test_from_the_first_code_to_the_page_that_was_wanted(browser: Client, person: User) -> None:
    answer = browser.get("/compte/identite/?next=/compte/notifications/")
    assert answer["Location"].startswith("/compte/second-facteur/enregistrer/")
    page = browser.get(answer["Location"]).content.decode()
    secret = secret_on(page)
    assert secret == secret_on(browser.get("/compte/second-facteur/enregistrer/").content.decode())
    typed = {"password": PASSWORD, "code": actions.code_now(secret)}
    answer = browser.post(answer["Location"], typed)
    assert answer.status_code == 200
    said = answer.content.decode()
    assert said.count("<code>") == secrets.RECOVERY_CODES
    assert 'href="/compte/notifications/"' in said
    # The code of the enrolment is already a proof.
    answer = browser.get("/compte/identite/?next=/compte/notifications/")
    assert answer["Location"] == "/compte/notifications/"
    with QueryCount() as count:
        assert (
            "26\u00a0novembre\u00a02026" in browser.get("/compte/second-facteur/").content.decode()
        )
    assert count.number <= 6


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"password": "autre", "code": "123456"}, "Ce n’est pas votre mot de passe."),
        ({"password": PASSWORD, "code": "123456"}, "n’est pas le bon"),
        ({"code": ""}, "Saisissez le code."),
    ],
)
def test_bad_input_enrols_nothing(browser: Client, typed: dict[str, str], sentence: str) -> None:
    answer = browser.post("/compte/second-facteur/enregistrer/", typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not SecondFactor.objects.exists()


def test_replacing_a_factor_asks_the_former_one(browser: Client, person: User) -> None:
    secret, _ = enrol(person)
    address = "/compte/second-facteur/enregistrer/"
    assert browser.get(address)["Location"].startswith("/compte/identite/?next=")
    with clock.at(NOW + LATER):
        wrong = browser.post("/compte/identite/", {"code": "1", "next": address})
        assert wrong.status_code == 422
        answer = browser.post(
            "/compte/identite/", {"code": actions.code_now(secret), "next": address}
        )
        assert answer["Location"] == address
        page = browser.get(address).content.decode()
        assert 'name="password"' not in page
        new = secret_on(page)
        assert new != secret
        # In the same half minute: each telephone counts its own codes.
        answer = browser.post(address, {"code": actions.code_now(new)})
        assert answer.status_code == 200
        assert secrets.unseal(SecondFactor.objects.get().secret) == new


def test_the_proof_stays_in_the_session_that_gave_it(browser: Client, person: User) -> None:
    secret, _ = enrol(person)
    with clock.at(NOW + LATER):
        browser.post("/compte/identite/", {"code": actions.code_now(secret)})
        assert browser.session[PROOF_KEY]
        other = Client()
        other.post("/connexion/", {"username": person.email, "password": PASSWORD})
        assert PROOF_KEY not in other.session
        assert other.post("/compte/second-facteur/codes-de-secours/").status_code == 307
        said = browser.post("/compte/second-facteur/codes-de-secours/").content.decode()
        assert said.count("<code>") == secrets.RECOVERY_CODES


def test_nobody_is_sent_to_another_site(browser: Client, person: User) -> None:
    secret, _ = enrol(person)
    with clock.at(NOW + LATER):
        typed = {"code": actions.code_now(secret), "next": "https://ailleurs.example/"}
        assert browser.post("/compte/identite/", typed)["Location"] == "/compte/second-facteur/"


def test_the_code_is_shown_to_invented_people_only(browser: Client, person: User) -> None:
    address = "/compte/second-facteur/enregistrer/"
    assert "data-shown-code" not in browser.get(address).content.decode()

    person.email = demonstration.people()[0].email
    person.save()
    page = browser.get("/compte/second-facteur/enregistrer/").content.decode()
    assert actions.code_now(secret_on(page)) in page


def test_a_view_may_ask_for_a_recent_proof(person: User) -> None:
    seen: list[FactorProof] = []

    @proven_recently
    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.proof)  # type: ignore[attr-defined]
        return HttpResponse("fait")

    request = HttpRequest()
    request.method, request.path = "GET", "/payer/"
    request.user, request.session = person, {}  # type: ignore[assignment]
    assert view(request)["Location"] == "/compte/identite/?next=%2Fpayer%2F"
    enrol(person)
    request.session[PROOF_KEY] = FactorProof.objects.get().pk
    assert view(request).content == b"fait"
    assert seen == [FactorProof.objects.get()]


def test_the_administration_forgets_a_lost_factor(person: User) -> None:
    enrol(person)
    call_command("forget_second_factor", person.email.upper(), stdout=StringIO())
    assert not SecondFactor.objects.exists()
    for address, sentence in ((person.email, "pas de second facteur"), ("x@y.fr", "Aucun compte")):
        with pytest.raises(CommandError, match=sentence):
            call_command("forget_second_factor", address)
