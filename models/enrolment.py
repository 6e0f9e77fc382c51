"""Forms of parents and what secondary schools do with them."""

from typing import Any, ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.pupil import Pupil
from models.region import Region, RegionGroup, SchoolYear
from models.school import CapacityGroup, Department, SecondarySchool
from rules.vocabulary import EnrolmentStatus, PlacementStatus, PriorityGround, PriorityStatus


class Enrolment(Model):
    """One form of one child in one region (rules 16-22), and its handling (rules 25-35).

    A live form is CONCEPT or FINAL; an undone one stays as WITHDRAWN and a fresh concept follows it.
    The database itself keeps the promise of rule 2: one FINAL per child over all regions.
    `handling_school` is the school that handles it now: scoping reads it, reassigning changes it.
    """

    id = fields.UUIDField(primary_key=True)
    pupil: fields.ForeignKeyRelation[Pupil] = fields.ForeignKeyField(
        "loket.Pupil", on_delete=fields.RESTRICT, related_name="enrolments"
    )
    pupil_id: UUID
    region: fields.ForeignKeyRelation[Region] = fields.ForeignKeyField(
        "loket.Region", on_delete=fields.RESTRICT
    )
    region_id: UUID
    group: fields.ForeignKeyRelation[RegionGroup] = fields.ForeignKeyField(
        "loket.RegionGroup", on_delete=fields.RESTRICT
    )
    group_id: UUID
    school_year: fields.ForeignKeyRelation[SchoolYear] = fields.ForeignKeyField(
        "loket.SchoolYear", on_delete=fields.RESTRICT
    )
    school_year_id: UUID
    status = fields.CharEnumField(EnrolmentStatus, max_length=10, default=EnrolmentStatus.CONCEPT)
    version = fields.IntField(default=1, description="Goes on over undoing: a device with an old one is told")
    accept_equivalent_department = fields.BooleanField(default=False)
    is_multiple = fields.BooleanField(default=False)
    all_apply_here = fields.BooleanField(default=False)
    priority_ground = fields.CharEnumField(PriorityGround, max_length=20, null=True)
    sibling_name = fields.CharField(max_length=120, default="")
    sibling_class = fields.CharField(max_length=40, default="")
    priority_status = fields.CharEnumField(PriorityStatus, max_length=10, null=True)
    not_at: Any = fields.JSONField(
        null=True,
        description="Ids of schools that cannot place the child (rule 33), also of the forms before this",
    )
    finalized_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)
    withdrawn_by = fields.CharField(max_length=20, default="", description="The role that ended it")
    form: Any = fields.JSONField(null=True, description="What was definitive, frozen in words (rule 21)")

    first_school: fields.ForeignKeyNullableRelation[SecondarySchool] = fields.ForeignKeyField(
        "loket.SecondarySchool", on_delete=fields.RESTRICT, null=True, related_name="first_choices"
    )
    first_school_id: UUID | None
    first_department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "loket.Department", on_delete=fields.RESTRICT, null=True, related_name="first_choices"
    )
    first_department_id: UUID | None
    handling_school: fields.ForeignKeyNullableRelation[SecondarySchool] = fields.ForeignKeyField(
        "loket.SecondarySchool", on_delete=fields.RESTRICT, null=True, related_name="handled"
    )
    handling_school_id: UUID | None
    handling_department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "loket.Department", on_delete=fields.RESTRICT, null=True, related_name="handled"
    )
    handling_department_id: UUID | None
    placement_status = fields.CharEnumField(PlacementStatus, max_length=15, default=PlacementStatus.NONE)
    placed_group: fields.ForeignKeyNullableRelation[CapacityGroup] = fields.ForeignKeyField(
        "loket.CapacityGroup", null=True, related_name="placed", on_delete=fields.RESTRICT
    )
    placed_group_id: UUID | None
    track = fields.CharField(max_length=80, default="")
    profile = fields.CharField(max_length=80, default="")
    placed_at = fields.DatetimeField(null=True)
    drawn_out_at = fields.DatetimeField(
        null=True, description="Taken back from placed, it is drawn out again"
    )
    moved = fields.BooleanField(default=False, description="Moved here after central placement (rule 31)")
    moved_at = fields.DatetimeField(null=True)
    parents_informed_at = fields.DatetimeField(null=True, description="More time needed (rule 32)")
    transfer_meeting = fields.BooleanField(default=False)
    open_supplement = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    changed_at = fields.DatetimeField(
        null=True, description="When anything changed that an export shows of it; the database sets it"
    )
    sort_name = fields.CharField(
        max_length=260, null=True, description="As the pupil's, for a school's list; the database sets it"
    )

    class Meta:
        table = "enrolment"
        indexes: ClassVar = [
            Index(fields=("handling_school_id", "school_year_id", "id"), name="enrolment_exported"),
            Index(fields=("region_id", "school_year_id", "id"), name="enrolment_exported_region"),
            Index(fields=("region_id", "school_year_id", "changed_at"), name="enrolment_changed"),
            Index(fields=("pupil_id", "region_id"), name="enrolment_pupil"),
            PartialIndex(
                fields=("handling_school_id", "school_year_id", "pupil_id"),
                name="enrolment_handling",
                condition={"status": "FINAL"},
            ),
            PartialIndex(
                fields=("handling_school_id", "school_year_id", "sort_name", "pupil_id"),
                name="enrolment_by_name",
                condition={"status": "FINAL"},
            ),
            PartialIndex(
                fields=("handling_school_id", "school_year_id", "finalized_at", "pupil_id"),
                name="enrolment_arrival",
                condition={"status": "FINAL"},
            ),
            Index(fields=("handling_department_id", "placement_status"), name="enrolment_department"),
            PartialIndex(
                fields=("placed_group_id",), name="enrolment_placed", condition={"placement_status": "PLACED"}
            ),
            Index(fields=("region_id", "school_year_id", "status"), name="enrolment_region"),
        ]
        constraints: ClassVar = [
            UniqueConstraint(fields=("pupil_id",), name="enrolment_one_final", condition="status = 'FINAL'"),
            UniqueConstraint(
                fields=("pupil_id", "region_id"), name="enrolment_one_live", condition="status <> 'WITHDRAWN'"
            ),
        ]


