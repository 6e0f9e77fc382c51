"""Which region a family signed in with; D'Souza found as dsouza; a pupil without a version, which nothing read."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("loket", "0004_guards_in_the_database")]

    operations = [
        ops.RunSQL(
            "UPDATE pupil SET sort_name = translate(sort_name, $$'\u2018\u2019\u02bc`$$, '')"
            " WHERE sort_name ~ $$['\u2018\u2019\u02bc`]$$",
            reverse_sql="SELECT 1",
        ),
        ops.RemoveField(model_name="Pupil", name="version"),
        ops.AddField(
            model_name="Session",
            name="region",
            field=fields.ForeignKeyField(
                "loket.Region",
                source_field="region_id",
                null=True,
                description="A family's: signed in with this one",
                db_constraint=True,
                to_field="id",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
    ]
