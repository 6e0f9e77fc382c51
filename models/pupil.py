"""The child and what its primary school hands over."""

from typing import Any, ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.region import Advice, Region, RegionGroup, SchoolYear
from models.school import PrimarySchool
from rules.vocabulary import NotPlacingReason, OkiDocStatus, PupilOrigin


class Pupil(Model):
    """A child in one school year. `region` is where its primary school is, or where it registered."""

    id = fields.UUIDField(primary_key=True)
    school_year: fields.ForeignKeyRelation[SchoolYear] = fields.ForeignKeyField(
        "loket.SchoolYear", on_delete=fields.RESTRICT
    )
    school_year_id: UUID
    group: fields.ForeignKeyRelation[RegionGroup] = fields.ForeignKeyField(
        "loket.RegionGroup", on_delete=fields.RESTRICT
    )
    group_id: UUID
    region: fields.ForeignKeyRelation[Region] = fields.ForeignKeyField(
        "loket.Region", on_delete=fields.RESTRICT
    )
    region_id: UUID
    primary_school: fields.ForeignKeyNullableRelation[PrimarySchool] = fields.ForeignKeyField(
        "loket.PrimarySchool", on_delete=fields.RESTRICT, null=True, description="Empty for outside pupils"
    )
    primary_school_id: UUID | None
    origin = fields.CharEnumField(PupilOrigin, max_length=10, default=PupilOrigin.HOME)
    elk_number = fields.CharField(max_length=6, description="Five digits; B before it for an outside pupil")
    first_name = fields.CharField(max_length=100, description="Roepnaam")
    official_names = fields.CharField(max_length=200, default="", description="Voornamen")
    infix = fields.CharField(max_length=40, default="", description="Tussenvoegsel")
    last_name = fields.CharField(max_length=120)
    sort_name = fields.CharField(max_length=260, description="Folded last name, first name: order and search")
    birth_date = fields.DateField()
    gender = fields.CharField(max_length=1, default="", description="M, V, O or empty")
    bsn_encrypted = fields.BinaryField(null=True)
    bsn_index = fields.CharField(max_length=64, null=True, description="HMAC of the BSN under its own key")
    bsn_doubtful = fields.BooleanField(
        default=False, description="A source gave a BSN that fails the elfproef"
    )
    eck_id = fields.CharField(max_length=256, default="")
    school_key = fields.CharField(
        max_length=256, default="", description="The key in the school's own system"
    )
    class_group = fields.CharField(max_length=64, default="", description="The group it sits in: 8a")
    origin_school = fields.CharField(
        max_length=160, default="", description="An outside pupil's school, as told"
    )
    origin_brin = fields.CharField(max_length=6, default="", description="An outside pupil's brinnummer")
    provisional_advice: fields.ForeignKeyNullableRelation[Advice] = fields.ForeignKeyField(
        "loket.Advice", on_delete=fields.RESTRICT, null=True, related_name="provisional_pupils"
    )
    provisional_advice_id: str | None
    advice: fields.ForeignKeyNullableRelation[Advice] = fields.ForeignKeyField(
        "loket.Advice",
        on_delete=fields.RESTRICT,
        null=True,
        related_name="pupils",
        description="The definitive advice",
    )
    advice_id: str | None
    test_exemption = fields.CharField(
        max_length=200, default="", description="The legal ground for having no test"
    )
    reconsideration_motivation = fields.TextField(
        default="", description="Why a higher test advice did not raise the advice"
    )
    not_placing_reason = fields.CharEnumField(NotPlacingReason, max_length=20, null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "pupil"
        indexes: ClassVar = [
            Index(fields=("primary_school_id", "school_year_id", "sort_name", "id"), name="pupil_of_school"),
            Index(fields=("region_id", "school_year_id", "sort_name", "id"), name="pupil_of_region"),
            Index(fields=("school_year_id", "sort_name", "id"), name="pupil_of_year"),
            Index(fields=("birth_date", "last_name"), name="pupil_born"),
            Index(fields=("bsn_index", "school_year_id"), name="pupil_bsn"),
            Index(fields=("eck_id",), name="pupil_eck_id"),
        ]
        constraints: ClassVar = [
            UniqueConstraint(fields=("group_id", "school_year_id", "elk_number"), name="pupil_elk_number")
        ]


class Address(Model):
    id = fields.UUIDField(primary_key=True)
    pupil: fields.ForeignKeyRelation[Pupil] = fields.ForeignKeyField("loket.Pupil", related_name="addresses")
    pupil_id: UUID
    position = fields.SmallIntField(default=1, description="1 is the home address")
    kind = fields.CharField(
        max_length=10, default="", db_default="", description="Of a dossier: bezoek, gba, post, buiten"
    )
    street = fields.CharField(max_length=120, default="")
    house_number = fields.CharField(max_length=20, default="")
    postcode = fields.CharField(max_length=12, default="")
    city = fields.CharField(max_length=80, default="")
    country = fields.CharField(max_length=60, default="Nederland")
    secret = fields.BooleanField(default=False, description="Nobody but PO and the family sees it")
    detail = fields.CharField(
        max_length=35, default="", db_default="", description="Where on the spot: 3-hoog-achter"
    )

    class Meta:
        table = "address"
        constraints: ClassVar = [UniqueConstraint(fields=("pupil_id", "position"), name="address_position")]


class Guardian(Model):
    """A parent or carer, in the order of the Oki-doc: mail 1 goes to the first one's address."""

    id = fields.UUIDField(primary_key=True)
    pupil: fields.ForeignKeyRelation[Pupil] = fields.ForeignKeyField("loket.Pupil", related_name="guardians")
    pupil_id: UUID
    position = fields.SmallIntField()
    initials = fields.CharField(max_length=40, default="")
    first_name = fields.CharField(max_length=100, default="")
    infix = fields.CharField(max_length=40, default="")
    last_name = fields.CharField(max_length=120)
    relation = fields.CharField(max_length=60, default="", description="moeder, vader, voogd")
    legal_representative = fields.BooleanField(default=True)
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=30, default="")
    deceased = fields.BooleanField(
        default=False, db_default=False, description="Stands last, so that nobody writes them"
    )

    class Meta:
        table = "guardian"
        constraints: ClassVar = [UniqueConstraint(fields=("pupil_id", "position"), name="guardian_position")]


