"""Acts on the missions of a contract in force: how far each is, what its indicators measure."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from aci.contract_funding import settings_of
from aci.deadlines import contract_years
from aci.indicator_rules import AnnexLine
from aci.models import Contract, ContractMission
from aci.standing import standing_of
from aci.workflow import RUNNING, ContractState
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from missions import emails
from missions.cards import amount_text
from missions.catalogue import Catalogue, CatalogueIndicator, read_catalogues
from missions.models import Indicator, IndicatorTier, IndicatorValue, MissionProgress
from missions.workflow import WORKFLOW
from records import files, journal
from territories.models import Cpts
from territories.scopes import may_on, quality_on

AFTER_THE_CATALOGUE = 1000
LABEL_LENGTH = 150


@transaction.atomic
def start(mission: ContractMission, *, on: dt.date, by: User) -> MissionProgress:
    """The coordinator declares that a mission has started, from a day of the contract on."""

    def dated(progress: MissionProgress) -> None:
        signed_on = progress.mission.contract.signature_day
        if on < signed_on:
            raise Refused(
                f"Une mission ne démarre pas avant la signature du contrat, "
                f"le {format_date(signed_on)}."
            )
        _refuse_future(on)
        progress.started_on = on

    progress = _move("start", mission, dated, f"démarrée le {format_date(on)}", by=by)
    emails.tell_the_cpam(progress, _cpts(progress), by=by)
    return progress


@transaction.atomic
def deploy(mission: ContractMission, *, on: dt.date, by: User) -> MissionProgress:
    """The coordinator declares that a mission is fully deployed."""

    def dated(progress: MissionProgress) -> None:
        if progress.started_on and on < progress.started_on:
            raise Refused("Une mission ne se déploie pas avant son démarrage.")
        _refuse_future(on)
        progress.deployed_on = on

    sentence = f"pleinement déployée le {format_date(on)}"
    progress = _move("deploy", mission, dated, sentence, by=by)
    emails.tell_the_cpam(progress, _cpts(progress), by=by)
    return progress


@transaction.atomic
def reopen(mission: ContractMission, *, reason: str, by: User) -> MissionProgress:
    """A deployment declared too soon is taken back, with the reason."""

    def undated(progress: MissionProgress) -> None:
        progress.deployed_on = None

    return _move("reopen", mission, undated, "de nouveau en déploiement", by=by, reason=reason)


@transaction.atomic
def cancel_start(mission: ContractMission, *, reason: str, by: User) -> MissionProgress:
    """A start declared by mistake is taken back, with the reason."""

    def undated(progress: MissionProgress) -> None:
        progress.started_on = None

    return _move("cancel_start", mission, undated, "démarrage annulé", by=by, reason=reason)


@transaction.atomic
def save_note(mission: ContractMission, *, note: str, version: int, by: User) -> MissionProgress:
    """Write where the mission stands. `version` is the one of the page: a stale one is refused."""
    progress = _held(mission, by)
    if progress.version != version:
        raise StaleVersion(
            "Quelqu’un a modifié le point d’avancement depuis que vous avez ouvert la page. "
            "Votre texte est encore là : comparez, puis enregistrez."
        )
    progress.note = note.strip()
    progress.version += 1
    _save(progress, by)
    _record("save_note", progress, "point d’avancement mis à jour", by=by)
    return progress


@transaction.atomic
def enter_value(
    mission: ContractMission,
    indicator: Indicator | AnnexLine,
    *,
    year: int,
    value: Decimal,
    measured_on: dt.date,
    proof: UploadedFile | None,  # type: ignore[type-arg]  # generic only in its stubs
    by: User,
    comment: str = "",
) -> IndicatorValue:
    """Enter a measure with its proof. Entering again corrects: the last row counts, all stay.

    `indicator`: of the catalogue, or a line that only the annex of this contract names.
    """
    progress = _held(mission, by)
    contract = progress.mission.contract
    if isinstance(indicator, AnnexLine):
        indicator = _own_indicator(contract, indicator)
    _check_measure(contract, progress.mission, indicator, year, value, measured_on)
    if proof is None:
        raise Refused("Joignez la preuve de cette valeur.")
    cpts = contract.cpts
    row = IndicatorValue.objects.create(
        contract=contract,
        year=year,
        indicator=indicator,
        value=value,
        measured_on=measured_on,
        comment=comment.strip(),
        proof=files.store_upload(proof, by=by, dossier=cpts.reference),
        entered_by=by,
        entered_at=clock.now(),
    )
    journal.record(
        "enter_value",
        row,
        by=by,
        dossier=cpts.reference,
        sentence=(
            f"Indicateur « {indicator.label} », année {year} : {amount_text(value, indicator.unit)}"
        ),
        role=quality_on(by, cpts),
        value=str(value),
        measured_on=measured_on.isoformat(),
        proof_sha256=row.proof.sha256,
    )
    return row


@transaction.atomic
def load_indicators() -> int:
    """Bring the catalogues of `missions/indicators/` up to date, as many times as one likes."""
    catalogues = read_catalogues()
    for catalogue in catalogues:
        for position, line in enumerate(catalogue.indicators):
            _load(catalogue, line, position)
    _end_replaced()
    return sum(len(catalogue.indicators) for catalogue in catalogues)


# --- Progress --------------------------------------------------------------------------------


def _move(
    verb: str,
    mission: ContractMission,
    change: Callable[[MissionProgress], None],
    sentence: str,
    *,
    by: User,
    reason: str | None = None,
) -> MissionProgress:
    progress = _held(mission, by)
    before = progress.state
    WORKFLOW.apply(verb, progress, may=may_on(by, _cpts(progress)))
    if reason is not None and not reason.strip():
        raise Refused("Dites pourquoi : le motif est gardé au journal.")
    change(progress)
    _save(progress, by)
    _record(verb, progress, sentence, by=by, before=before, reason=(reason or "").strip())
    return progress


def _held(mission: ContractMission, by: User) -> MissionProgress:
    """The progress as it stands now, its mission's row held; made at the first act."""
    row = (
        ContractMission.objects.select_for_update(of=("self",))
        .select_related("contract__cpts")
        .get(pk=mission.pk)
    )
    if not may_on(by, row.contract.cpts)(Permission.MISSION_REPORT):
        raise NotAllowed("report")
    _refuse_out_of_force(row.contract)
    progress, _ = MissionProgress.objects.get_or_create(mission=row, defaults={"updated_by": by})
    progress.mission = row
    return progress


