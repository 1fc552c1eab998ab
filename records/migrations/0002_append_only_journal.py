"""The database itself refuses to change or delete a journal entry (quality.md, Journal)."""

from django.db import migrations

REFUSAL = "A journal entry is never changed or deleted."

INSTALL = {
    "postgresql": [
        f"""
        CREATE FUNCTION records_refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
        END
        $$
        """,
        """
        CREATE TRIGGER records_journal_append_only
        BEFORE UPDATE OR DELETE ON records_journalentry
        FOR EACH ROW EXECUTE FUNCTION records_refuse_journal_change()
        """,
    ],
    "sqlite": [
        f"""
        CREATE TRIGGER records_journal_no_update BEFORE UPDATE ON records_journalentry
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
        """,
        f"""
        CREATE TRIGGER records_journal_no_delete BEFORE DELETE ON records_journalentry
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
        """,
    ],
}
REMOVE = {
    "postgresql": [
        "DROP TRIGGER records_journal_append_only ON records_journalentry",
        "DROP FUNCTION records_refuse_journal_change()",
    ],
    "sqlite": [
        "DROP TRIGGER records_journal_no_update",
        "DROP TRIGGER records_journal_no_delete",
    ],
}


def install(apps, schema_editor):
    for statement in INSTALL[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    for statement in REMOVE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
