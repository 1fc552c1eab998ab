from zoneinfo import ZoneInfo

from django.db import migrations

PARIS = ZoneInfo("Europe/Paris")


def note_present_bearer(apps, schema_editor):
    """Before this version only the present bearer was known, with the moment it began."""
    cpts = apps.get_model("territories", "Cpts")
    period = apps.get_model("territories", "BatonPeriod")
    period.objects.bulk_create(
        (
            period(cpts=one, baton=one.baton, starts_on=one.baton_since.astimezone(PARIS).date())
            for one in cpts.objects.filter(baton_periods=None).iterator()
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("territories", "0006_who_had_the_file")]

    operations = [migrations.RunPython(note_present_bearer, migrations.RunPython.noop)]