def _refuse_out_of_force(contract: Contract) -> None:
    if contract.state == ContractState.EXPIRED:
        raise Refused("Le contrat est arrivé à échéance : ses missions ne changent plus.")
    if contract.state == ContractState.TERMINATED:
        raise Refused("Le contrat est résilié : ses missions ne changent plus.")
    if contract.state not in RUNNING:
        raise Refused("Le contrat n’est pas encore signé : l’avancement se déclare ensuite.")


def _refuse_future(day: dt.date) -> None:
    if day > clock.today():
        raise Refused("Cette date est dans l’avenir : déclarez ce qui est déjà fait.")


def _save(progress: MissionProgress, by: User) -> None:
    progress.updated_by = by
    progress.updated_at = clock.now()
    progress.save()


def _cpts(progress: MissionProgress) -> Cpts:
    cpts: Cpts = progress.mission.contract.cpts
    return cpts


def _record(
    verb: str,
    progress: MissionProgress,
    sentence: str,
    *,
    by: User,
    before: str = "",
    reason: str = "",
) -> None:
    cpts = _cpts(progress)
    journal.record(
        verb,
        progress,
        by=by,
        dossier=cpts.reference,
        sentence=f"Mission « {progress.mission.label} » : {sentence}",
        from_state=before,
        to_state=progress.state,
        reason=reason,
        role=quality_on(by, cpts),
    )


# --- Indicators ------------------------------------------------------------------------------


def _check_measure(
    contract: Contract,
    mission: ContractMission,
    indicator: Indicator,
    year: int,
    value: Decimal,
    measured_on: dt.date,
) -> None:
    if indicator.mission != mission.code:
        raise Refused(f"L’indicateur « {indicator.label} » est celui d’une autre mission.")
    years = {
        item.number: item for item in contract_years(contract.signature_day, settings_of(contract))
    }
    period = years.get(year)
    if period is None or period.start > clock.today():
        raise Refused("Cette année de contrat n’a pas commencé.")
    if measured_on < period.start:
        raise Refused(
            f"L’année {year} du contrat commence le {format_date(period.start)} : "
            "la mesure ne peut pas être plus ancienne."
        )
    annex = standing_of(contract).annexes.get(year)
    named = annex.of(mission.mission) if annex else ()
    if named and indicator.code not in {line.code for line in named}:
        raise Refused(
            f"L’annexe signée de l’année {year} ne compte pas l’indicateur « {indicator.label} »."
        )
    _refuse_future(measured_on)
    if not value.is_finite() or value < 0:
        raise Refused("La valeur d’un indicateur est un nombre positif ou nul.")


def _own_indicator(contract: Contract, line: AnnexLine) -> Indicator:
    """The row that holds the measures of a line of this contract's annex; its rule stays there."""
    rule = line.rule
    row, _ = Indicator.objects.get_or_create(
        contract=contract,
        code=line.code,
        defaults={
            "mission": line.mission.value,
            "label": rule.label[:LABEL_LENGTH],
            "unit": line.unit,
            "direction": rule.direction.value,
            "method": rule.method.value,
            "target": rule.target,
            "baseline": rule.baseline,
            "euros": rule.euros,
            "position": AFTER_THE_CATALOGUE,
            "catalogue": "annexe",
            "effective_from": contract.signature_day,
            "is_confirmed": True,
            "source": f"Annexe du contrat {contract.reference}",
        },
    )
    return row


def _load(catalogue: Catalogue, line: CatalogueIndicator, position: int) -> None:
    rule = line.rule
    indicator, _ = Indicator.objects.update_or_create(
        code=line.code,
        contract=None,
        effective_from=catalogue.effective_from,
        defaults={
            "mission": line.mission.value,
            "label": rule.label,
            "definition": line.definition,
            "unit": line.unit,
            "direction": rule.direction.value,
            "method": rule.method.value,
            "target": rule.target,
            "baseline": rule.baseline,
            "euros": rule.euros,
            "position": position,
            "catalogue": catalogue.code,
            "is_confirmed": catalogue.is_confirmed,
            "source": catalogue.source,
        },
    )
    indicator.tiers.all().delete()
    IndicatorTier.objects.bulk_create(
        IndicatorTier(indicator=indicator, worst=tier.worst, best=tier.best, euros=tier.euros)
        for tier in rule.tiers
    )


def _end_replaced() -> None:
    """A newer version of an indicator ends the one before it."""
    newer: dict[str, dt.date] = {}
    for indicator in Indicator.objects.filter(contract=None).order_by("-effective_from", "pk"):
        following = newer.get(indicator.code)
        ends_on = following - dt.timedelta(days=1) if following else None
        if indicator.effective_to != ends_on:
            indicator.effective_to = ends_on
            indicator.save(update_fields=["effective_to"])
        newer[indicator.code] = indicator.effective_from