class OkiDoc(Model):
    """The educational file: sections as `rules/oki_doc` declares them (rule 6)."""

    id = fields.UUIDField(primary_key=True)
    pupil: fields.OneToOneRelation[Pupil] = fields.OneToOneField("loket.Pupil", related_name="oki_doc")
    pupil_id: UUID
    status = fields.CharEnumField(OkiDocStatus, max_length=10, default=OkiDocStatus.CONCEPT)
    version = fields.IntField(default=1)
    sections: Any = fields.JSONField(default=dict)
    finalized_at = fields.DatetimeField(null=True)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "oki_doc"


class TestResult(Model):
    """The doorstroomtoets of one pupil; without a pupil it waits in the school's tray.

    `content`: what was delivered beside the advice; it names the `maker` where the test's maker delivered it,
    and is empty where a school's own list said the advice alone.
    """

    id = fields.UUIDField(primary_key=True)
    pupil: fields.OneToOneNullableRelation[Pupil] = fields.OneToOneField(
        "loket.Pupil", on_delete=fields.RESTRICT, related_name="test_result", null=True
    )
    pupil_id: UUID | None
    primary_school: fields.ForeignKeyNullableRelation[PrimarySchool] = fields.ForeignKeyField(
        "loket.PrimarySchool", on_delete=fields.RESTRICT, null=True
    )
    primary_school_id: UUID | None
    school_year: fields.ForeignKeyRelation[SchoolYear] = fields.ForeignKeyField(
        "loket.SchoolYear", on_delete=fields.RESTRICT
    )
    school_year_id: UUID
    test_code = fields.CharField(max_length=60, default="")
    advice: fields.ForeignKeyNullableRelation[Advice] = fields.ForeignKeyField(
        "loket.Advice", on_delete=fields.RESTRICT, null=True
    )
    advice_id: str | None
    eck_id = fields.CharField(max_length=256, default="")
    school_key = fields.CharField(max_length=256, default="")
    delivered_at = fields.DatetimeField(description="The sender's moment: the last delivery wins")
    reopens = fields.BooleanField(
        default=False,
        db_default=False,
        description="It is news to the pupil's motivation: that one has to be saved again",
    )
    content: Any = fields.JSONField(default=dict)

    class Meta:
        table = "test_result"
        indexes: ClassVar = [Index(fields=("primary_school_id", "school_year_id"), name="test_result_tray")]
