"""Every request has its own identifier from now on."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_tell_what_was_kept")]

    operations = [
        migrations.AlterField(
            model_name="fieldcomment",
            name="uuid",
            field=models.UUIDField(
                default=uuid.uuid4, editable=False, unique=True, verbose_name="identifiant"
            ),
        ),
    ]
