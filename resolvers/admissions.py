"""Rule 25: the list of a secondary school, narrowed, in order, and counted for each department.

A pupil that left is in none of it: every row and every number comes from the forms the school handles now.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from tortoise.expressions import Q, RawSQL, Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models import CapacityGroup, Department, Enrolment, Pupil
from resolvers import scope
from resolvers.calendars import year_of
from resolvers.handled import COLUMNS as OF_FORM
from resolvers.handled import WANTED_BY as FORM_WANTED_BY
from resolvers.handled import SchoolForm
from resolvers.pupils import COLUMNS, WANTED_BY, Key, PupilRow, behind, matches, with_parts
from resolvers.rows import Columns, fetch
from resolvers.viewer import Viewer
from resolvers.written import Records, Shape, written
from rules.handling import UNPLACED, Seats
from rules.vocabulary import PlacementStatus, PriorityStatus, PupilOrder


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


async def page_of(
    *,
    viewer: Viewer,
    narrowed: AdmissionFilter,
    wanted: Collection[str],
    after: Key | None,
    limit: int,
    order: PupilOrder,
    counted: bool = False,
) -> tuple[list[PupilRow], int | None]:
    """The pupils of the own school behind the key: (`sort_name`, `id`), or (`enrolled_at`, `id`).

    `counted`: also how many there are in all, which comes along unless a name is sought or the page is empty.
    """
    year = await year_of(viewer=viewer, name=narrowed.school_year)
    sought = _is_sought(narrowed)
    what = replace(narrowed, search=narrowed.search if sought else None, school_year=None)
    without = Shape(WITH_FORM.left_out(wanted))
    records = await (_page.anew if sought else _page)(
        viewer,
        narrowed=what,
        year=year,
        after=after[0] if after else None,
        last=after[1] if after else None,
        limit=limit,
        order=order,
        without=without,
        counted=counted and not sought,
    )
    total = records[0][-1] if counted and not sought and records else None
    return await with_parts(viewer=viewer, rows=_rows(records, without), wanted=wanted), total


async def pupil(*, viewer: Viewer, pupil_id: UUID, wanted: Collection[str]) -> PupilRow | None:
    """One pupil of the own school, of whatever year; None for any other."""
    without = Shape(WITH_FORM.left_out(wanted))
    rows = _rows(await _one(viewer, pupil_id=pupil_id, without=without), without)
    await with_parts(viewer=viewer, rows=rows, wanted=wanted)
    return rows[0] if rows else None


def enrolled_at(row: PupilRow) -> datetime:
    """Since when this pupil of the own school is enrolled."""
    return cast(SchoolForm, row.form).finalized_at


def _rows(records: Records, without: Shape) -> list[PupilRow]:
    own = len(COLUMNS)
    return [
        PupilRow(*one[:own], form=SchoolForm._make(one[own:]))  # type: ignore[misc]
        for one in WITH_FORM.whole(records, without=without)
    ]


@written
def _page(
    viewer: Viewer,
    *,
    narrowed: AdmissionFilter,
    year: UUID | None,
    after: Any,
    last: UUID | None,
    limit: int,
    order: PupilOrder,
    without: Shape,
    counted: bool,
) -> Any:
    found = _narrowed(viewer, narrowed, year)
    key = (KEYS[order], "enrolments__pupil_id")
    page = behind(found, key=key, after=after, last=last).limit(limit)
    total = Subquery(_forms(viewer, narrowed, year).annotate(times=RawSQL("COUNT(*)")).values("times"))
    return _with_form(page, without, LINES, **({"total": total} if counted else {}))


@written
def _one(viewer: Viewer, *, pupil_id: UUID, without: Shape) -> Any:
    return _with_form(scope.admitted(viewer).filter(id=pupil_id), without, LINES_IN_WORDS)


def _with_form(found: QuerySet[Pupil], without: Shape, lines_as: RawSQL, **also: Any) -> Any:
    """The columns, and what else comes behind them."""
    names = WITH_FORM.read(without=without)
    lines = {"lines": lines_as} if "lines" in names else {}
    return found.annotate(**lines, **also).values_list(*names, *also)


LINES = RawSQL(
    'ARRAY(SELECT department_id::text FROM preference WHERE enrolment_id = "enrolment"."id" ORDER BY rank)'
)
"""Of an admitted pupil: the departments on the list of its form, in their order."""
LINES_IN_WORDS = RawSQL(
    "(SELECT json_agg(json_build_array(d.id, d.name, s.id, s.name) ORDER BY l.rank) FROM preference l"
    " JOIN department d ON d.id = l.department_id JOIN secondary_school s ON s.id = d.school_id"
    ' WHERE l.enrolment_id = "enrolment"."id")'
)
"""The same with names of departments and schools: for one pupil less than another statement, for a page more."""
KEYS = {PupilOrder.NAME: "enrolments__sort_name", PupilOrder.ENROLLED_AT: "enrolments__finalized_at"}
"""The columns of the form by which a list is read, before the id: one index each."""
WITH_FORM = Columns(
    (*COLUMNS, *(f"enrolments__{name}" for name in OF_FORM), "lines"),
    wanted_by={
        **WANTED_BY,
        "advice__list_length": (),
        **{f"enrolments__{name}": fields for name, fields in FORM_WANTED_BY.items()},
        "lines": ("enrolment",),
    },
)


def _narrowed(viewer: Viewer, narrowed: AdmissionFilter, year: UUID | None) -> QuerySet[Pupil]:
    found = scope.listed(viewer, school_year_id=year)
    if _is_sought(narrowed):
        found = found.filter(matches(search=narrowed.search or "", viewer=viewer))
    return found.filter(_conditions(narrowed, form="enrolments__"))


async def total(*, viewer: Viewer, narrowed: AdmissionFilter) -> int:
    """How many they are; from the forms alone, unless a name is sought."""
    year = await year_of(viewer=viewer, name=narrowed.school_year)
    if _is_sought(narrowed):
        return await _narrowed(viewer, narrowed, year).count()
    records = await _count(viewer, narrowed=replace(narrowed, search=None, school_year=None), year=year)
    return int(records[0][0])


@written
def _count(viewer: Viewer, *, narrowed: AdmissionFilter, year: UUID | None) -> Any:
    return _forms(viewer, narrowed, year).count()


def _forms(viewer: Viewer, narrowed: AdmissionFilter, year: UUID | None) -> QuerySet[Enrolment]:
    return scope.enrolments(viewer).filter(_conditions(narrowed, form=""), school_year_id=year)


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
