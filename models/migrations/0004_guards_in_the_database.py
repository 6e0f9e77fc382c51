"""What the database itself refuses, whoever asks: changing or deleting an audit row."""

from tortoise import migrations
from tortoise.migrations import operations as ops

REFUSE_CHANGES = """
CREATE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("loket", "0003_constraints")]

    operations = [
        ops.RunSQL(
            [
                REFUSE_CHANGES,
                "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry"
                " FOR EACH ROW EXECUTE FUNCTION audit_entry_is_append_only()",
                "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry"
                " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only()",
                "CREATE INDEX outbox_mail_due ON outbox_mail (due_at)"
                " WHERE sent_at IS NULL AND cancelled_at IS NULL",
            ],
            reverse_sql=[
                "DROP INDEX outbox_mail_due",
                "DROP TRIGGER audit_entry_no_truncate ON audit_entry",
                "DROP TRIGGER audit_entry_no_change ON audit_entry",
                "DROP FUNCTION audit_entry_is_append_only()",
            ],
        )
    ]
