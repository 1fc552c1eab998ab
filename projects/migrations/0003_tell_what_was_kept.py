"""Identifiers of the requests, who stopped the clock, the pieces of each sending: told from rows."""

import uuid

from django.db import migrations


def tell(apps, schema_editor):
    for comment in apps.get_model("projects", "FieldComment").objects.filter(uuid=None):
        comment.uuid = uuid.uuid4()
        comment.save(update_fields=["uuid"])
    for stop in apps.get_model("projects", "Suspension").objects.filter(asked_by=None):
        asked = stop.comments.order_by("pk").first()
        if asked:
            stop.asked_by_id, stop.asked_by_role = asked.by_id, asked.by_role
            stop.save(update_fields=["asked_by", "asked_by_role"])
    attachments = apps.get_model("projects", "Attachment").objects.select_related("file")
    for piece in attachments.order_by("added_at", "pk"):
        fact = {
            "kind": piece.kind,
            "label": piece.label,
            "file": str(piece.file.uuid),
            "size": piece.file.size,
        }
        for sent in piece.filing.submissions.filter(submitted_at__gte=piece.added_at):
            sent.attachments = [*sent.attachments, fact]
            sent.save(update_fields=["attachments"])


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_corrections_checks_and_reminders")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
