"""Regions, their year and its windows, and the list of adviezen."""

from typing import ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from rules.vocabulary import PeriodKind


class RegionGroup(Model):
    """Linked regions: they share ELK numbers and the one definitive enrolment per child (rule 2)."""

    id = fields.UUIDField(primary_key=True)
    code = fields.CharField(max_length=40, unique=True)

    class Meta:
        table = "region_group"


class Region(Model):
    """One Kernprocedure: one region's yearly admission procedure."""

    id = fields.UUIDField(primary_key=True)
    group: fields.ForeignKeyRelation[RegionGroup] = fields.ForeignKeyField(
        "loket.RegionGroup", on_delete=fields.RESTRICT
    )
    group_id: UUID
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=120)
    portal_url = fields.CharField(max_length=300, description="Where links in mails lead")
    sender_address = fields.CharField(max_length=254)
    helpdesk = fields.CharField(max_length=254, default="", description="Whom a family calls or mails")
    information_url = fields.CharField(max_length=300, default="")
    project_lead_email = fields.CharField(max_length=254, default="")
    individual_window_days = fields.SmallIntField(default=5)

    class Meta:
        table = "region"


class SchoolYear(Model):
    """Everything belongs to one (rule 1); a closed year is readable, not writable."""

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=9, unique=True, description="2026-2027")
    starts_on = fields.DateField()
    ends_on = fields.DateField(description="First day that is no longer in it")
    closed = fields.BooleanField(default=False)

    class Meta:
        table = "school_year"


class Period(Model):
    """One window of a region's tijdpad (rule 3), half-open: opens_at <= now < closes_at.

    The announcement is a moment: it has no closes_at.
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
    kind = fields.CharEnumField(PeriodKind, max_length=30)
    opens_at = fields.DatetimeField()
    closes_at = fields.DatetimeField(null=True)

    class Meta:
        table = "period"
        constraints: ClassVar = [
            UniqueConstraint(fields=("region_id", "school_year_id", "kind"), name="period_once")
        ]


class Advice(Model):
    """One row of the national list of adviezen; the list's length is data (rule 17)."""

    code = fields.CharField(max_length=60, primary_key=True)
    label = fields.CharField(max_length=120)
    level = fields.SmallIntField(description="Order from practical to academic; a test advice above obliges")
    list_length = fields.SmallIntField(null=True, description="2 or 5; empty: not on this form")
    other_way = fields.TextField(
        default="", description="Dutch: which way a child goes that is not on this form"
    )

    class Meta:
        table = "advice"
        indexes: ClassVar = [Index(fields=("level",), name="advice_level")]


class OsoCode(Model):
    """Which advice the older code of a dossier is read as; without one, PO confirms it."""

    code = fields.CharField(max_length=2, primary_key=True)
    advice: fields.ForeignKeyNullableRelation[Advice] = fields.ForeignKeyField(
        "loket.Advice", on_delete=fields.RESTRICT, null=True
    )
    advice_id: str | None
    text = fields.CharField(max_length=200, default="", description="What the code means, in Dutch")

    class Meta:
        table = "oso_code"


__all__ = ["Advice", "OsoCode", "Period", "Region", "RegionGroup", "SchoolYear"]
