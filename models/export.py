"""Files with many pupils, and the machines that read them (rule 39)."""

from typing import Any, ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.account import Account
from models.region import Region
from models.school import SecondarySchool
from rules.vocabulary import ExportKind, FileFormat, JobStatus


class Export(Model):
    """A file on request: claimed with a lease as mails are, written in the worker, gone soon after.

    All of it runs on real time. `reach`: what its asker reached then; whoever reaches something else does not get it.
    """

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(ExportKind, max_length=20)
    format = fields.CharEnumField(FileFormat, max_length=4)
    requested_by: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "loket.Account", on_delete=fields.RESTRICT
    )
    requested_by_id: UUID
    school_year_id = fields.UUIDField()
    department_id = fields.UUIDField(null=True)
    reach: Any = fields.JSONField(description="Role, region and schools of who asked")
    reason = fields.CharField(max_length=300, default="")
    status = fields.CharEnumField(JobStatus, max_length=10, default=JobStatus.QUEUED)
    progress = fields.SmallIntField(default=0, description="Per cent")
    row_count = fields.IntField(null=True, description="Once it is READY")
    storage_key = fields.CharField(max_length=120, default="")
    filename = fields.CharField(max_length=200)
    sha256 = fields.CharField(max_length=64, default="")
    size = fields.BigIntField(default=0)
    attempts = fields.SmallIntField(default=0)
    due_at = fields.DatetimeField()
    lease_token = fields.UUIDField(null=True)
    lease_until = fields.DatetimeField(null=True)
    last_error = fields.CharField(max_length=300, default="")
    created_at = fields.DatetimeField()
    ready_at = fields.DatetimeField(null=True)

    class Meta:
        table = "export"
        indexes: ClassVar = [Index(fields=("status", "due_at"), name="export_due")]


class Integrator(Model):
    """A machine: which schools and which exports it may read, from where, until when.

    Its account is its user name; `Account.active` ends it at once.
    """

    id = fields.UUIDField(primary_key=True)
    account: fields.OneToOneRelation[Account] = fields.OneToOneField(
        "loket.Account", on_delete=fields.RESTRICT, related_name="integrator"
    )
    account_id: UUID
    region: fields.ForeignKeyRelation[Region] = fields.ForeignKeyField(
        "loket.Region", on_delete=fields.RESTRICT
    )
    region_id: UUID
    kinds: list[str] = ArrayField(element_type="text", default=list)
    networks: list[str] = ArrayField(element_type="text", default=list)
    expires_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "integrator"
        indexes: ClassVar = [Index(fields=("region_id",), name="integrator_region")]


class IntegratorSchool(Model):
    """One secondary school that a machine was granted."""

    id = fields.UUIDField(primary_key=True)
    integrator: fields.ForeignKeyRelation[Integrator] = fields.ForeignKeyField(
        "loket.Integrator", on_delete=fields.CASCADE, related_name="schools"
    )
    integrator_id: UUID
    school: fields.ForeignKeyRelation[SecondarySchool] = fields.ForeignKeyField(
        "loket.SecondarySchool", on_delete=fields.RESTRICT
    )
    school_id: UUID

    class Meta:
        table = "integrator_school"
        constraints: ClassVar = [
            UniqueConstraint(fields=("integrator_id", "school_id"), name="integrator_school_once")
        ]


class IntegratorSecret(Model):
    """A secret of a machine, as a hash: 256 bits of chance need no slow one. After a rotation two work for a while."""

    id = fields.UUIDField(primary_key=True)
    integrator: fields.ForeignKeyRelation[Integrator] = fields.ForeignKeyField(
        "loket.Integrator", on_delete=fields.CASCADE, related_name="secrets"
    )
    integrator_id: UUID
    secret_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "integrator_secret"
        indexes: ClassVar = [Index(fields=("integrator_id",), name="integrator_secret_of")]
