"""Rule 25: the list of a secondary school, narrowed, in order, and counted for each department.

A pupil that left is in none of it: every row and every number comes from the forms the school handles now.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models import CapacityGroup, Department, Pupil
from resolvers import scope
from resolvers.calendars import year_of
from resolvers.pupils import matches
from resolvers.rows import fetch
from resolvers.viewer import Viewer
from rules.handling import UNPLACED, Seats
from rules.vocabulary import PlacementStatus, PriorityStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class AdmissionFilter:
    """What the list may be narrowed by; None is all."""

    search: str | None = None
    department_id: UUID | None = None
    placement_status: PlacementStatus | None = None
    priority_status: PriorityStatus | None = None
    undecided_priority: bool | None = None
    moved: bool | None = None
    transfer_meeting: bool | None = None
    open_supplement: bool | None = None
    school_year: str | None = None


UNDECIDED: dict[str, Any] = {
    "priority_status": PriorityStatus.REQUESTED,
    "moved": False,
    "placement_status__in": UNPLACED,
}
"""Rule 27: a claim the school has yet to decide; the school a pupil moved to has nothing to decide."""


async def overview(*, viewer: Viewer, narrowed: AdmissionFilter) -> QuerySet[Pupil]:
    """The pupils of the own school. The caller pages through them."""
    found = scope.listed(viewer, school_year_id=await year_of(viewer=viewer, name=narrowed.school_year))
    if _is_sought(narrowed):
        found = found.filter(matches(search=narrowed.search or "", viewer=viewer))
    return found.filter(_conditions(narrowed, form="enrolments__"))


async def total(*, viewer: Viewer, narrowed: AdmissionFilter) -> int:
    """How many they are; from the forms alone, unless a name is sought."""
    if _is_sought(narrowed):
        return await (await overview(viewer=viewer, narrowed=narrowed)).count()
    forms = scope.enrolments(viewer).filter(
        school_year_id=await year_of(viewer=viewer, name=narrowed.school_year)
    )
    return await forms.filter(_conditions(narrowed, form="")).count()


def _is_sought(narrowed: AdmissionFilter) -> bool:
    return narrowed.search is not None and bool(narrowed.search.strip())


def _conditions(narrowed: AdmissionFilter, *, form: str) -> Q:
    """What the form of a pupil must say. `form`: what stands before its columns."""
    exact = {
        "handling_department_id": narrowed.department_id,
        "placement_status": narrowed.placement_status,
        "priority_status": narrowed.priority_status,
        "moved": narrowed.moved,
        "transfer_meeting": narrowed.transfer_meeting,
        "open_supplement": narrowed.open_supplement,
    }

    def says(columns: dict[str, Any]) -> Q:
        return Q(**{f"{form}{name}": value for name, value in columns.items()})

    asked = says({name: value for name, value in exact.items() if value is not None})
    if narrowed.priority_status is not None:
        asked &= says({"moved": False})
    if narrowed.undecided_priority is True:
        asked &= says(UNDECIDED)
    elif narrowed.undecided_priority is False:
        # Of who claimed nothing the comparison says neither yes nor no.
        asked &= says({"priority_status__isnull": True}) | ~says(UNDECIDED)
    return asked


@dataclass(slots=True)
class GroupRow:
    """The seats of a department for some adviezen, and who has one."""

    id: UUID
    name: str
    adviezen: list[str]
    seats: int
    placed: int = 0

    @property
    def seats_left(self) -> int:
        return Seats(group=self.name, seats=self.seats, placed=self.placed).free


@dataclass(slots=True)
class DepartmentRow:
    """A department of the own school, with what its list counts."""

    id: UUID
    name: str
    groups: list[GroupRow] = field(default_factory=list)
    enrolled_count: int = 0
    placed_count: int = 0
    drawn_out_count: int = 0
    without_status_count: int = 0
    undecided_priority_count: int = 0
    moved_count: int = 0

    @property
    def capacity(self) -> int:
        return sum(group.seats for group in self.groups)

    @property
    def seats_left(self) -> int:
        return sum(group.seats_left for group in self.groups)


async def departments(*, viewer: Viewer, school_year: str | None) -> list[DepartmentRow]:
    """The departments of the own school in one year, by name. Three statements, however many there are."""
    year = await year_of(viewer=viewer, name=school_year)
    own = Department.filter(school_id=viewer.secondary_school_id or scope.NOTHING, school_year_id=year)
    found = {row.id: row for row in await fetch(own.order_by("name", "id"), ("id", "name"), DepartmentRow)}
    counts, placed = await _counted(viewer, year)
    groups = CapacityGroup.filter(department_id__in=list(found)).order_by("name")
    for department, *rest in await fetch(groups, ("department_id", *GROUP), lambda *row: row):
        group = GroupRow(*rest)
        group.placed = placed[group.id]
        found[department].groups.append(group)
    for department, row in found.items():
        for name in COUNTED:
            setattr(row, name, counts[department, name])
    return list(found.values())


GROUP = ("id", "name", "adviezen", "seats")
COUNTED = (
    "enrolled_count",
    "placed_count",
    "drawn_out_count",
    "without_status_count",
    "undecided_priority_count",
    "moved_count",
)
KINDS = ("handling_department_id", "placed_group_id", "placement_status", "priority_status", "moved")


async def _counted(viewer: Viewer, year: UUID | None) -> tuple[Counter[tuple[UUID, str]], Counter[UUID]]:
    """What the forms of the school add up to for each department, and how many are placed in each group."""
    forms = scope.enrolments(viewer).filter(school_year_id=year).annotate(times=Count("id")).group_by(*KINDS)
    counts: Counter[tuple[UUID, str]] = Counter()
    placed: Counter[UUID] = Counter()
    # The ORM writes an annotation twice: by its name, and among the columns.
    for department, group, status, priority, moved, times, _ in await fetch(
        forms, (*KINDS, "times"), lambda *row: row
    ):
        for name in _names(status=status, priority=priority, moved=moved):
            counts[department, name] += times
        if status == PlacementStatus.PLACED:
            placed[group] += times
    return counts, placed


def _names(*, status: str, priority: str | None, moved: bool) -> Sequence[str]:
    """In which counts a form stands."""
    by_status = {
        PlacementStatus.PLACED: "placed_count",
        PlacementStatus.DRAWN_OUT: "drawn_out_count",
        PlacementStatus.NONE: "without_status_count",
    }
    names = ["enrolled_count", by_status[PlacementStatus(status)]]
    if priority == PriorityStatus.REQUESTED and not moved and status in UNPLACED:
        names.append("undecided_priority_count")
    if moved:
        names.append("moved_count")
    return names