class Preference(Model):
    """One line of the list. A draft may hold anything the family typed; finalising judges it."""

    id = fields.UUIDField(primary_key=True)
    enrolment: fields.ForeignKeyRelation[Enrolment] = fields.ForeignKeyField(
        "loket.Enrolment", related_name="preferences"
    )
    enrolment_id: UUID
    rank = fields.SmallIntField()
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "loket.Department", on_delete=fields.RESTRICT
    )
    department_id: UUID

    class Meta:
        table = "preference"
        indexes: ClassVar = [Index(fields=("department_id",), name="preference_department")]
        constraints: ClassVar = [UniqueConstraint(fields=("enrolment_id", "rank"), name="preference_rank")]


class IndividualWindow(Model):
    """Application opened for one family alone (rules 7, 22)."""

    id = fields.UUIDField(primary_key=True)
    pupil: fields.ForeignKeyRelation[Pupil] = fields.ForeignKeyField(
        "loket.Pupil", on_delete=fields.RESTRICT, related_name="windows"
    )
    pupil_id: UUID
    region: fields.ForeignKeyRelation[Region] = fields.ForeignKeyField(
        "loket.Region", on_delete=fields.RESTRICT
    )
    region_id: UUID
    opens_at = fields.DatetimeField()
    closes_at = fields.DatetimeField()
    reason = fields.CharField(max_length=40)

    class Meta:
        table = "individual_window"
        indexes: ClassVar = [Index(fields=("pupil_id", "region_id"), name="individual_window_pupil")]


class Note(Model):
    """Rule 12 and 35: for the own organisation, or shared between PO and VO."""

    id = fields.UUIDField(primary_key=True)
    pupil: fields.ForeignKeyRelation[Pupil] = fields.ForeignKeyField(
        "loket.Pupil", on_delete=fields.RESTRICT, related_name="notes"
    )
    pupil_id: UUID
    author_name = fields.CharField(max_length=200)
    author_account_id = fields.UUIDField()
    primary_school_id = fields.UUIDField(null=True, description="Set when PO wrote it")
    secondary_school_id = fields.UUIDField(null=True, description="Set when VO wrote it")
    organisation_name = fields.CharField(max_length=120)
    text = fields.TextField()
    shared = fields.BooleanField(default=False)
    about_transfer_meeting = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()

    class Meta:
        table = "note"
        indexes: ClassVar = [Index(fields=("pupil_id", "created_at"), name="note_pupil")]


class Supplement(Model):
    """Rule 26: a question of VO about the file, and PO's answer."""

    id = fields.UUIDField(primary_key=True)
    pupil: fields.ForeignKeyRelation[Pupil] = fields.ForeignKeyField(
        "loket.Pupil", on_delete=fields.RESTRICT, related_name="supplements"
    )
    pupil_id: UUID
    enrolment: fields.ForeignKeyRelation[Enrolment] = fields.ForeignKeyField(
        "loket.Enrolment", on_delete=fields.RESTRICT
    )
    enrolment_id: UUID
    school: fields.ForeignKeyRelation[SecondarySchool] = fields.ForeignKeyField(
        "loket.SecondarySchool", on_delete=fields.RESTRICT
    )
    school_id: UUID
    question = fields.TextField()
    asked_at = fields.DatetimeField()
    answer = fields.TextField(default="")
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "supplement"
        indexes: ClassVar = [Index(fields=("pupil_id", "asked_at"), name="supplement_pupil")]
