"""Opinions given before invitations existed get theirs; decided files have released opinions."""

from dataclasses import asdict

from django.db import migrations
from django.db.models import F

from projects.opinion_grid_files import read_opinion_grids


def invite_afterwards(apps, schema_editor):
    opinions = apps.get_model("projects", "Opinion").objects
    filings = apps.get_model("projects", "Filing").objects
    filings.filter(state__in=["approved", "refused"]).update(opinions_released_at=F("decided_at"))
    if not opinions.exists():
        return
    national = next(grid for grid in read_opinion_grids() if grid.region is None)
    columns = asdict(national)
    code, _ = columns.pop("code"), columns.pop("region")
    grid, _ = apps.get_model("projects", "OpinionGrid").objects.get_or_create(
        code=code, defaults=columns
    )
    request = apps.get_model("projects", "OpinionRequest")
    request.objects.bulk_create(
        request(
            filing_id=opinion.filing_id,
            level=opinion.level,
            body=opinion.body,
            is_required=True,
            grid=grid,
            state="given",
            invited_at=opinion.filing.complete_at or opinion.given_at,
            invited_by_id=opinion.given_by_id,
            due_on=opinion.given_at.date(),
            closed_at=opinion.given_at,
        )
        for opinion in opinions.select_related("filing").iterator()
    )


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_ask_for_opinions")]

    operations = [migrations.RunPython(invite_afterwards, migrations.RunPython.noop)]
