from zoneinfo import ZoneInfo

from django.db import migrations

from foundation.search import search_key

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


def fill_search_keys(apps, schema_editor):
    """Presidents are found without accents, as names are."""
    cpts = apps.get_model("territories", "Cpts")
    for one in cpts.objects.exclude(president_name="").only("president_name").iterator():
        key = search_key(one.president_name)[:200]
        cpts.objects.filter(pk=one.pk).update(search_president=key)


class Migration(migrations.Migration):
    dependencies = [("territories", "0006_who_had_the_file")]

    operations = [
        migrations.RunPython(note_present_bearer, migrations.RunPython.noop),
        migrations.RunPython(fill_search_keys, migrations.RunPython.noop),
    ]
