"""Dossiers that are handed in at the command line and taken in by the worker."""

import functools
from json import dumps, loads
from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from rules.vocabulary import JobStatus


class Migration(migrations.Migration):
    dependencies = [("loket", "0008_keys_of_school_systems")]

    operations = [
        ops.CreateModel(
            name="Delivery",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "region",
                    fields.TextField(
                        null=True, description="The code that was said; only its schools", unique=False
                    ),
                ),
                (
                    "year",
                    fields.TextField(null=True, description="The school year that was said", unique=False),
                ),
                ("dry_run", fields.BooleanField(default=False)),
                ("confirm_overwrite", fields.BooleanField(default=False)),
                (
                    "status",
                    fields.CharEnumField(
                        default=JobStatus.QUEUED,
                        description="QUEUED: QUEUED\nRUNNING: RUNNING\nREADY: READY\nFAILED: FAILED",
                        enum_type=JobStatus,
                        max_length=10,
                    ),
                ),
                (
                    "problem",
                    fields.TextField(
                        default="", description="In Dutch: why no file was looked at", unique=False
                    ),
                ),
                ("attempts", fields.SmallIntField(default=0)),
                (
                    "due_at",
                    fields.DatetimeField(
                        null=True,
                        description="Empty as long as its files are coming in",
                        auto_now=False,
                        auto_now_add=False,
                    ),
                ),
                ("lease_token", fields.UUIDField(null=True)),
                ("lease_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_error", fields.CharField(default="", max_length=300)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "delivery",
                "app": "loket",
                "indexes": [Index(fields=["status", "due_at"], name="delivery_due")],
                "pk_attr": "id",
                "table_description": "Dossiers handed in together: claimed with a lease as mails are, gone some hours after its end.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DeliveredFile",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "delivery",
                    fields.ForeignKeyField(
                        "loket.Delivery",
                        source_field="delivery_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="files",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("number", fields.IntField(description="Its place among the files, from 0")),
                (
                    "filename",
                    fields.CharField(
                        description="As the sender called it; never used as a path", max_length=300
                    ),
                ),
                (
                    "storage_key",
                    fields.CharField(default="", description="Empty: it could not be read", max_length=120),
                ),
                ("size", fields.IntField(default=0)),
                (
                    "line",
                    fields.JSONField(
                        null=True,
                        description="Its line of the report; fields by name, no values",
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
            ],
            options={
                "table": "delivered_file",
                "app": "loket",
                "constraints": [
                    UniqueConstraint(fields=("delivery_id", "number"), name="delivered_file_number")
                ],
                "pk_attr": "id",
                "table_description": "One file of a delivery, and what became of it: written with what came in, or not at all.",
            },
            bases=["Model"],
        ),
    ]
