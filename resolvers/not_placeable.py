"""Rule 33: the children that a school could not place, for the project lead: who, and which school said so when.

Why stands in the audit, and nowhere here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from resolvers import scope
from resolvers.pupils import PupilRow, SchoolRow, load, part
from resolvers.rows import fetch
from resolvers.viewer import Viewer

LONGEST_YEAR = 9


@dataclass(frozen=True, slots=True)
class NotPlaceableRow:
    school: SchoolRow
    registered_at: datetime


async def pupils(*, viewer: Viewer, school_year: str | None, wanted: Collection[str]) -> list[PupilRow]:
    """Those of one school year, by name."""
    found = scope.pupils(viewer)
    if school_year is None:
        found = found.filter(school_year_id=viewer.school_year_id)
    else:
        found = found.filter(school_year__name=school_year if len(school_year) <= LONGEST_YEAR else "")
    return await load(viewer=viewer, queryset=found.order_by("sort_name", "id"), wanted=wanted)


@part("not_placeable")
async def _registered(viewer: Viewer, rows: list[PupilRow]) -> None:
    forms = scope.enrolments(viewer).filter(pupil_id__in=[row.id for row in rows])
    columns = ("pupil_id", "handling_school_id", "handling_school__name", "withdrawn_at")
    found: dict[UUID, list[NotPlaceableRow]] = {}
    for pupil_id, *school, at in await fetch(forms.order_by("withdrawn_at"), columns, lambda *row: row):
        found.setdefault(pupil_id, []).append(NotPlaceableRow(SchoolRow(*school), at))
    for row in rows:
        row.parts["not_placeable"] = found.get(row.id, [])
