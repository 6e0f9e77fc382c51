"""What a family may choose (rules 17 and 18)."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from resolvers.family_file import Reading
from resolvers.viewer import Viewer
from rules.steps import NotFound
from rules.vocabulary import PriorityGround


@dataclass(slots=True)
class OfferedDepartment:
    id: str
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
    departments: list[OfferedDepartment]


async def secondary_schools(*, viewer: Viewer, region: str | None, reading: Reading) -> list[OfferedSchool]:
    """The schools of a region with every department of the child's year; none of a region out of reach."""
    file = await reading.of(viewer)
    if file is None:
        raise NotFound()
    chosen = file.region(code=region)
    if chosen is None:
        return []
    child = file.child()
    parameters = [chosen.id, child.school_year_id, child.advice]
    _, rows = await get_connection("default").execute_query(_OFFERED, parameters)
    return [_offered(dict(row)) for row in rows]


def _offered(row: dict[str, Any]) -> OfferedSchool:
    grounds = [PriorityGround(ground) for ground in row["priority_grounds"] or ()]
    departments = [OfferedDepartment(*one) for one in json.loads(row["departments"] or "[]")]
    return OfferedSchool(**{**row, "priority_grounds": grounds, "departments": departments})


_OFFERED = """
SELECT s.id, s.name, s.street, s.house_number, s.postcode, s.city, s.email, s.phone, s.website, s.priority_grounds,
       (SELECT json_agg(json_build_array(d.id, d.name, EXISTS (
                   SELECT FROM capacity_group c WHERE c.department_id = d.id AND $3 = ANY (c.adviezen))) ORDER BY d.name)
          FROM department d WHERE d.school_id = s.id AND d.school_year_id = $2) AS departments
  FROM secondary_school s
 WHERE s.region_id = $1
 ORDER BY s.name
"""
