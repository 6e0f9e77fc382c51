"""What an OSO dossier brings besides sections, and how its older codes of adviezen are read.

The table of codes is one for all: the list is national, as that of the adviezen. The one per region that it
replaces was never filled.
"""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("loket", "0005_region_of_a_session")]

    initial = False

    operations = [
        ops.CreateModel(
            name="OsoCode",
            fields=[
                ("code", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=2)),
                (
                    "advice",
                    fields.ForeignKeyField(
                        "loket.Advice",
                        source_field="advice_id",
                        null=True,
                        db_constraint=True,
                        to_field="code",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "text",
                    fields.CharField(default="", description="What the code means, in Dutch", max_length=200),
                ),
            ],
            options={
                "table": "oso_code",
                "app": "loket",
                "pk_attr": "code",
                "table_description": "Which advice the older code of a dossier is read as; without one, PO "
                "confirms it.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Address",
            name="detail",
            field=fields.CharField(
                default="", db_default="", description="Where on the spot: 3-hoog-achter", max_length=35
            ),
        ),
        ops.AddField(
            model_name="Address",
            name="kind",
            field=fields.CharField(
                default="",
                db_default="",
                description="Of a dossier: bezoek, gba, post, buiten",
                max_length=10,
            ),
        ),
        ops.AddField(
            model_name="Guardian",
            name="deceased",
            field=fields.BooleanField(
                default=False, db_default=False, description="Stands last, so that nobody writes them"
            ),
        ),
        ops.DeleteModel(name="OsoAdviceCode"),
    ]
