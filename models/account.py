"""Who may sign in, and the invitations of parents."""

from typing import Any, ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.pupil import Pupil
from models.region import Region, RegionGroup, SchoolYear
from models.school import PrimarySchool, SecondarySchool
from rules.vocabulary import LoginRequestState, LoginStatus, Role


class Account(Model):
    """A person, one child's parents (rule 2: one account per child), or a machine.

    `username` is unique within `realm`: "staff" for people of schools and regions, group and school
    year for parents, whose user name is an ELK number (rule 14).
    """

    id = fields.UUIDField(primary_key=True)
    username = fields.CharField(max_length=254)
    realm = fields.CharField(max_length=90, default="staff")
    role = fields.CharEnumField(Role, max_length=20)
    display_name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=254, default="", description="Staff; a family's lies in the Oki-doc")
    password_hash = fields.CharField(max_length=200, null=True)
    active = fields.BooleanField(default=True)
    region: fields.ForeignKeyNullableRelation[Region] = fields.ForeignKeyField(
        "loket.Region", on_delete=fields.RESTRICT, null=True
    )
    region_id: UUID | None
    group: fields.ForeignKeyNullableRelation[RegionGroup] = fields.ForeignKeyField(
        "loket.RegionGroup", on_delete=fields.RESTRICT, null=True
    )
    group_id: UUID | None
    school_year: fields.ForeignKeyNullableRelation[SchoolYear] = fields.ForeignKeyField(
        "loket.SchoolYear", on_delete=fields.RESTRICT, null=True
    )
    school_year_id: UUID | None
    primary_school: fields.ForeignKeyNullableRelation[PrimarySchool] = fields.ForeignKeyField(
        "loket.PrimarySchool", on_delete=fields.RESTRICT, null=True
    )
    primary_school_id: UUID | None
    secondary_school: fields.ForeignKeyNullableRelation[SecondarySchool] = fields.ForeignKeyField(
        "loket.SecondarySchool", on_delete=fields.RESTRICT, null=True
    )
    secondary_school_id: UUID | None
    pupil: fields.OneToOneNullableRelation[Pupil] = fields.OneToOneField(
        "loket.Pupil", on_delete=fields.RESTRICT, null=True, related_name="account"
    )
    pupil_id: UUID | None
    reset_sequence = fields.IntField(default=0, description="Counts password links: a new one kills the old")
    reset_token_hash = fields.CharField(max_length=64, null=True, unique=True)
    reset_expires_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "account"
        constraints: ClassVar = [UniqueConstraint(fields=("realm", "username"), name="account_username")]


class Session(Model):
    """A sign-in. The token itself is nowhere: only its hash."""

    id = fields.UUIDField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "loket.Account", on_delete=fields.RESTRICT, related_name="sessions"
    )
    account_id: UUID
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    last_seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    region: fields.ForeignKeyNullableRelation[Region] = fields.ForeignKeyField(
        "loket.Region",
        on_delete=fields.RESTRICT,
        null=True,
        description="A family's: signed in with this one",
    )
    region_id: UUID | None
    device = fields.CharField(max_length=200, default="")

    class Meta:
        table = "session"
        indexes: ClassVar = [Index(fields=("account_id",), name="session_account")]


class ParentLogin(Model):
    """The invitation of one child's parents to one region (rules 8-10, 14).

    No row means NOT_SENT. The link's token is an HMAC of id and sequence: a repeated mail carries the
    same one, a new sending another; for look-up only the hash is kept.
    """

    id = fields.UUIDField(primary_key=True)
    pupil: fields.ForeignKeyRelation[Pupil] = fields.ForeignKeyField(
        "loket.Pupil", on_delete=fields.RESTRICT, related_name="parent_logins"
    )
    pupil_id: UUID
    region: fields.ForeignKeyRelation[Region] = fields.ForeignKeyField(
        "loket.Region", on_delete=fields.RESTRICT
    )
    region_id: UUID
    status = fields.CharEnumField(LoginStatus, max_length=20, default=LoginStatus.NOT_SENT)
    sequence = fields.IntField(default=0)
    token_hash = fields.CharField(max_length=64, null=True, unique=True)
    token_used = fields.BooleanField(default=False)
    email = fields.CharField(max_length=254, default="")
    sent_at = fields.DatetimeField(null=True)
    activated_at = fields.DatetimeField(null=True)

    class Meta:
        table = "parent_login"
        constraints: ClassVar = [UniqueConstraint(fields=("pupil_id", "region_id"), name="parent_login_once")]


class LoginRequest(Model):
    """A family that asks to begin (rule 24): of a linked region, then `pupil` is its child; or from outside,
    then it told who its child is, and `pupil` is what the region made of that.
    """

    id = fields.UUIDField(primary_key=True)
    region: fields.ForeignKeyRelation[Region] = fields.ForeignKeyField(
        "loket.Region", on_delete=fields.RESTRICT
    )
    region_id: UUID
    school_year: fields.ForeignKeyRelation[SchoolYear] = fields.ForeignKeyField(
        "loket.SchoolYear", on_delete=fields.RESTRICT
    )
    school_year_id: UUID
    pupil: fields.ForeignKeyNullableRelation[Pupil] = fields.ForeignKeyField(
        "loket.Pupil", on_delete=fields.RESTRICT, null=True
    )
    pupil_id: UUID | None
    state = fields.CharEnumField(LoginRequestState, max_length=20)
    email = fields.CharField(
        max_length=254, default="", description="Confirmed, or the address on file that mail 1 went to"
    )
    birth_date = fields.DateField(
        null=True, description="An outside child's; it stands out among those alike"
    )
    bsn_encrypted = fields.BinaryField(null=True, description="Until the region has decided")
    bsn_index = fields.CharField(max_length=64, null=True)
    told: Any = fields.JSONField(default=dict, description="What an outside family filled in; never the BSN")
    token_hash = fields.CharField(max_length=64, null=True, unique=True)
    reason = fields.CharField(max_length=500, default="")
    created_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "login_request"
        indexes: ClassVar = [
            Index(fields=("region_id", "school_year_id", "state"), name="login_request_open")
        ]
        constraints: ClassVar = [
            UniqueConstraint(
                fields=("pupil_id", "region_id"), name="login_request_one_open", condition="state = 'OPEN'"
            )
        ]
