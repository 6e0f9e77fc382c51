"""What the school of an enrolment sees of it at a glance (rule 25): the columns of its form come with the pupil."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from models import Department
from resolvers.enrolment_forms import (
    DepartmentOfList,
    MultipleBirthRow,
    PreferenceRow,
    PriorityClaimRow,
    SchoolOfList,
)
from resolvers.pupils import PupilRow, part
from resolvers.seen_by_primary import load_asked
from resolvers.viewer import Viewer
from resolvers.written import written
from rules.vocabulary import EnrolmentStatus, PlacementStatus, PriorityGround, PriorityStatus, Role


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
    "id",
    "region__code",
    "status",
    "version",
    "finalized_at",
    "accept_equivalent_department",
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
    "placed_at",
    "moved_at",
    "parents_informed_at",
)
"""Of the form by which a secondary school has a pupil."""
_FORM, _CLAIM, _PLACED = ("enrolment",), ("priority_claim", "enrolment"), ("placement",)
WANTED_BY: dict[str, Sequence[str]] = {
    **dict.fromkeys(("region__code", "status", "version", "accept_equivalent_department"), _FORM),
    **dict.fromkeys(("priority_ground", "priority_status", "sibling_name", "sibling_class"), _CLAIM),
    **dict.fromkeys(("is_multiple", "all_apply_here"), ("multiple_birth", "enrolment")),
    "moved": ("moved_after_central_placement", *_CLAIM),
    "placement_status": ("placement_status",),
    "transfer_meeting": ("transfer_meeting",),
    "open_supplement": ("open_supplement",),
    **dict.fromkeys(COLUMNS[COLUMNS.index("handling_department_id") :], _PLACED),
}
"""The fields of a pupil for which a column is read; `id` and the moment of enrolling always."""


class SchoolForm(NamedTuple):
    """These columns of one form, and its list."""

    id: UUID
    region: str
    status: str
    version: int
    finalized_at: datetime
    accept_equivalent_department: bool
    ground: str | None
    priority: str | None
    sibling_name: str
    sibling_class: str
    is_multiple: bool
    all_apply_here: bool
    moved: bool
    placement_status: str
    transfer_meeting: bool
    open_supplement: bool
    department_id: UUID
    department: str
    school_id: UUID
    school: str
    first_department_id: UUID
    first_department: str
    first_school_id: UUID
    first_school: str
    track: str
    profile: str
    placed_at: datetime | None
    moved_at: datetime | None
    parents_informed_at: datetime | None
    lines: list[str] | str | None
    """The departments on the list, by id or with their names as JSON; None where nobody wants it."""


def _claim(form: SchoolForm) -> PriorityClaimRow | None:
    """A claim is about the first choice; the school a pupil moved to has nothing to decide and does not read it."""
    if not form.ground or form.moved:
        return None
    asked = PriorityStatus(form.priority) if form.priority else None
    return PriorityClaimRow(PriorityGround(form.ground), asked, form.sibling_name, form.sibling_class)


def _placement(form: SchoolForm) -> PlacementRow:
    return PlacementRow(
        DepartmentOfList(form.department_id, form.department, SchoolOfList(form.school_id, form.school)),
        DepartmentOfList(
            form.first_department_id, form.first_department, SchoolOfList(form.first_school_id, form.first_school)
        ),
        form.track,
        form.profile,
        form.finalized_at,
        form.placed_at,
        form.moved_at,
        form.parents_informed_at,
    )  # fmt: skip


_PLACEMENTS = {status.value: status for status in PlacementStatus}
_STATUSES = {status.value: status for status in EnrolmentStatus}
PARTS: dict[str, Callable[[SchoolForm], Any]] = {
    "priority_claim": _claim,
    "multiple_birth": lambda form: MultipleBirthRow(form.is_multiple, form.all_apply_here),
    "placement_status": lambda form: _PLACEMENTS[form.placement_status],
    "placement": _placement,
    "moved_after_central_placement": attrgetter("moved"),
    "transfer_meeting": attrgetter("transfer_meeting"),
    "open_supplement": attrgetter("open_supplement"),
}
"""What is read of the form itself, and how."""


def _part_of_form(name: str, make: Callable[[SchoolForm], Any]) -> None:
    @part(name)
    async def load(viewer: Viewer, rows: list[PupilRow]) -> None:
        if viewer.role is Role.PO_EDITOR:
            return await load_asked(viewer=viewer, rows=rows)
        for row in rows:
            row.parts[name] = make(row.form)


for _name, _make in PARTS.items():
    _part_of_form(_name, _make)


async def load_forms(*, rows: list[PupilRow]) -> None:
    """The form as its school sees it, with its list. Pages name few departments many times: each is read once, in one
    statement, and each line of a rank and a department is one object. Of one pupil the names are there already."""
    lists: list[Sequence[str]] = []
    named: dict[str, Sequence[Any]] = {}
    for row in rows:
        lines = row.form.lines or ()
        if isinstance(lines, str):
            there = {one[0]: one for one in json.loads(lines)}
            named |= there
            lines = tuple(there)
        lists.append(lines)
    if asked := set().union(*lists) - named.keys():
        named |= {str(one[0]): one for one in await _departments(ids=asked)}
    departments = {
        key: DepartmentOfList(one[0], one[1], SchoolOfList(one[2], one[3])) for key, one in named.items()
    }
    ranks = [_Rank(rank, departments) for rank in range(1, 1 + max(map(len, lists), default=0))]
    for row, lines in zip(rows, lists, strict=True):
        preferences = [rank[line] for rank, line in zip(ranks, lines, strict=False)]
        row.parts["enrolment"] = {row.form.region: SchoolsEnrolment(row.form, preferences)}


class _Rank(dict[str, PreferenceRow]):
    """The lines of one rank, by the department that is named there."""

    def __init__(self, rank: int, departments: dict[str, DepartmentOfList]) -> None:
        super().__init__()
        self._rank = rank
        self._departments = departments

    def __missing__(self, department_id: str) -> PreferenceRow:
        line = self[department_id] = PreferenceRow(self._rank, self._departments[department_id])
        return line


@written
def _departments(*, ids: Collection[str]) -> Any:
    return Department.filter(id__in=ids).values_list("id", "name", "school_id", "school__name")


class SchoolsEnrolment:
    """The GraphQL type `Enrolment` of a form as its school sees it."""

    __slots__ = ("form", "preferences")
    # A school has a form once it is definitive: there is nothing left to do.
    can_finalize = False
    missing = ()

    def __init__(self, form: SchoolForm, preferences: list[PreferenceRow]) -> None:
        self.form = form
        self.preferences = preferences

    id = property(attrgetter("form.id"))
    region = property(attrgetter("form.region"))
    version = property(attrgetter("form.version"))
    finalized_at = property(attrgetter("form.finalized_at"))
    accept_equivalent_department = property(attrgetter("form.accept_equivalent_department"))

    @property
    def status(self) -> EnrolmentStatus:
        return _STATUSES[self.form.status]

    @property
    def multiple_birth(self) -> MultipleBirthRow:
        return MultipleBirthRow(self.form.is_multiple, self.form.all_apply_here)

    @property
    def priority_claim(self) -> PriorityClaimRow | None:
        return _claim(self.form)
