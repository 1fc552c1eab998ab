"""Two CPTS become one on a day: what is asked, who agrees, what happens, what is kept."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.access import Role
from accounts.models import User
from aci import actions
from aci.ending_amounts import ending_amounts
from aci.models import Contract, PaymentLine, Reshaping, ReshapingCommune, ReshapingPart
from aci.payments.year_revisions import revise_year
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from members.models import Member
from projects.models import HealthProject
from records.models import JournalEntry
from territories.areas import Area, AreaKind
from territories.coverage import every_place
from territories.models import Assignment, Cpts, Stage
from tests.aci.conftest import TODAY
from tests.aci.reshaping.conftest import EFFECT, PREPARED, REASON, merging
from tests.cast import Cast
from tests.members.applications import member
from tests.members.mailbox import mails_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("light_documents")]
PAS_DE_CALAIS = Area(AreaKind.DEPARTEMENT, "62", "Pas-de-Calais")
EVE = EFFECT - dt.timedelta(days=1)


def held_by(day: dt.date) -> dict[str, set[str]]:
    return {
        place.code: {coverer.name for coverer in place.coverers}
        for place in every_place(PAS_DE_CALAIS, day)
        if place.coverers
    }


def happen(day: dt.date = EFFECT) -> int:
    with clock.at(day):
        return actions.apply_reshapings()


class TestPreparing:
    def test_the_ars_prepares_it_and_the_union_is_counted(self, merger: Reshaping) -> None:
        assert (merger.state, merger.is_asked) == ("preparing", False)
        assert merger.title == "Fusion de la CPTS Rives et de la CPTS Monts"
        assert merger.communes.count() == 3
        before, after = merger.figures["before"], merger.figures["after"]
        assert [row["name"] for row in before] == ["CPTS Rives", "CPTS Monts"]
        # Those before keep the vintage of their territory; the new one takes that of its first day.
        assert (after[0]["vintage"], after[0]["population"]) == (2022, 25_342 + 21_997 + 10_200)
        assert [row["population"] for row in before] == [25_224 + 21_424, 10_193]
        assert Decimal(after[0]["amount"]) >= Decimal(before[0]["amount"]) > 0
        assert before[1]["amount"] == ""  # no contract: no amount

    def test_a_holder_asks_and_the_ars_alone_goes_on(
        self, in_force: Contract, monts_ready: Cast, cast: Cast
    ) -> None:
        asked = merging(cast, by=cast.coordinator)
        assert asked.is_asked
        assert mails_to(cast.ars_reviewer.email)[-1]["subject"].endswith("demande à examiner")
        for act in (actions.propose_reshaping,):
            with pytest.raises(NotAllowed), clock.at(PREPARED):
                act(asked, by=cast.coordinator)
        with clock.at(PREPARED):
            assert actions.propose_reshaping(asked, by=cast.ars_reviewer).state == "proposed"

    @pytest.mark.parametrize("who", ["nurse", "cpam_officer", "other_region_reviewer", "stranger"])
    def test_others_do_not(
        self, in_force: Contract, monts_ready: Cast, cast: Cast, who: str
    ) -> None:
        with pytest.raises(NotAllowed):
            merging(cast, by=getattr(cast, who))
        assert not Reshaping.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"reason": "  "}, "Dites pourquoi"),
            ({"effective_on": dt.date(2024, 7, 1)}, "année de contrat|a changé|jour anniversaire"),
            ({"effective_on": dt.date(2023, 1, 1)}, "a changé"),
            ({"effective_on": dt.date(2025, 7, 1)}, "jour anniversaire"),
        ],
    )
    def test_bad_input_is_said_and_changes_nothing(
        self,
        in_force: Contract,
        monts_ready: Cast,
        cast: Cast,
        changes: dict[str, object],
        words: str,
    ) -> None:
        with pytest.raises(Refused, match=words):
            merging(cast, **changes)
        assert not Reshaping.objects.exists()

    def test_a_cpts_still_examined_waits(self, in_force: Contract, cast: Cast) -> None:
        with pytest.raises(Refused, match="CPTS Monts ne peut ni fusionner"):
            merging(cast)

    def test_a_termination_or_an_amendment_under_way_comes_first(
        self, in_force: Contract, monts_ready: Cast, cast: Cast
    ) -> None:
        with clock.at(PREPARED):
            actions.notify_termination(in_force, reason="Un préavis.", by=cast.president)
        with pytest.raises(Refused, match="Une résiliation du contrat de CPTS Rives"):
            merging(cast)
        with clock.at(PREPARED):
            actions.withdraw_termination(in_force, by=cast.president)
            actions.draft_amendment(
                in_force, effective_on=dt.date(2025, 3, 1), reason="Une.", by=cast.cpam_officer
            )
        with pytest.raises(Refused, match="Un avenant au contrat de CPTS Rives"):
            merging(cast)

    def test_a_year_that_is_settled_is_left_alone(
        self, in_force: Contract, monts_ready: Cast, cast: Cast
    ) -> None:
        year = in_force.years.get()
        with clock.at(PREPARED):
            revise_year(year, facts={"reviewed": True})
        with pytest.raises(Refused, match="déjà réglée"):
            merging(cast)

    def test_one_operation_at_a_time(self, merger: Reshaping, cast: Cast) -> None:
        with pytest.raises(Refused, match="déjà dans une fusion"):
            merging(cast)
        with clock.at(PREPARED):
            actions.drop_reshaping(merger, reason="À revoir.", by=cast.ars_reviewer)
        assert merging(cast).state == "preparing"

    def test_the_ars_changes_the_day_while_it_prepares(self, merger: Reshaping, cast: Cast) -> None:
        with clock.at(PREPARED):
            changed = actions.change_reshaping(
                merger, effective_on=dt.date(2025, 5, 1), reason="Autre.", by=cast.ars_reviewer
            )
        assert changed.effective_on == dt.date(2025, 5, 1)
        assert Reshaping.objects.get().reason == "Autre."


class TestAgreeing:
    def test_every_party_once(self, proposed: Reshaping, cast: Cast, monts_president: User) -> None:
        assert [seat.name for seat in proposed.seats] == [
            "CPTS Rives",
            "CPTS Monts",
            "CPAM de l’Artois",
            "ARS Hauts-de-France",
        ]
        with clock.at(PREPARED):
            proposed = actions.agree_reshaping(proposed, by=cast.president)
            assert proposed.missing_seats[0] == "la CPTS Monts"
            with pytest.raises(Refused, match="déjà prononcée"):
                actions.agree_reshaping(proposed, by=cast.president)
            for person in (monts_president, cast.cpam_director):
                proposed = actions.agree_reshaping(proposed, by=person)
            assert proposed.state == "proposed"
            proposed = actions.agree_reshaping(proposed, by=cast.ars_director)
        assert proposed.state == "agreed"
        assert "acceptée" in mails_to(cast.president.email)[-1]["subject"]

    @pytest.mark.parametrize("who", ["coordinator", "ars_reviewer", "cpam_officer", "nurse"])
    def test_only_those_who_sign_speak(self, proposed: Reshaping, cast: Cast, who: str) -> None:
        with pytest.raises(NotAllowed):
            actions.agree_reshaping(proposed, by=getattr(cast, who))

    def test_one_refusal_with_its_reason_ends_it(self, proposed: Reshaping, cast: Cast) -> None:
        with clock.at(PREPARED):
            with pytest.raises(Refused, match="Dites pourquoi"):
                actions.refuse_reshaping(proposed, reason=" ", by=cast.cpam_director)
            refused = actions.refuse_reshaping(proposed, reason="Trop tôt.", by=cast.cpam_director)
        assert (refused.state, refused.end_reason) == ("refused", "Trop tôt.")
        assert not ReshapingPart.objects.filter(is_open=True).exists()
        assert "refusée" in mails_to(cast.president.email)[-1]["subject"]
        with pytest.raises(Refused, match="n’est pas possible"):
            actions.agree_reshaping(refused, by=cast.ars_director)


class TestHappening:
    def test_nothing_before_its_day(self, agreed: Reshaping) -> None:
        assert happen(EVE) == 0
        assert Reshaping.objects.get().state == "agreed"

    def test_the_contract_ends_on_the_eve_with_its_year_settled(
        self, agreed: Reshaping, in_force: Contract
    ) -> None:
        assert happen() == 1
        contract = Contract.objects.get(pk=in_force.pk)
        assert (contract.state, contract.terminated_on, contract.ends_on) == (
            "terminated",
            EFFECT,
            EVE,
        )
        first, closed = contract.years.order_by("revision")
        assert closed.inputs["ended_on"] == EFFECT.isoformat()
        assert closed.total_due < first.total_due
        amounts = ending_amounts(closed.lines)
        entry = JournalEntry.objects.get(verb="end_by_reshaping")
        assert entry.data["amounts"] == amounts.sentence
        assert PaymentLine.objects.filter(contract=contract, year=closed).exists()

    def test_the_map_shows_each_day_as_it_was(self, agreed: Reshaping) -> None:
        before = held_by(EVE)
        happen()
        assert held_by(EVE) == before
        assert set(before) == set(held_by(EFFECT))
        assert all(holders == {"CPTS Artois"} for holders in held_by(EFFECT).values())

    def test_the_new_cpts_has_its_dossier_and_people(self, agreed: Reshaping, cast: Cast) -> None:
        happen()
        new = Cpts.objects.get(name="CPTS Artois")
        assert (new.stage, new.baton, new.is_public) == (Stage.PROJECT, "holder", True)
        project = HealthProject.objects.get(cpts=new)
        former = HealthProject.objects.get(cpts=cast.rives)
        assert (project.state, project.answers) == ("draft", former.answers)
        with clock.at(EFFECT):
            posts = Assignment.objects.filter(
                pk__in=[one.pk for one in Assignment.objects.current().filter(cpts=new)]
            )
        assert posts.filter(user=cast.coordinator, role=Role.COORDINATOR).exists()
        assert posts.filter(user=cast.monts_coordinator, role=Role.COORDINATOR).exists()
        assert not posts.filter(role=Role.PRESIDENT).exists()
        assert Reshaping.objects.get().successors[0].cpts == new

    def test_members_follow_once(self, agreed: Reshaping, cast: Cast) -> None:
        with clock.at(PREPARED):
            member(cast.rives, cast.president)
        happen()
        new = Cpts.objects.get(name="CPTS Artois")
        assert Member.objects.of_cpts(new).approved().count() == 1
        assert (
            "1 adhésion continuée"
            in JournalEntry.objects.filter(verb="apply_reshaping", dossier=new.reference)
            .get()
            .sentence
        )

    def test_every_dossier_tells_it(self, agreed: Reshaping, cast: Cast) -> None:
        happen()
        new = Cpts.objects.get(name="CPTS Artois")
        for cpts in (cast.rives, cast.monts, new):
            assert JournalEntry.objects.filter(
                verb="apply_reshaping", dossier=cpts.reference
            ).exists()
        assert mails_to(cast.president.email)[-1]["subject"].endswith("c’est fait")

    def test_late_and_twice_it_happens_once(self, agreed: Reshaping, in_force: Contract) -> None:
        late = dt.date(2025, 7, 20)  # a worker that was down beyond the anniversary
        assert happen(late) == 1
        assert happen(late) == 0
        with clock.at(late):
            assert actions.open_contract_years() == 0
            assert not actions.apply_reshaping(agreed)
        assert Cpts.objects.filter(name="CPTS Artois").count() == 1
        assert set(held_by(EFFECT)["62119"]) == {"CPTS Artois"}
        assert set(in_force.years.values_list("number", flat=True)) == {1}

    def test_a_day_that_is_past_happens_with_the_last_accord(
        self, in_force: Contract, monts_ready: Cast, cast: Cast, monts_president: User
    ) -> None:
        reshaping = merging(cast, effective_on=dt.date(2025, 1, 1))
        with clock.at(PREPARED):
            reshaping = actions.propose_reshaping(reshaping, by=cast.ars_reviewer)
            for person in (cast.president, monts_president, cast.cpam_director, cast.ars_director):
                reshaping = actions.agree_reshaping(reshaping, by=person)
        assert Reshaping.objects.get().state == "applied"
        assert Cpts.objects.get(name="CPTS Artois").stage_since == dt.date(2025, 1, 1)

    def test_what_prevents_it_is_told_once_and_nothing_is_half_done(
        self, agreed: Reshaping, in_force: Contract, cast: Cast
    ) -> None:
        with clock.at(PREPARED):
            actions.notify_termination(in_force, reason="Un préavis.", by=cast.president)
        mails = len(mails_to(cast.ars_director.email))
        assert (happen(), happen()) == (0, 0)
        row = Reshaping.objects.get()
        assert row.state == "agreed"
        assert "Une résiliation du contrat" in row.blocked_because
        assert not Cpts.objects.filter(name="CPTS Artois").exists()
        assert JournalEntry.objects.filter(verb="block_reshaping").count() == 2  # one a dossier
        assert len(mails_to(cast.ars_director.email)) == mails + 1
        with clock.at(EFFECT):
            actions.withdraw_termination(in_force, by=cast.president)
        assert happen() == 1

    def test_half_way_down_everything_is_put_back(
        self, agreed: Reshaping, in_force: Contract, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            raise Refused("Une panne.")

        monkeypatch.setattr("aci.actions.reshaped.carry_members", broken)
        assert happen() == 0
        assert Contract.objects.get(pk=in_force.pk).state == "in_force"
        assert in_force.years.count() == 1
        assert not Cpts.objects.filter(name="CPTS Artois").exists()
        assert not Cpts.objects.filter(stage=Stage.REPLACED).exists()

    def test_a_territory_that_changed_since_is_not_merged_blindly(self, agreed: Reshaping) -> None:
        agreed.communes.filter(commune="62516").delete()
        assert happen() == 0
        assert "a changé depuis l’accord" in Reshaping.objects.get().blocked_because


def test_both_under_contract_end_on_the_same_eve(
    in_force: Contract, monts_ready: Cast, cast: Cast, monts_president: User
) -> None:
    with clock.at(TODAY):
        project = HealthProject.objects.get(cpts=cast.monts)
        assert project.state == "approved"
    reshaping = merging(cast)
    assert reshaping.reason == REASON
    assert {part.known.pk for part in reshaping.predecessors} == {cast.rives.pk, cast.monts.pk}


def test_the_database_keeps_the_rules(merger: Reshaping) -> None:
    row = merger.communes.first()
    assert row is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        ReshapingCommune.objects.create(reshaping=merger, commune=row.commune, part=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReshapingPart.objects.create(reshaping=merger, side="after", position=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reshaping.objects.filter(pk=merger.pk).update(state="refused")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reshaping.objects.filter(pk=merger.pk).update(state="applied")
