import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from rules.vocabulary import LoginRequestState


class Migration(migrations.Migration):
    dependencies = [("loket", "0010_dossiers_read")]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name="LoginRequest",
            options={
                "table": "login_request",
                "app": "loket",
                "constraints": [
                    UniqueConstraint(
                        fields=("pupil_id", "region_id"),
                        name="login_request_one_open",
                        condition="state = 'OPEN'",
                    )
                ],
                "indexes": [
                    Index(fields=["region_id", "school_year_id", "state"], name="login_request_open")
                ],
                "pk_attr": "id",
                "table_description": "A family that asks to begin (rule 24): of a linked region, then `pupil` is its child; or from outside,",
            },
        ),
        ops.AlterField(
            model_name="LoginRequest",
            name="email",
            field=fields.CharField(
                default="",
                description="Confirmed, or the address on file that mail 1 went to",
                max_length=254,
            ),
        ),
        ops.AlterField(
            model_name="LoginRequest",
            name="state",
            field=fields.CharEnumField(
                description="UNCONFIRMED: UNCONFIRMED\nOPEN: OPEN\nAPPROVED: APPROVED\nDECLINED: DECLINED",
                enum_type=LoginRequestState,
                max_length=20,
            ),
        ),
        ops.AlterField(
            model_name="LoginRequest",
            name="told",
            field=fields.JSONField(
                default=dict,
                description="What an outside family filled in; never the BSN",
                encoder=functools.partial(dumps, separators=(",", ":")),
                decoder=loads,
            ),
        ),
        ops.AddField(
            model_name="LoginRequest",
            name="birth_date",
            field=fields.DateField(
                null=True, description="An outside child's; it stands out among those alike"
            ),
        ),
        ops.AddField(
            model_name="LoginRequest",
            name="bsn_encrypted",
            field=fields.BinaryField(null=True, description="Until the region has decided"),
        ),
        ops.AddField(
            model_name="LoginRequest",
            name="bsn_index",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddConstraint(
            model_name="LoginRequest",
            constraint=UniqueConstraint(
                fields=("pupil_id", "region_id"), name="login_request_one_open", condition="state = 'OPEN'"
            ),
        ),
    ]
