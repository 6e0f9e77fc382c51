"""What a family may choose (rules 17 and 18)."""

from dataclasses import dataclass, field
from uuid import UUID

from models import Department, SecondarySchool
from resolvers import scope
from resolvers.enrolment_forms import open_departments
from resolvers.regions import region_to_read
from resolvers.rows import fetch
from resolvers.viewer import Viewer
from rules.vocabulary import PriorityGround


@dataclass(slots=True)
class OfferedDepartment:
    id: UUID
    name: str
    open_to_child: bool


@dataclass(slots=True)
class OfferedSchool:
    """A secondary school with its departments of this year; `open_to_child` by the child's advice."""

    id: UUID
    name: str
    street: str
    house_number: str
    postcode: str
    city: str
    email: str
    phone: str
    website: str
    priority_grounds: list[PriorityGround]
    departments: list[OfferedDepartment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.priority_grounds = [PriorityGround(ground) for ground in self.priority_grounds or ()]


async def secondary_schools(*, viewer: Viewer, region: str | None) -> list[OfferedSchool]:
    """The schools of a region with every department of the child's year; none of a region out of reach."""
    child = await scope.one(scope.pupils(viewer))
    chosen = await region_to_read(code=region, viewer=viewer)
    if chosen is None:
        return []
    offered = await fetch(
        SecondarySchool.filter(region_id=chosen.id).order_by("name"),
        (
            "id",
            "name",
            "street",
            "house_number",
            "postcode",
            "city",
            "email",
            "phone",
            "website",
            "priority_grounds",
        ),
        OfferedSchool,
    )
    schools = {school.id: school for school in offered}
    departments = await fetch(
        Department.filter(school_id__in=list(schools), school_year_id=child.school_year_id).order_by("name"),
        ("id", "name", "school_id"),
        lambda *row: row,
    )
    open_ids = await open_departments(department_ids=[row[0] for row in departments], advice=child.advice_id)
    for department_id, name, school_id in departments:
        schools[school_id].departments.append(
            OfferedDepartment(department_id, name, department_id in open_ids)
        )
    return list(schools.values())
