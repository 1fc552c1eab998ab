"""What changes an invented contract in force: an amendment signed, another open, a suspension."""

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial

from aci import actions as aci
from aci.mission_codes import MissionCode
from aci.models import Amendment, Contract
from aci.parties import Party
from cpts_portal.story import dossier
from cpts_portal.story.dossier import Holders
from cpts_portal.story.events import Event
from cpts_portal.story.people import Authorities
from foundation import clock
from territories.actions import ChosenCommune

# A real CPTS gets no invented amendment, and is never said to be on hold.
CHANGED = "sud-artois-exemple"
ONE_DAY = dt.timedelta(days=1)
DRAFTED, SIGNED, EFFECTIVE = 240, 215, 200  # days before loading
SUSPENDED, OPENED, NEXT_EFFECT = 40, 14, 60  # the last one is after loading


def events(
    contract: Contract, holders: Holders, authorities: Authorities, joining: Sequence[str]
) -> Iterator[Event]:
    """A commune joins; a mission is put on hold; another mission is being negotiated."""
    if contract.cpts.slug != CHANGED:
        return
    today = clock.today()
    opened: list[Amendment] = []
    draft = partial(_draft_joining, contract, authorities, joining, opened)
    yield today - DRAFTED * ONE_DAY, draft
    yield today - SIGNED * ONE_DAY, lambda: _conclude(opened[0], holders, authorities)
    yield today - EFFECTIVE * ONE_DAY, aci.take_up_amendments
    yield today - SUSPENDED * ONE_DAY, partial(_suspend, contract, authorities)
    yield today - OPENED * ONE_DAY, partial(_open, contract, holders, authorities)


def _draft_joining(
    contract: Contract, authorities: Authorities, joining: Sequence[str], opened: list[Amendment]
) -> None:
    officer = authorities.cpam_officer
    row = aci.draft_amendment(
        contract,
        effective_on=clock.today() + (DRAFTED - EFFECTIVE) * ONE_DAY,
        reason="Une commune rejoint la CPTS (avenant inventé pour la démonstration).",
        by=officer,
    )
    before = row.territory_before
    codes = [*before.communes.values_list("commune_id", flat=True), *joining]
    row = aci.change_amended_territory(
        row,
        chosen=[ChosenCommune(code) for code in codes],
        vintage=before.vintage,
        vintage_reason=None,
        version=row.terms_version,
        by=officer,
    )
    opened.append(row)


def _conclude(amendment: Amendment, holders: Holders, authorities: Authorities) -> None:
    dossier.agree(amendment, holders, authorities)
    dossier.sign(amendment, holders, authorities, on=clock.today())


def _suspend(contract: Contract, authorities: Authorities) -> None:
    aci.suspend(
        contract,
        mission=MissionCode.PARCOURS,
        starts_on=clock.today(),
        reason="Départ de la personne qui pilotait la mission (motif inventé).",
        by=authorities.reviewer,
    )


def _open(contract: Contract, holders: Holders, authorities: Authorities) -> None:
    """One more mission; the CPTS has accepted, the fund and the agency not yet."""
    officer = authorities.cpam_officer
    row = aci.draft_amendment(
        contract,
        effective_on=clock.today() + (OPENED + NEXT_EFFECT) * ONE_DAY,
        reason="La CPTS prend la mission qualité (avenant inventé pour la démonstration).",
        by=officer,
    )
    missions = {**row.terms.starts, MissionCode.QUALITE: None}
    row = aci.change_amended_missions(
        row,
        missions=missions,
        unscheduled_care_since=row.terms.unscheduled_care_since,
        version=row.terms_version,
        by=officer,
    )
    aci.accept(row, party=Party.CPTS, version=row.terms_version, by=holders.coordinator)
