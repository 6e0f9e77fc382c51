"""Reading a family's form: choices with what the rules need, and the form as people see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models import CapacityGroup, Department, Enrolment, Pupil
from resolvers import scope
from resolvers.rows import fetch
from rules import enrolment as rule
from rules.enrolment import Choice, Form
from rules.handling import LETTER, PRIORITY_COLOURS
from rules.vocabulary import Colour, EndedBy, EnrolmentStatus, PlacementStatus, PriorityGround, PriorityStatus


@dataclass(slots=True)
class SchoolOfList:
    id: UUID
    name: str


@dataclass(slots=True)
class DepartmentOfList:
    id: UUID
    name: str
    school: SchoolOfList


@dataclass(slots=True)
class PreferenceRow:
    rank: int
    department: DepartmentOfList


@dataclass(slots=True)
class PriorityClaimRow:
    ground: PriorityGround
    status: PriorityStatus | None
    sibling_name: str
    sibling_class: str

    @property
    def colour(self) -> Colour | None:
        return PRIORITY_COLOURS[self.status] if self.status else None

    @property
    def letter(self) -> str:
        return LETTER


@dataclass(slots=True)
class MultipleBirthRow:
    is_multiple: bool
    all_apply_here: bool


@dataclass(slots=True)
class EnrolmentRow:
    """A form as the GraphQL type `Enrolment` shows it."""

    id: UUID
    region: str
    status: EnrolmentStatus
    version: int
    finalized_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: EndedBy | None
    accept_equivalent_department: bool
    multiple_birth: MultipleBirthRow
    priority_claim: PriorityClaimRow | None
    preferences: list[PreferenceRow] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    can_finalize: bool = False


async def choices_for(*, department_ids: list[UUID], pupil: Pupil, region_id: UUID) -> dict[UUID, Choice]:
    """What the rules need of these departments, of schools in this region and the pupil's year.

    Two statements. A department that is not there, or elsewhere, is not in the answer.
    """
    departments = Department.filter(
        id__in=department_ids, school__region_id=region_id, school_year_id=pupil.school_year_id
    )
    columns = ("id", "name", "school_id", "school__name", "school__priority_grounds")
    open_ids = await open_departments(department_ids=department_ids, advice=pupil.advice_id)
    rows: list[DepartmentColumns] = await fetch(departments, columns, lambda *row: row)
    return {row[0]: choice(department=row, open_ids=open_ids) for row in rows}


DepartmentColumns = tuple[UUID, str, UUID, str, list[str] | None]


def choice(*, department: DepartmentColumns, open_ids: set[UUID]) -> Choice:
    """A department as the rules read it. `open_ids`: those with seats for this child's advice."""
    department_id, name, school_id, school, grounds = department
    return Choice(
        department_id=department_id,
        department=name,
        school_id=school_id,
        school=school,
        grounds=frozenset(grounds or ()),
        open_to_child=department_id in open_ids,
    )


async def open_departments(*, department_ids: list[UUID], advice: str | None) -> set[UUID]:
    """Which of these departments have seats for this advice (rules 17 and 37)."""
    return (await open_departments_by_advice(department_ids=department_ids)).get(advice or "", set())


async def open_departments_by_advice(*, department_ids: list[UUID]) -> dict[str, set[UUID]]:
    """For each advice, those of these departments that have seats for it: one statement."""
    by_advice: dict[str, set[UUID]] = {}
    groups = CapacityGroup.filter(department_id__in=department_ids)
    for department_id, adviezen in await fetch(groups, ("department_id", "adviezen"), lambda *row: row):
        for advice in adviezen or ():
            by_advice.setdefault(advice, set()).add(department_id)
    return by_advice


