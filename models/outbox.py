"""What must happen after a commit, and what has happened."""

from typing import Any, ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model


class OutboxMail(Model):
    """A mail, written in the transaction of its step; sent by whoever holds the lease.

    `link` names what its link is for ("parent_login", "password_reset", "staff_invite", "login_request",
    "portal"), `link_id` and `link_sequence` which one: the token is computed at sending and kept nowhere.
    `due_at` is on the procedure's clock, `lease_until` on real time.
    """

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=60)
    recipient = fields.CharField(max_length=254)
    payload: Any = fields.JSONField(default=dict)
    unique_key = fields.CharField(max_length=200, unique=True)
    message_id = fields.CharField(max_length=200)
    region_id = fields.UUIDField()
    pupil_id = fields.UUIDField(null=True)
    link = fields.CharField(max_length=30, default="")
    link_id = fields.UUIDField(null=True)
    link_sequence = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    lease_token = fields.UUIDField(null=True)
    lease_until = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True, description="Overtaken: a newer link killed this one's")
    last_error = fields.CharField(max_length=300, default="")

    class Meta:
        table = "outbox_mail"
        indexes: ClassVar = [
            Index(fields=("pupil_id",), name="outbox_mail_pupil"),
        ]


class AuditEntry(Model):
    """Who did what, when, before and after. Insert and read only: grants and a trigger see to that."""

    id = fields.BigIntField(primary_key=True, generated=True)
    at = fields.DatetimeField()
    account_id = fields.UUIDField(null=True, description="Empty: the public, or the system")
    role = fields.CharField(max_length=20)
    act = fields.CharField(max_length=60, description="The step's name, or read.<what>")
    entity = fields.CharField(max_length=40)
    entity_id = fields.CharField(max_length=60)
    pupil_id = fields.UUIDField(null=True)
    region_id = fields.UUIDField(null=True)
    primary_school_id = fields.UUIDField(null=True)
    secondary_school_id = fields.UUIDField(null=True)
    before: Any = fields.JSONField(null=True)
    after: Any = fields.JSONField(null=True)
    correlation_id = fields.CharField(max_length=40, default="")

    class Meta:
        table = "audit_entry"
        indexes: ClassVar = [
            Index(fields=("pupil_id", "id"), name="audit_pupil"),
            Index(fields=("region_id", "id"), name="audit_region"),
        ]


class IdempotencyKey(Model):
    """The answer to a step asked with an Idempotency-Key; empty while the first one runs."""

    id = fields.UUIDField(primary_key=True)
    account_id = fields.UUIDField()
    key = fields.CharField(max_length=200)
    body_hash = fields.CharField(max_length=64)
    answer: Any = fields.JSONField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_key"
        constraints: ClassVar = [UniqueConstraint(fields=("account_id", "key"), name="idempotency_key_once")]


class ClockOffset(Model):
    """The sandbox's clock: procedure time = real time + offset. Empty in production."""

    id = fields.SmallIntField(primary_key=True)
    offset_seconds = fields.FloatField()

    class Meta:
        table = "clock_offset"
