"""The room « Adhérents »: the bureau decides, the coordination sees, the others read figures."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from members import actions
from members.models import Member
from members.workflow import MemberState
from tests.cast import Cast
from tests.members.applications import applicant, member, organisation
from tests.proofs import prove_in
from tests.queries import QueryCount

NAMES = {"president", "office", "coordinator"}
FIGURES = {
    "holder",
    "ars_reviewer",
    "ars_delegation",
    "ars_director",
    "cpam_officer",
    "cpam_director",
    "committee_member",
}


def room(cast: Cast, query: str = "") -> str:
    return reverse("members:members", args=[cast.rives.reference]) + query


def page_url(found: Member) -> str:
    return reverse("members:member", args=[found.cpts.reference, found.uuid])


def act(found: Member, verb: str) -> str:
    return reverse(f"members:{verb}", args=[found.cpts.reference, found.uuid])


def names_in(page: str) -> list[str]:
    return re.findall(r'adherents/[0-9a-f-]{36}/">([^<]+)<', page)


# --- The list --------------------------------------------------------------------------------


def test_names_for_the_bureau_figures_for_the_parties_nothing_for_others(
    cast: Cast, sign_in: Any
) -> None:
    member(cast.rives, cast.president)
    for name, somebody in cast.people().items():
        answer = sign_in(somebody).get(room(cast))
        page = answer.content.decode()
        if name in NAMES | FIGURES:
            assert answer.status_code == 200, name
            assert ("Durand" in page) is (name in NAMES), name
            assert "Infirmier\u00a0: 1" in page or "Infirmier&nbsp;: 1" in page, name
        elif name in {"nurse", "national_reader", "administrator", "stranger"}:
            assert answer.status_code == 403, name
        else:
            assert answer.status_code == 404, name


def test_an_anonymous_visitor_signs_in_first(cast: Cast, client: Client) -> None:
    assert reverse("accounts:sign_in") in client.get(room(cast))["Location"]


def test_applications_come_first_and_are_announced(cast: Cast, sign_in: Any) -> None:
    member(cast.rives, cast.president, last_name="Alba")
    applicant(cast.rives, last_name="Zola", email="z@example.org")
    page = sign_in(cast.president).get(room(cast)).content.decode()
    assert "Une demande attend la décision du bureau." in page
    assert names_in(page) == ["Camille Zola", "Camille Alba"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Camille Zola", "Camille Alba", "Centre hospitalier de Rives"]),
        ("?q=alba", ["Camille Alba"]),
        ("?q=HOSPITALIER", ["Centre hospitalier de Rives"]),
        ("?etat=applied", ["Camille Zola"]),
        ("?etat=left", ["Camille Parti"]),
        ("?college=partner", ["Centre hospitalier de Rives"]),
        ("?profession=60", ["Camille Zola", "Camille Alba"]),
        ("?tri=recents", ["Camille Zola", "Centre hospitalier de Rives", "Camille Alba"]),
        ("?tri=anciens", ["Camille Zola", "Camille Alba", "Centre hospitalier de Rives"]),
        ("?q=personne", []),
        # What means nothing is ignored: no error, no other order.
        ("?etat=x&tri=password&college=1&profession=99&page=abc", None),
        ("?q=%00&page=1e9999999", None),
    ],
)
def test_filters_and_sorts(cast: Cast, sign_in: Any, query: str, found: list[str] | None) -> None:
    portal = User.objects.portal()
    member(cast.rives, cast.president, last_name="Alba")
    gone = member(cast.rives, cast.president, last_name="Parti", email="p@example.org")
    actions.leave(gone, by=portal, by_link=True)
    actions.approve(actions.apply(cast.rives, organisation(), by=portal), by=cast.president)
    applicant(cast.rives, last_name="Zola", email="z@example.org")
    answer = sign_in(cast.president).get(room(cast, query))
    assert answer.status_code == 200
    everybody = ["Camille Zola", "Camille Alba", "Centre hospitalier de Rives"]
    assert names_in(answer.content.decode()) == (everybody if found is None else found)


def export_url(cast: Cast, kind: str = "", query: str = "") -> str:
    return reverse(f"members:members_export{kind}", args=[cast.rives.reference]) + query


def exported(client: Client, url: str) -> str:
    return b"".join(client.get(url).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def test_the_export_holds_the_people_of_the_filters(cast: Cast, sign_in: Any) -> None:
    member(cast.rives, cast.president)
    applicant(cast.rives, email="autre@example.org", rpps="", last_name="=Durand")
    client = sign_in(cast.president)
    assert exported(client, export_url(cast)).count("\r\n") == 3
    assert exported(client, export_url(cast, query="?etat=applied")).count("\r\n") == 2
    assert b"".join(client.get(export_url(cast, "_xlsx")).streaming_content).startswith(b"PK")


def test_only_those_who_read_names_export_them(cast: Cast, sign_in: Any) -> None:
    for kind in ("", "_xlsx"):
        for part, person in cast.people().items():
            answer = sign_in(person).get(export_url(cast, kind))
            status = answer.status_code
            if status == 200:
                assert b"".join(answer.streaming_content)
            elsewhere = part == "monts_coordinator"
            assert status == (200 if part in NAMES else 404 if elsewhere else 403), part


def test_a_crowd_is_exported_by_who_has_proven_their_identity(
    cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("members.views.MOST_PEOPLE", 1)
    applicant(cast.rives)
    client = sign_in(cast.president)
    assert exported(client, export_url(cast))
    applicant(cast.rives, email="autre@example.org", rpps="")
    answer = client.get(export_url(cast), follow=True)
    assert "Cet export contient 2 personnes, plus de 1" in answer.content.decode()
    assert "Enregistrer un second facteur" in answer.content.decode()
    prove_in(client, cast.president)
    assert "autre@example.org" in exported(client, export_url(cast))


def test_htmx_gets_the_list_alone(cast: Cast, sign_in: Any) -> None:
    member(cast.rives, cast.president)
    part = sign_in(cast.president).get(room(cast), headers={"HX-Request": "true"})
    page = part.content.decode()
    assert "Camille Durand" in page
    assert "<h1" not in page
    assert "HX-Request" in part["Vary"]


def test_nobody_yet_teaches_where_members_come_from(cast: Cast, sign_in: Any) -> None:
    page = sign_in(cast.president).get(room(cast)).content.decode()
    assert "Aucun adhérent pour le moment" in page
    assert reverse("members:apply", args=[cast.rives.slug]) in page
    page = sign_in(cast.ars_reviewer).get(room(cast)).content.decode()
    assert "Aucun adhérent pour le moment" in page


def test_the_list_costs_the_same_with_ten_times_more(cast: Cast, sign_in: Any) -> None:
    client = sign_in(User.objects.get(pk=cast.president.pk))
    numbers = []
    for rank in range(30):
        member(cast.rives, cast.president, email=f"m{rank}@example.org", last_name=f"Nom {rank}")
        if rank in (2, 29):
            with QueryCount() as count:
                client.get(room(cast, "?q=nom"))
            numbers.append(count.number)
    assert numbers[0] == numbers[1] <= 6
    second = names_in(client.get(room(cast, "?page=2")).content.decode())
    assert len(second) == 5


# --- One member ------------------------------------------------------------------------------


def test_the_page_of_an_applicant(cast: Cast, sign_in: Any) -> None:
    found = applicant(cast.rives)
    president = sign_in(cast.president).get(page_url(found)).content.decode()
    assert "Accepter l’adhésion" in president
    assert "n’est pas encore confirmée" in president
    coordinator = sign_in(cast.coordinator).get(page_url(found)).content.decode()
    assert "Accepter l’adhésion" not in coordinator
    assert "Décision du bureau" in coordinator


def test_the_page_of_a_member_is_closed_to_the_others(cast: Cast, sign_in: Any) -> None:
    found = applicant(cast.rives)
    for name, somebody in cast.people().items():
        if name in NAMES:
            continue
        status = sign_in(somebody).get(page_url(found)).status_code
        assert status == (404 if name == "monts_coordinator" else 403), name
    elsewhere = reverse("members:member", args=[cast.monts.reference, found.uuid])
    assert sign_in(cast.president).get(elsewhere).status_code == 404


def test_a_page_costs_few_queries(cast: Cast, sign_in: Any) -> None:
    found = applicant(cast.rives)
    client = sign_in(User.objects.get(pk=cast.president.pk))
    with QueryCount() as count:
        client.get(page_url(found))
    assert count.number <= 6


def test_the_bureau_accepts(cast: Cast, sign_in: Any) -> None:
    found = applicant(cast.rives)
    data = {"cle": str(uuid.uuid4())}
    client = sign_in(cast.office)
    for _ in range(2):  # a double click
        answer = client.post(act(found, "approve"), data)
        assert answer["Location"] == room(cast)
    found.refresh_from_db()
    assert found.state == MemberState.APPROVED
    page = client.get(page_url(found)).content.decode()
    assert "Acceptée le" in page
    assert "Serge Secrétaire" in page


def test_the_bureau_refuses_with_a_reason(cast: Cast, sign_in: Any) -> None:
    found = applicant(cast.rives)
    client = sign_in(cast.president)
    page = client.post(act(found, "refuse"), {"reason": ""}).content.decode()
    assert "Un point à corriger" in page
    found.refresh_from_db()
    assert found.state == MemberState.APPLIED
    answer = client.post(act(found, "refuse"), {"reason": "Hors du territoire."})
    assert answer["Location"] == room(cast)
    found.refresh_from_db()
    assert (found.state, found.decision_reason) == (MemberState.REFUSED, "Hors du territoire.")


def test_a_decision_already_taken_is_told(cast: Cast, sign_in: Any) -> None:
    found = member(cast.rives, cast.president)
    page = sign_in(cast.office).post(act(found, "refuse"), {"reason": "Non."}).content.decode()
    assert "n’est pas possible" in page
    found.refresh_from_db()
    assert found.state == MemberState.APPROVED


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_only_the_bureau_decides(cast: Cast, sign_in: Any, verb: str) -> None:
    found = applicant(cast.rives)
    for name, somebody in cast.people().items():
        if name in {"president", "office"}:
            continue
        answer = sign_in(somebody).post(act(found, verb), {"reason": "Non."})
        assert answer.status_code == 403, name
    assert sign_in(cast.president).get(act(found, verb)).status_code == 405
    found.refresh_from_db()
    assert found.state == MemberState.APPLIED


def test_the_bureau_of_another_cpts_finds_nothing(cast: Cast, sign_in: Any) -> None:
    from accounts.access import Role
    from territories.actions import assign

    found = applicant(cast.rives)
    assign(cast.stranger, Role.PRESIDENT, cpts=cast.monts)
    for verb in ("approve", "refuse"):
        assert sign_in(cast.stranger).post(act(found, verb)).status_code == 404
