"""Files that somebody at the command line hands in, for the worker to take in."""

from typing import Any, ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from rules.vocabulary import JobStatus


class Delivery(Model):
    """Dossiers handed in together: claimed with a lease as mails are, gone some hours after its end."""

    id = fields.UUIDField(primary_key=True)
    region = fields.TextField(null=True, description="The code that was said; only its schools")
    year = fields.TextField(null=True, description="The school year that was said")
    dry_run = fields.BooleanField(default=False)
    confirm_overwrite = fields.BooleanField(default=False)
    status = fields.CharEnumField(JobStatus, max_length=10, default=JobStatus.QUEUED)
    problem = fields.TextField(default="", description="In Dutch: why no file was looked at")
    attempts = fields.SmallIntField(default=0)
    due_at = fields.DatetimeField(null=True, description="Empty as long as its files are coming in")
    lease_token = fields.UUIDField(null=True)
    lease_until = fields.DatetimeField(null=True)
    last_error = fields.CharField(max_length=300, default="")
    created_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery"
        indexes: ClassVar = [Index(fields=("status", "due_at"), name="delivery_due")]


class DeliveredFile(Model):
    """One file of a delivery, and what became of it: written with what came in, or not at all."""

    id = fields.UUIDField(primary_key=True)
    delivery: fields.ForeignKeyRelation[Delivery] = fields.ForeignKeyField(
        "loket.Delivery", on_delete=fields.CASCADE, related_name="files"
    )
    delivery_id: UUID
    number = fields.IntField(description="Its place among the files, from 0")
    filename = fields.CharField(max_length=300, description="As the sender called it; never used as a path")
    storage_key = fields.CharField(max_length=120, default="", description="Empty: it could not be read")
    size = fields.IntField(default=0)
    line: Any = fields.JSONField(null=True, description="Its line of the report; fields by name, no values")

    class Meta:
        table = "delivered_file"
        constraints: ClassVar = [
            UniqueConstraint(fields=("delivery_id", "number"), name="delivered_file_number")
        ]
