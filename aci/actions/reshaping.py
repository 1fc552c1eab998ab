"""A merger or a split until the parties agree: prepared, changed, put to them, answered."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from accounts.access import Permission
from accounts.models import User
from aci import reshaping_emails
from aci.actions.reshaped import apply_or_say_why
from aci.models import Reshaping, ReshapingCommune, ReshapingPart, ReshapingVoice
from aci.models.reshaping import Seat
from aci.reshaping_checks import refuse_busy, refuse_unfit
from aci.reshaping_figures import figures_of
from aci.reshaping_journal import note
from aci.reshaping_rules import NOBODY, count_refusal, sharing_refusal, union_of
from aci.reshaping_seats import seat_of
from aci.reshaping_workflow import RESHAPING_WORKFLOW
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from foundation.workflow import May, NotAllowed
from territories.models import Commune, CpamDistrict, Cpts, Departement, Succession
from territories.reshaping import held_cpts
from territories.scopes import may_on

Kind, Side = Succession.Kind, ReshapingPart.Side


@dataclass(frozen=True, slots=True)
class Successor:
    """A CPTS to found: its name and who will be in charge of it."""

    name: str
    departement: Departement
    cpam_district: CpamDistrict


@transaction.atomic
def draft_reshaping(
    kind: str,
    predecessors: Sequence[Cpts],
    successors: Sequence[Successor],
    *,
    effective_on: dt.date,
    reason: str,
    by: User,
    absorber: Cpts | None = None,
) -> Reshaping:
    """The ARS prepares it, or a CPTS asks for it: the ARS alone will put it to the parties.

    With an `absorber`, that CPTS takes the others in and stays itself; none is founded.
    """
    concerned = [*predecessors, *([absorber] if absorber else [])]
    held = list(held_cpts(one.pk for one in concerned).values())
    before = [one for one in held if absorber is None or one.pk != absorber.pk]
    is_asked = not _may_on_one(held, by)(Permission.RESHAPING_DRAFT)
    if is_asked and not _may_on_one(held, by)(Permission.FILING_SUBMIT):
        raise NotAllowed("draft_reshaping")
    refusal = count_refusal(kind, len(held), 1 if absorber else len(successors))
    if refusal:
        raise Refused(refusal)
    _refuse_names(successors, held)
    refuse_busy(before, effective_on)
    refuse_unfit([one for one in held if one not in before], effective_on)
    reshaping = Reshaping(
        kind=kind,
        effective_on=effective_on,
        reason=_reason(reason),
        drafted_by=by,
        drafted_at=clock.now(),
        is_asked=is_asked,
    )
    reshaping.save()
    _add_parts(reshaping, before, successors, [one for one in held if one not in before])
    _share_by_default(reshaping)
    _count_again(reshaping)
    what = "Demande" if is_asked else "Préparation"
    note("draft_reshaping", reshaping, by=by, sentence=f"{what} : {_lower(reshaping.title)}")
    if is_asked:
        reshaping_emails.asked(reshaping, by=by)
    return reshaping


@transaction.atomic
def share_communes(reshaping: Reshaping, sharing: Mapping[str, int], *, by: User) -> Reshaping:
    """To which successor each commune goes, by its rank; 0 leaves it to nobody."""

    def change(row: Reshaping) -> None:
        held = held_communes(row)
        names = dict(Commune.objects.filter(pk__in=held).values_list("pk", "name"))
        successors = {part.position: part.name for part in row.successors}
        refusal = sharing_refusal(held, sharing, successors, names)
        if refusal:
            raise Refused(refusal)
        by_position = {part.position: part for part in row.successors}
        row.communes.all().delete()
        ReshapingCommune.objects.bulk_create(
            ReshapingCommune(
                reshaping=row,
                commune_id=code,
                share=share,
                part=None if sharing[code] == NOBODY else by_position[sharing[code]],
            )
            for code, share in held.items()
        )

    return _change(reshaping, change, "répartition des communes", by=by)


@transaction.atomic
def change_reshaping(
    reshaping: Reshaping, *, effective_on: dt.date, reason: str, by: User
) -> Reshaping:
    """Another day, another reason."""

    def change(row: Reshaping) -> None:
        _refuse_obstacles(row, effective_on)
        row.effective_on, row.reason = effective_on, _reason(reason)

    return _change(reshaping, change, f"effet le {format_date(effective_on)}", by=by)


@transaction.atomic
def propose_reshaping(reshaping: Reshaping, *, by: User) -> Reshaping:
    """From now on nothing of it changes: each party agrees, or refuses, what it reads."""
    row = held_reshaping(reshaping)
    RESHAPING_WORKFLOW.apply("propose", row, may=_may_of(row, by))
    _refuse_obstacles(row, row.effective_on)
    refuse_other_communes(row)
    row.figures = figures_of(row)
    row.save()
    note("propose_reshaping", row, by=by, sentence=f"{row.title} : soumise aux parties")
    reshaping_emails.proposed(row, by=by)
    return row


@transaction.atomic
def agree_reshaping(reshaping: Reshaping, *, by: User) -> Reshaping:
    """One accord; the last one decides, and carries it out when the day has come."""
    row = held_reshaping(reshaping)
    seat = _seat(row, by)
    RESHAPING_WORKFLOW.apply(f"agree_for_{seat.party.value}", row, may=_may_of(row, by))
    _say(row, seat, by=by)
    note("agree_reshaping", row, by=by, sentence=f"{row.title} : accord de {seat.with_article}")
    if not row.missing_seats:
        RESHAPING_WORKFLOW.apply("accept", row, may=_may_of(row, User.objects.portal()))
        row.save()
        day = format_date(row.effective_on)
        note("accept_reshaping", row, by=by, sentence=f"{row.title} : acceptée, effet le {day}")
        reshaping_emails.agreed(row, by=by)
        if row.effective_on <= clock.today():
            apply_or_say_why(row)
            return held_reshaping(row)
    return row


@transaction.atomic
def refuse_reshaping(reshaping: Reshaping, *, reason: str, by: User) -> Reshaping:
    """One refusal is enough, and says why."""
    row = held_reshaping(reshaping)
    seat = _seat(row, by)
    reason = reason.strip()
    if not reason:
        raise Refused("Dites pourquoi vous refusez : les autres parties le lisent.")
    RESHAPING_WORKFLOW.apply(f"refuse_for_{seat.party.value}", row, may=_may_of(row, by))
    _say(row, seat, reason=reason, by=by)
    row.end_reason = reason
    _close(row)
    sentence = f"{row.title} : refusée par {seat.with_article}"
    note("refuse_reshaping", row, by=by, sentence=sentence, reason=reason)
    reshaping_emails.refused(row, by=by)
    return row


@transaction.atomic
def drop_reshaping(reshaping: Reshaping, *, reason: str, by: User) -> Reshaping:
    """Given up before its day."""
    row = held_reshaping(reshaping)
    reason = reason.strip()
    if not reason:
        raise Refused("Dites pourquoi elle est abandonnée : les parties le lisent.")
    RESHAPING_WORKFLOW.apply("drop", row, may=_may_of(row, by))
    row.end_reason = reason
    _close(row)
    note("drop_reshaping", row, by=by, sentence=f"{row.title} : abandonnée", reason=reason)
    reshaping_emails.dropped(row, by=by)
    return row


# --- Steps shared by the acts ------------------------------------------------------------------


def held_reshaping(reshaping: Reshaping) -> Reshaping:
    """The row as it stands, held until the end of the act."""
    Reshaping.objects.select_for_update().get(pk=reshaping.pk)
    row: Reshaping = Reshaping.objects.with_parts().with_voices().get(pk=reshaping.pk)
    return row


def held_communes(row: Reshaping) -> dict[str, int]:
    """What the predecessors hold now, code → share."""
    territories = [part.known.territory for part in row.concerned]
    return union_of([one.shares for one in territories if one])


def refuse_other_communes(row: Reshaping) -> None:
    """A territory that changed since the communes were shared out asks for it again."""
    if dict(row.communes.values_list("commune", "share")) != held_communes(row):
        raise Refused(
            "Le territoire d’une des CPTS a changé depuis la répartition des communes : "
            "reprenez-la."
        )


def _refuse_obstacles(row: Reshaping, day: dt.date) -> None:
    refuse_busy([part.known for part in row.predecessors], day)
    refuse_unfit([part.known for part in row.successors if part.absorbs], day)


def _change(
    reshaping: Reshaping, change: Callable[[Reshaping], None], what: str, *, by: User
) -> Reshaping:
    row = held_reshaping(reshaping)
    RESHAPING_WORKFLOW.apply("change", row, may=_may_of(row, by))
    change(row)
    _count_again(row)
    note("change_reshaping", row, by=by, sentence=f"{row.title} : {what}")
    return row


def _add_parts(
    reshaping: Reshaping,
    before: Sequence[Cpts],
    successors: Sequence[Successor],
    absorbers: Sequence[Cpts],
) -> None:
    try:
        with transaction.atomic():
            for position, cpts in enumerate(before, 1):
                reshaping.parts.create(side=Side.BEFORE, position=position, cpts=cpts)
            for cpts in absorbers:
                reshaping.parts.create(
                    side=Side.AFTER,
                    position=1,
                    cpts=cpts,
                    absorbs=True,
                    name=cpts.name,
                    departement=cpts.departement,
                    cpam_district=cpts.cpam_district,
                )
    except IntegrityError:
        raise Refused(
            "Une de ces CPTS est déjà dans une fusion ou une scission en cours."
        ) from None
    for position, one in enumerate(successors, 1):
        reshaping.parts.create(
            side=Side.AFTER,
            position=position,
            name=one.name.strip(),
            departement=one.departement,
            cpam_district=one.cpam_district,
        )


def _share_by_default(reshaping: Reshaping) -> None:
    """Everything goes to the only successor; a split is shared out by hand, next."""
    row = Reshaping.objects.with_parts().get(pk=reshaping.pk)
    if row.is_merger:
        ReshapingCommune.objects.bulk_create(
            ReshapingCommune(reshaping=row, commune_id=code, share=share, part=row.successors[0])
            for code, share in held_communes(row).items()
        )


def _count_again(row: Reshaping) -> None:
    fresh = Reshaping.objects.with_parts().get(pk=row.pk)
    fresh.effective_on = row.effective_on
    row.figures = figures_of(fresh)
    row.save()


def _say(row: Reshaping, seat: Seat, *, by: User, reason: str = "") -> None:
    """Once for each party, and nobody for two of them."""
    for one in row.said:
        if (one.party, one.body) == (seat.party.value, seat.body):
            raise Refused(f"{seat.name} s’est déjà prononcée.")
        if one.user_id == by.pk:
            raise Refused("Une personne ne se prononce pas pour deux parties.")
    voice = ReshapingVoice.objects.create(
        reshaping=row,
        party=seat.party,
        body=seat.body,
        body_name=seat.name,
        agrees=not reason,
        reason=reason,
        user=by,
        name=by.get_full_name(),
        role=seat.party.signatory,
        at=clock.now(),
    )
    row.said.append(voice)


def _close(row: Reshaping) -> None:
    row.save()
    row.parts.update(is_open=False)


def _seat(row: Reshaping, by: User) -> Seat:
    seat = seat_of(row, by)
    if seat is None:
        raise NotAllowed("reshaping")
    return seat


def _may_of(row: Reshaping, by: User) -> May:
    return _may_on_one([part.known for part in row.concerned], by)


def _may_on_one(predecessors: Iterable[Cpts], by: User) -> May:
    """What this person may do on at least one of the CPTS before."""
    mays = [may_on(by, cpts) for cpts in predecessors]
    return lambda permission: any(may(permission) for may in mays)


def _refuse_names(successors: Sequence[Successor], held: Sequence[Cpts]) -> None:
    names = [one.name.strip() for one in successors]
    if not all(names):
        raise Refused("Donnez un nom à chaque nouvelle CPTS.")
    if len({name.casefold() for name in names}) < len(names):
        raise Refused("Deux nouvelles CPTS ne portent pas le même nom.")
    places: dict[str, set[Any]] = {
        "departement": {one.departement_id for one in held},
        "cpam_district": {one.cpam_district_id for one in held},
    }
    for one in successors:
        if one.departement.pk not in places["departement"]:
            raise Refused("Le département de la nouvelle CPTS est un de ceux d’avant.")
        if one.cpam_district.pk not in places["cpam_district"]:
            raise Refused("La CPAM de la nouvelle CPTS est une de celles d’avant.")


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("Dites pourquoi les CPTS fusionnent ou se scindent.")
    return text.strip()


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
