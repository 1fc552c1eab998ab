"""The holders change their draft territory, one act at a time, and the journal says so."""

import pytest

from foundation.refusal import Refused
from records.models import JournalEntry
from territories import editing
from territories.actions import freeze_territory, move
from territories.models import Baton, Cpts, Stage
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> Cpts:
    """Rives, in the hands of its holders."""
    move(cast.rives, stage=Stage.PROJECT, baton=Baton.HOLDER)
    return cast.rives


def codes(cpts: Cpts) -> set[str]:
    return set(cpts.territory.communes.values_list("commune", flat=True))


def last_entry(cpts: Cpts) -> JournalEntry:
    return JournalEntry.objects.filter(dossier=cpts.reference).order_by("-number")[0]


class TestAdding:
    def test_communes_are_added_to_those_there(self, draft: Cpts, cast: Cast) -> None:
        assert editing.add_communes(draft, ["62617", "62119"], by=cast.holder) == 1
        assert codes(draft) == {"62119", "62178", "62617"}
        assert draft.territory.population == 25224 + 21424 + 11590

    def test_what_is_there_is_not_added_twice(self, draft: Cpts, cast: Cast) -> None:
        entries = JournalEntry.objects.count()
        assert editing.add_communes(draft, ["62119"], by=cast.holder) == 0
        assert JournalEntry.objects.count() == entries

    def test_the_journal_tells_what_and_how_many_people(self, draft: Cpts, cast: Cast) -> None:
        editing.add_communes(draft, ["62617"], by=cast.coordinator)
        entry = last_entry(draft)
        sentence = entry.sentence.replace("\xa0", " ")
        assert sentence == "1 commune ajoutée : 3 communes, 58 238 habitants"
        assert entry.actor_role == "Coordination de la CPTS"
        assert entry.data["communes"] == ["62617"]

    def test_a_whole_intercommunal_body_is_added(self, draft: Cpts, cast: Cast) -> None:
        assert editing.add_epci(draft, "200072460", by=cast.holder) == 2
        assert codes(draft) == {"62119", "62178", "62516", "62617"}

    def test_an_unknown_body_is_refused(self, draft: Cpts, cast: Cast) -> None:
        with pytest.raises(Refused, match="intercommunalité"):
            editing.add_epci(draft, "999999999", by=cast.holder)

    def test_two_people_do_not_undo_each_other(self, draft: Cpts, cast: Cast) -> None:
        mine, theirs = Cpts.objects.get(pk=draft.pk), Cpts.objects.get(pk=draft.pk)
        editing.add_communes(mine, ["62617"], by=cast.holder)
        editing.add_communes(theirs, ["62516"], by=cast.coordinator)
        assert codes(draft) == {"62119", "62178", "62617", "62516"}


class TestRemoving:
    def test_a_commune_is_taken_out(self, draft: Cpts, cast: Cast) -> None:
        assert editing.remove_commune(draft, "62178", by=cast.holder)
        assert codes(draft) == {"62119"}
        assert "Retrait de Bruay-la-Buissière" in last_entry(draft).sentence

    def test_what_is_gone_is_not_taken_out_again(self, draft: Cpts, cast: Cast) -> None:
        assert not editing.remove_commune(draft, "62617", by=cast.holder)

    def test_the_last_commune_stays(self, draft: Cpts, cast: Cast) -> None:
        editing.remove_commune(draft, "62178", by=cast.holder)
        with pytest.raises(Refused, match="au moins une commune"):
            editing.remove_commune(draft, "62119", by=cast.holder)
        assert codes(draft) == {"62119"}


class TestVintage:
    def test_another_vintage_counts_again_with_its_reason(self, draft: Cpts, cast: Cast) -> None:
        editing.choose_vintage(draft, 2017, reason=" Signature en 2020. ", by=cast.holder)
        assert draft.territory.population == 24895 + 21831
        assert draft.territory.vintage_reason == "Signature en 2020."
        assert last_entry(draft).reason == "Signature en 2020."

    def test_a_vintage_that_is_not_the_day_s_needs_a_reason(self, draft: Cpts, cast: Cast) -> None:
        with pytest.raises(Refused, match="motif"):
            editing.choose_vintage(draft, 2017, reason="  ", by=cast.holder)

    def test_the_day_s_vintage_needs_none(self, draft: Cpts, cast: Cast) -> None:
        editing.choose_vintage(draft, 2017, reason="Signature en 2020.", by=cast.holder)
        editing.choose_vintage(draft, 2023, reason="", by=cast.holder)
        assert draft.territory.population == 25224 + 21424
        assert draft.territory.vintage_reason == ""


class TestWhen:
    @pytest.mark.parametrize("baton", sorted(set(Baton) - {Baton.HOLDER, Baton.COORDINATOR}))
    def test_not_while_others_hold_the_dossier(self, draft: Cpts, cast: Cast, baton: Baton) -> None:
        Cpts.objects.filter(pk=draft.pk).update(baton=baton)
        with pytest.raises(Refused, match="votre tour"):
            editing.add_communes(draft, ["62617"], by=cast.holder)
        assert codes(draft) == {"62119", "62178"}

    def test_never_once_frozen(self, draft: Cpts, cast: Cast) -> None:
        freeze_territory(draft)
        for act in (
            lambda: editing.add_communes(draft, ["62617"], by=cast.holder),
            lambda: editing.remove_commune(draft, "62178", by=cast.holder),
            lambda: editing.choose_vintage(draft, 2023, reason="", by=cast.holder),
        ):
            with pytest.raises(Refused, match="figé par le contrat"):
                act()
        assert codes(draft) == {"62119", "62178"}
