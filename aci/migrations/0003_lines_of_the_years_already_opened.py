"""Write the amounts to pay of the contract years that opened before lines existed."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

from aci.payments.schedule import due_lines


def write_lines(apps: Any, schema_editor: Any) -> None:
    years = apps.get_model("aci", "ContractYear").objects
    lines = apps.get_model("aci", "PaymentLine")
    lines.objects.bulk_create(
        (row for year in last_revisions(years.iterator()) for row in rows_of(year, lines)),
        batch_size=500,
    )


def last_revisions(years: Any) -> Iterator[Any]:
    """A later revision replaces what an earlier one asked for."""
    last: dict[tuple[int, int], Any] = {}
    for year in years:
        key = (year.contract_id, year.number)
        if key not in last or last[key].revision < year.revision:
            last[key] = year
    yield from last.values()


def rows_of(year: Any, lines: Any) -> Iterator[Any]:
    for line in due_lines(year.lines, year.schedule, reviewed=bool(year.inputs.get("reviewed"))):
        yield lines(
            contract_id=year.contract_id,
            origin="grid",
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


class Migration(migrations.Migration):
    dependencies = [("aci", "0002_payment_lines_and_orders")]

    operations = [migrations.RunPython(write_lines, migrations.RunPython.noop)]
