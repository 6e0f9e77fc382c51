"""Keys and names of groups as long as the systems of schools have them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("loket", "0004_guards_in_the_database")]

    operations = [
        ops.AlterField(model_name="Pupil", name="eck_id", field=fields.CharField(default="", max_length=256)),
        ops.AlterField(
            model_name="Pupil",
            name="school_key",
            field=fields.CharField(
                default="", description="The key in the school's own system", max_length=256
            ),
        ),
        ops.AlterField(
            model_name="Pupil",
            name="class_group",
            field=fields.CharField(default="", description="The group it sits in: 8a", max_length=64),
        ),
    ]