async def form_of(*, enrolment: Enrolment, pupil: Pupil) -> Form:
    """The saved form as the rules read it."""
    lines = scope.lines_of(enrolment_ids=[enrolment.id]).filter(
        department__school__region_id=enrolment.region_id, department__school_year_id=pupil.school_year_id
    )
    columns = (
        "department_id",
        "department__name",
        "department__school_id",
        "department__school__name",
        "department__school__priority_grounds",
    )
    rows: list[DepartmentColumns] = await fetch(lines, columns, lambda *row: row)
    open_ids = await open_departments(department_ids=[row[0] for row in rows], advice=pupil.advice_id)
    return Form(
        choices=tuple(choice(department=row, open_ids=open_ids) for row in rows),
        ground=enrolment.priority_ground,
        sibling_name=enrolment.sibling_name,
        sibling_class=enrolment.sibling_class,
        accept_equivalent_department=enrolment.accept_equivalent_department,
        is_multiple=enrolment.is_multiple,
        all_apply_here=enrolment.all_apply_here,
        not_at=not_at(enrolment),
    )


def is_decided(enrolment: Enrolment) -> bool:
    """Whether the school has begun to decide, whatever it decided."""
    return (
        enrolment.placement_status is not PlacementStatus.NONE
        or enrolment.priority_status not in (None, PriorityStatus.REQUESTED)
        or enrolment.moved
        or enrolment.parents_informed_at is not None
    )


def not_at(enrolment: Enrolment | None) -> frozenset[UUID]:
    """Rule 33: the schools that cannot place this child."""
    return frozenset(UUID(school) for school in (enrolment.not_at if enrolment else None) or ())


class Kept(Protocol):
    """A form as it is kept, beside its answers: a row, or what a family's file holds of it."""

    @property
    def id(self) -> UUID: ...
    @property
    def status(self) -> EnrolmentStatus: ...
    @property
    def version(self) -> int: ...
    @property
    def priority_status(self) -> PriorityStatus | None: ...
    @property
    def finalized_at(self) -> datetime | None: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...
    @property
    def withdrawn_by(self) -> str: ...


def shown(
    *,
    enrolment: Kept,
    form: Form,
    list_length: int | None,
    region: str,
    in_the_way: Sequence[str] = (),
) -> EnrolmentRow:
    """The form as its family sees it, with the code of its region; `missing` only speaks of a form that is still open."""
    is_open = enrolment.status is EnrolmentStatus.CONCEPT
    missing = [*in_the_way, *rule.missing(form=form, list_length=list_length)] if is_open else []
    claim = None
    if form.ground is not None:
        claim = PriorityClaimRow(
            form.ground, enrolment.priority_status, form.sibling_name, form.sibling_class
        )
    return EnrolmentRow(
        id=enrolment.id,
        region=region,
        status=enrolment.status,
        version=enrolment.version,
        finalized_at=enrolment.finalized_at,
        withdrawn_at=enrolment.withdrawn_at,
        withdrawn_by=EndedBy.of(enrolment.withdrawn_by),
        accept_equivalent_department=form.accept_equivalent_department,
        multiple_birth=MultipleBirthRow(form.is_multiple, form.all_apply_here),
        priority_claim=claim,
        preferences=[
            PreferenceRow(
                rank,
                DepartmentOfList(
                    choice.department_id, choice.department, SchoolOfList(choice.school_id, choice.school)
                ),
            )
            for rank, choice in enumerate(form.choices, start=1)
        ],
        missing=missing,
        can_finalize=is_open and not missing,
    )


def frozen(*, form: Form, advice: str | None) -> dict[str, object]:
    """The definitive form in words: what it said stays readable when names change later (rule 21)."""
    return {
        "advice": advice,
        "preferences": [
            {
                "rank": rank,
                "school_id": str(choice.school_id),
                "school": choice.school,
                "department_id": str(choice.department_id),
                "department": choice.department,
            }
            for rank, choice in enumerate(form.choices, start=1)
        ],
        "priority": form.ground.value if form.ground else None,
        "sibling_name": form.sibling_name,
        "sibling_class": form.sibling_class,
        "accept_equivalent_department": form.accept_equivalent_department,
        "is_multiple": form.is_multiple,
        "all_apply_here": form.all_apply_here,
    }
