"""From a computed contract year to its lines to pay; a later revision only adds its difference."""

from collections.abc import Iterator

from aci.models import ContractYear, PaymentLine
from aci.payments.schedule import DueLine, KnownLine, due_lines, plan_of
from foundation import clock


def plan_year(year: ContractYear) -> None:
    """Write what a new year, or a new revision of it, asks to pay or to recover.

    Call it with the contract held, right after the year is stored: nothing ordered changes, and a
    line that no order holds gives way to the new one.
    """
    wanted = wanted_lines(year)
    known = _known_lines(year) if year.revision > 1 else []
    plan = plan_of(wanted, known, today=clock.today())
    PaymentLine.objects.filter(pk__in=plan.replaced).update(replaced_by=year)
    origin = PaymentLine.Origin
    PaymentLine.objects.bulk_create(
        [
            *(as_row(line, year, origin.GRID) for line in plan.added),
            *(as_row(line, year, origin.REGULARISATION) for line in plan.regularised),
        ]
    )


def wanted_lines(year: ContractYear) -> tuple[DueLine, ...]:
    """The payments that the stored year asks for."""
    return due_lines(year.lines, year.schedule, reviewed=bool(year.inputs.get("reviewed")))


def rows_of(year: ContractYear) -> Iterator[PaymentLine]:
    """The lines of a first revision, not saved: for sets written in bulk."""
    for line in wanted_lines(year):
        yield as_row(line, year, PaymentLine.Origin.GRID)


def as_row(line: DueLine, year: ContractYear, origin: str) -> PaymentLine:
    """A line of the schedule as it is stored."""
    return PaymentLine(
        contract_id=year.contract_id,
        origin=origin,
        year=year,
        number=year.number,
        code=line.code.value,
        part=line.part.value,
        moment=line.moment.value,
        label=line.label,
        due_on=line.due_on,
        amount=line.amount,
        is_forecast=line.is_forecast,
        created_at=year.computed_at,
    )


def _known_lines(year: ContractYear) -> list[KnownLine]:
    rows = (
        PaymentLine.objects.standing()
        .filter(contract=year.contract_id, number=year.number)
        .with_order()
        .order_by("pk")
    )
    return [
        KnownLine(
            pk=row.pk,
            key=(row.code, row.part, row.moment),
            amount=row.amount,
            due_on=row.due_on,
            is_forecast=row.is_forecast,
            is_ordered=row.is_ordered,
        )
        for row in rows
    ]
