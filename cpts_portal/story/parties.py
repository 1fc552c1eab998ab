"""Who contracts in the demonstration: identity, account, signatories, and the signed annexes.

Nothing here may be taken for real: the account is the example that banks print, numbers are given
to invented CPTS only, and what is invented says so where it is read.
"""

from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from stdnum import luhn

from aci import actions as aci
from aci.contract_funding import basis_of, settings_of, stored_grids
from aci.deadlines import contract_year
from aci.indicator_rules import AnnexLine, Method
from aci.mission_codes import MissionCode, Part
from aci.models import Contract
from aci.parties import Party
from cpts_portal.story.dossier import Holders
from cpts_portal.story.people import Authorities
from foundation import clock
from missions.annex_pages import national_lines
from missions.models import Indicator
from territories.identity import Identity, identity_of
from territories.models import Cpts

# The examples of the IBAN and BIC registries: no money can go there.
EXAMPLE_IBAN = "FR14 2004 1010 0505 0001 3M02 606"
EXAMPLE_BIC = "EXEMFRPPXXX"
SEAT = "Siège d’exemple, adresse inventée pour la démonstration"
INVENTED = "valeurs d’exemple"
WHOLE_EUROS = Decimal(1)


def introduce(contract: Contract, holders: Holders, authorities: Authorities) -> None:
    """What the officer gathers while the contract is drafted, on the day it is."""
    cpts = contract.cpts
    aci.change_identity(cpts, _identity(cpts), seen=identity_of(cpts).mark, by=holders.coordinator)
    account = aci.propose_bank_account(
        cpts,
        holder=f"{cpts.name} (compte d’exemple)",
        iban=EXAMPLE_IBAN,
        bic=EXAMPLE_BIC,
        by=holders.president,
    )
    name_signatories(contract, holders, authorities)
    aci.confirm_bank_account(account, by=authorities.cpam_officer)  # the text now tells all this
    _annex(contract, authorities)
    contract.refresh_from_db()


def name_signatories(contract: Contract, holders: Holders, authorities: Authorities) -> None:
    """The president and the fund in post; the agency by a delegation whose act is invented."""
    officer = authorities.cpam_officer
    aci.name_signatory(contract, party=Party.CPTS, user=holders.president, by=officer)
    aci.name_signatory(contract, party=Party.CPAM, user=authorities.cpam_director, by=officer)
    aci.name_signatory(
        contract,
        party=Party.ARS,
        user=authorities.director,
        quality="directrice ou directeur délégué",
        delegation="décision d’exemple n°\u00a01",
        delegation_on=clock.today().replace(month=1, day=1),
        by=officer,
    )


def _identity(cpts: Cpts) -> Identity:
    """Numbers are invented for invented CPTS only; a real one has its own, which we do not know."""
    known = Identity("association de la loi de 1901", "", cpts.siret, cpts.finess, SEAT)
    if not cpts.slug.endswith("-exemple"):
        return known
    siren = _with_key(f"99{cpts.pk:06d}")
    return replace(
        known,
        rna=f"W99{cpts.pk:07d}",
        siret=_with_key(f"{siren}0001"),
        finess=_with_key(f"99{cpts.pk:06d}"),
    )


def _with_key(digits: str) -> str:
    return digits + str(luhn.calc_check_digit(digits))


def _annex(contract: Contract, authorities: Authorities) -> None:
    """The indicators of each contract year, when a national list already existed."""
    settings, grids = settings_of(contract), stored_grids()
    known = Indicator.objects.in_force_on(clock.today()).exists()
    for number in range(1, settings.contract_years + 1) if known else ():
        contract.refresh_from_db()
        day = contract_year(contract.signature_day, number, settings).start
        year = basis_of(contract).year(number, grids=[g for g in grids if g.effective_from <= day])
        envelopes = {ln.code: ln.ceiling for ln in year.lines if ln.part is Part.VARIABLE}
        lines = valued(national_lines(contract, number), envelopes)
        version = contract.terms_version
        aci.set_annex(
            contract, year=number, lines=lines, version=version, by=authorities.cpam_officer
        )


def valued(lines: list[AnnexLine], envelopes: dict[MissionCode, Decimal]) -> list[AnnexLine]:
    """Tiers keep their euros; the other indicators of a mission share what the envelope leaves."""
    found = []
    for line in lines:
        if line.mission not in envelopes:
            continue
        rule = replace(line.rule, label=f"{line.rule.label} ({INVENTED})")
        if rule.method is not Method.TIERS:
            rule = replace(rule, euros=_share(line, lines, envelopes[line.mission]))
        found.append(replace(line, rule=rule))
    return found


def _share(line: AnnexLine, lines: list[AnnexLine], envelope: Decimal) -> Decimal:
    same = [other.rule for other in lines if other.mission is line.mission]
    tiers = sum((rule.most for rule in same if rule.method is Method.TIERS), Decimal(0))
    others = [rule for rule in same if rule.method is not Method.TIERS]
    return ((envelope - tiers) / len(others)).quantize(WHOLE_EUROS, ROUND_DOWN)
