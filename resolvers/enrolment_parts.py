"""The forms of many pupils in a fixed number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models import Department, Enrolment, IndividualWindow
from resolvers import scope
from resolvers.enrolment_forms import EnrolmentRow, choice, not_at, open_departments_by_advice, shown
from resolvers.family import grouped
from resolvers.handled import load_forms
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch
from resolvers.viewer import Viewer
from rules.enrolment import Form
from rules.vocabulary import EnrolmentStatus, Role, WindowReason


@part("enrolment")
async def _enrolment(viewer: Viewer, rows: list[PupilRow]) -> None:
    """A school sees the definitive form it handles, and no other. (A family's: `family_child`.)"""
    if viewer.role is Role.VO_STAFF:
        await load_forms(rows=rows)


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window that one family has for itself (rules 7 and 22)."""

    region: str
    opens_at: datetime
    closes_at: datetime
    reason: WindowReason


@part("individual_windows")
async def _individual_windows(viewer: Viewer, rows: list[PupilRow]) -> None:
    """The latest first."""
    windows = scope.of_all(rows, IndividualWindow).order_by("pupil_id", "-closes_at")
    columns = ("region__code", "opens_at", "closes_at", "reason")
    by_pupil = await grouped(windows, columns, WindowRow)
    for row in rows:
        row.parts["individual_windows"] = by_pupil.get(row.id, [])


@part("enrolment_history")
async def _history(viewer: Viewer, rows: list[PupilRow]) -> None:
    """What was undone, the latest first (rule 22: it stays)."""
    undone = scope.enrolments(viewer).filter(pupil_id__in=[row.id for row in rows])
    found = (
        await undone.filter(status=EnrolmentStatus.WITHDRAWN)
        .order_by("-withdrawn_at")
        .select_related("region")
    )
    shown_by_id = await _all_shown(enrolments=found, rows=rows)
    for row in rows:
        row.parts["enrolment_history"] = [shown_by_id[one.id] for one in found if one.pupil_id == row.id]


async def _all_shown(*, enrolments: list[Enrolment], rows: Iterable[PupilRow]) -> dict[UUID, EnrolmentRow]:
    """Forms as a family sees them: three statements, however many."""
    lines: dict[UUID, list[UUID]] = {one.id: [] for one in enrolments}
    preferences = scope.lines_of(enrolment_ids=list(lines))
    for enrolment_id, department_id in await fetch(
        preferences, ("enrolment_id", "department_id"), lambda *row: row
    ):
        lines[enrolment_id].append(department_id)
    ids = list({department_id for list_ in lines.values() for department_id in list_})
    columns = ("id", "name", "school_id", "school__name", "school__priority_grounds")
    departments = {
        row[0]: row for row in await fetch(Department.filter(id__in=ids), columns, lambda *row: row)
    }
    open_by_advice = await open_departments_by_advice(department_ids=ids)
    by_pupil = {row.id: row for row in rows}
    answer = {}
    for one in enrolments:
        row = by_pupil[one.pupil_id]
        open_ids = open_by_advice.get(row.advice or "", set())
        form = Form(
            choices=tuple(
                choice(department=departments[line], open_ids=open_ids)
                for line in lines[one.id]
                if line in departments
            ),
            ground=one.priority_ground,
            sibling_name=one.sibling_name,
            sibling_class=one.sibling_class,
            accept_equivalent_department=one.accept_equivalent_department,
            is_multiple=one.is_multiple,
            all_apply_here=one.all_apply_here,
            not_at=not_at(one),
        )
        answer[one.id] = shown(
            enrolment=one,
            form=form,
            list_length=row.list_length,
            region=one.region.code,
        )
    return answer
