"""What the school of an enrolment sees of it at a glance (rule 25): one statement for a page of pupils."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from resolvers import scope
from resolvers.enrolment_forms import DepartmentOfList, MultipleBirthRow, PriorityClaimRow, SchoolOfList
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch
from resolvers.seen_by_primary import load_asked
from resolvers.viewer import Viewer
from rules.vocabulary import PlacementStatus, PriorityGround, PriorityStatus, Role


@dataclass(slots=True)
class PlacementRow:
    department: DepartmentOfList
    first_choice: DepartmentOfList
    track: str
    profile: str
    enrolled_at: datetime
    placed_at: datetime | None
    moved_at: datetime | None
    parents_informed_at: datetime | None


COLUMNS = (
    "pupil_id",
    "priority_ground",
    "priority_status",
    "sibling_name",
    "sibling_class",
    "is_multiple",
    "all_apply_here",
    "moved",
    "placement_status",
    "transfer_meeting",
    "open_supplement",
    "handling_department_id",
    "handling_department__name",
    "handling_school_id",
    "handling_school__name",
    "first_department_id",
    "first_department__name",
    "first_school_id",
    "first_school__name",
    "track",
    "profile",
    "finalized_at",
    "placed_at",
    "moved_at",
    "parents_informed_at",
)
GONE: dict[str, Any] = {
    "priority_claim": None,
    "multiple_birth": None,
    "placement_status": None,
    "placement": None,
    "moved_after_central_placement": False,
    "transfer_meeting": False,
    "open_supplement": False,
}
"""These parts of a pupil that left this school between the list and its forms."""


async def _load_handled(viewer: Viewer, rows: list[PupilRow]) -> None:
    """All of these parts at once, whichever of them was asked for."""
    if viewer.role is Role.PO_EDITOR:
        return await load_asked(viewer=viewer, rows=rows)
    if all("placement_status" in row.parts for row in rows):
        return
    forms = scope.enrolments(viewer).filter(pupil_id__in=[row.id for row in rows])
    found: dict[UUID, list[Any]] = {
        pupil: rest for pupil, *rest in await fetch(forms, COLUMNS, lambda *row: row)
    }
    for row in rows:
        row.parts.update(_parts(found[row.id]) if row.id in found else GONE)


def _parts(row: list[Any]) -> dict[str, Any]:
    (
        ground, priority, sibling, klas, multiple, all_here, moved, status, meeting, supplement,
        department, department_name, school, school_name, first, first_name, first_school, first_school_name, *rest,
    ) = row  # fmt: skip
    claim = None
    if (
        ground and not moved
    ):  # A claim is about the first choice; the school it moved to has nothing to decide.
        asked = PriorityStatus(priority) if priority else None
        claim = PriorityClaimRow(PriorityGround(ground), asked, str(sibling), str(klas))
    return {
        "priority_claim": claim,
        "multiple_birth": MultipleBirthRow(bool(multiple), bool(all_here)),
        "placement_status": PlacementStatus(status),
        "moved_after_central_placement": moved,
        "transfer_meeting": meeting,
        "open_supplement": supplement,
        "placement": PlacementRow(
            DepartmentOfList(department, department_name, SchoolOfList(school, school_name)),
            DepartmentOfList(first, first_name, SchoolOfList(first_school, first_school_name)),
            *rest,
        ),
    }


for _name in GONE:
    part(_name)(_load_handled)
