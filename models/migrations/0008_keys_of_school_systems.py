"""Names of groups as long as the systems of schools have them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("loket", "0007_test_results")]

    operations = [
        ops.AlterField(
            model_name="Pupil",
            name="class_group",
            field=fields.CharField(default="", description="The group it sits in: 8a", max_length=64),
        ),
    ]
