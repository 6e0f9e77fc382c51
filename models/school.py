"""Schools, departments and their seats."""

from typing import ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.region import Region, SchoolYear


class PrimarySchool(Model):
    id = fields.UUIDField(primary_key=True)
    region: fields.ForeignKeyRelation[Region] = fields.ForeignKeyField(
        "loket.Region", on_delete=fields.RESTRICT
    )
    region_id: UUID
    brin = fields.CharField(max_length=4)
    location = fields.CharField(max_length=2, default="00")
    name = fields.CharField(max_length=120)
    street = fields.CharField(max_length=120, default="")
    house_number = fields.CharField(max_length=20, default="")
    postcode = fields.CharField(max_length=7, default="")
    city = fields.CharField(max_length=80, default="")
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=30, default="")

    class Meta:
        table = "primary_school"
        constraints: ClassVar = [UniqueConstraint(fields=("brin", "location"), name="primary_school_brin")]


class SecondarySchool(Model):
    id = fields.UUIDField(primary_key=True)
    region: fields.ForeignKeyRelation[Region] = fields.ForeignKeyField(
        "loket.Region", on_delete=fields.RESTRICT
    )
    region_id: UUID
    brin = fields.CharField(max_length=4)
    location = fields.CharField(max_length=2, default="00")
    name = fields.CharField(max_length=120)
    street = fields.CharField(max_length=120, default="")
    house_number = fields.CharField(max_length=20, default="")
    postcode = fields.CharField(max_length=7, default="")
    city = fields.CharField(max_length=80, default="")
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=30, default="")
    website = fields.CharField(max_length=300, default="")
    priority_grounds: list[str] = ArrayField(
        element_type="text", default=list, description="PriorityGround values this school has (rule 18)"
    )

    class Meta:
        table = "secondary_school"
        constraints: ClassVar = [UniqueConstraint(fields=("brin", "location"), name="secondary_school_brin")]


class Department(Model):
    """A stream at a secondary school in one school year."""

    id = fields.UUIDField(primary_key=True)
    school: fields.ForeignKeyRelation[SecondarySchool] = fields.ForeignKeyField(
        "loket.SecondarySchool", on_delete=fields.RESTRICT, related_name="departments"
    )
    school_id: UUID
    school_year: fields.ForeignKeyRelation[SchoolYear] = fields.ForeignKeyField(
        "loket.SchoolYear", on_delete=fields.RESTRICT
    )
    school_year_id: UUID
    code = fields.CharField(max_length=40)
    name = fields.CharField(max_length=120)

    class Meta:
        table = "department"
        constraints: ClassVar = [
            UniqueConstraint(fields=("school_id", "school_year_id", "code"), name="department_code")
        ]


class CapacityGroup(Model):
    """The seats of a department and the adviezen that may use them (rule 37).

    An advice stands in at most one group of a department: which seat a pupil takes is never a choice.
    """

    id = fields.UUIDField(primary_key=True)
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "loket.Department", on_delete=fields.RESTRICT, related_name="capacity_groups"
    )
    department_id: UUID
    name = fields.CharField(max_length=120)
    seats = fields.IntField()
    adviezen: list[str] = ArrayField(element_type="text", default=list)

    class Meta:
        table = "capacity_group"
        indexes: ClassVar = [Index(fields=("department_id",), name="capacity_group_department")]
        constraints: ClassVar = [
            UniqueConstraint(fields=("department_id", "name"), name="capacity_group_name"),
            CheckConstraint(check="seats >= 0", name="capacity_group_seats"),
        ]
