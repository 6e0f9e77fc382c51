"""Files that come in, and files Loket makes."""

from typing import Any, ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.account import Account
from models.enrolment import Supplement
from models.pupil import Pupil
from rules.vocabulary import DocumentKind, JobStatus, UploadKind


class Upload(Model):
    """A file somebody sends. `state`: AWAITING bytes, QUARANTINE, RELEASED, REFUSED, REMOVED."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(UploadKind, max_length=20)
    owner: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "loket.Account", on_delete=fields.RESTRICT
    )
    owner_id: UUID
    pupil: fields.ForeignKeyNullableRelation[Pupil] = fields.ForeignKeyField(
        "loket.Pupil", on_delete=fields.RESTRICT, null=True, related_name="uploads"
    )
    pupil_id: UUID | None
    supplement: fields.ForeignKeyNullableRelation[Supplement] = fields.ForeignKeyField(
        "loket.Supplement", on_delete=fields.RESTRICT, null=True, related_name="uploads"
    )
    supplement_id: UUID | None
    filename = fields.CharField(max_length=200, description="As the sender called it; never used as a path")
    title = fields.CharField(max_length=200, default="")
    declared_size = fields.IntField()
    size = fields.IntField(default=0)
    content_type = fields.CharField(max_length=80, default="")
    sha256 = fields.CharField(max_length=64, default="")
    storage_key = fields.CharField(max_length=120, default="")
    state = fields.CharField(max_length=12, default="AWAITING")
    refusal = fields.CharField(max_length=300, default="")
    source = fields.CharField(max_length=40, default="", description="OSO when a dossier brought it")
    created_at = fields.DatetimeField()
    received_at = fields.DatetimeField(null=True)
    read_at = fields.DatetimeField(
        null=True, description="When this dossier was taken in; its pupil is who it is of"
    )

    class Meta:
        table = "upload"
        indexes: ClassVar = [Index(fields=("pupil_id", "kind", "state"), name="upload_pupil")]


class Document(Model):
    """A PDF on request: claimed with a lease as mails are, made in the worker, gone after a while."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(DocumentKind, max_length=20)
    pupil: fields.ForeignKeyRelation[Pupil] = fields.ForeignKeyField("loket.Pupil", on_delete=fields.RESTRICT)
    pupil_id: UUID
    region_id = fields.UUIDField(null=True)
    requested_by: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "loket.Account", on_delete=fields.RESTRICT
    )
    requested_by_id: UUID
    status = fields.CharEnumField(JobStatus, max_length=10, default=JobStatus.QUEUED)
    content: Any = fields.JSONField(description="What the PDF says, frozen when it was asked for")
    storage_key = fields.CharField(max_length=120, default="")
    filename = fields.CharField(max_length=200)
    sha256 = fields.CharField(max_length=64, default="")
    size = fields.IntField(default=0)
    attempts = fields.SmallIntField(default=0)
    due_at = fields.DatetimeField()
    lease_token = fields.UUIDField(null=True)
    lease_until = fields.DatetimeField(null=True)
    last_error = fields.CharField(max_length=300, default="")
    created_at = fields.DatetimeField()
    ready_at = fields.DatetimeField(null=True)

    class Meta:
        table = "document"
        indexes: ClassVar = [Index(fields=("status", "due_at"), name="document_due")]
