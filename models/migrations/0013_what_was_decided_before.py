"""What a school decided before its last decision (rule 30), and where a child cannot be placed (rule 33)."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("loket", "0012_handling_lists")]

    operations = [
        ops.AddField(model_name="Enrolment", name="drawn_out_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Enrolment", name="not_at", field=fields.JSONField(null=True)),
    ]
