"""When a dossier was taken in: soon after that its file goes."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("loket", "0009_deliveries")]

    operations = [
        ops.AddField(
            model_name="Upload",
            name="read_at",
            field=fields.DatetimeField(
                null=True, description="When this dossier was taken in; its pupil is who it is of"
            ),
        ),
    ]
