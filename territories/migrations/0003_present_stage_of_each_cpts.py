from django.db import migrations


def note_present_stage(apps, schema_editor):
    """Before this version only the present stage was known, with its first day."""
    cpts = apps.get_model("territories", "Cpts")
    period = apps.get_model("territories", "StagePeriod")
    period.objects.bulk_create(
        (
            period(cpts=one, stage=one.stage, is_public=one.is_public, starts_on=one.stage_since)
            for one in cpts.objects.filter(stage_periods=None).iterator()
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("territories", "0002_dated_territories_and_outlines")]

    operations = [migrations.RunPython(note_present_stage, migrations.RunPython.noop)]
