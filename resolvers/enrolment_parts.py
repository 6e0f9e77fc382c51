"""The forms of many pupils in a fixed number of statements, and what a family reads of the outcome."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models import Department, Enrolment, IndividualWindow, Region
from resolvers import clock, scope
from resolvers.calendars import calendar_of
from resolvers.enrolment_forms import EnrolmentRow, choice, not_at, open_departments_by_advice, shown
from resolvers.family import grouped, load_logins
from resolvers.handled import load_forms
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch
from resolvers.viewer import Viewer
from rules import enrolment as rule
from rules import result
from rules.calendar import Window, closed
from rules.enrolment import Form
from rules.vocabulary import EnrolmentStatus, Role, WindowReason


@part("enrolment")
async def _enrolment(viewer: Viewer, rows: list[PupilRow]) -> None:
    """By region: the live form. A school sees the definitive one it handles, and no other."""
    if viewer.role is Role.VO_STAFF:
        return await load_forms(rows=rows)
    live = scope.enrolments(viewer).filter(pupil_id__in=[row.id for row in rows])
    found = await live.exclude(status=EnrolmentStatus.WITHDRAWN).select_related("region")
    in_the_way = await _in_the_way(found, rows) if viewer.role is Role.PARENT else {}
    shown_by_id = await all_shown(enrolments=found, rows=rows, in_the_way=in_the_way)
    if viewer.role is Role.PARENT:
        await load_logins(viewer=viewer, rows=rows)
    for row in rows:
        row.parts["enrolment"] = {
            one.region.code: shown_by_id[one.id] for one in found if one.pupil_id == row.id
        }


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


async def _in_the_way(forms: list[Enrolment], rows: list[PupilRow]) -> dict[UUID, list[str]]:
    """For each concept of a family what else than its answers keeps it from being definitive."""
    now = await clock.now()
    by_pupil = {row.id: row for row in rows}
    found = {}
    for form in forms:
        if form.status is not EnrolmentStatus.CONCEPT:
            continue
        calendar = await calendar_of(
            region_id=form.region_id, school_year_id=form.school_year_id, pupil_id=form.pupil_id
        )
        finals = (
            one.region.name
            for one in forms
            if one.pupil_id == form.pupil_id and one.status is EnrolmentStatus.FINAL
        )
        found[form.id] = rule.in_the_way(
            closed=closed(window=Window.APPLYING, calendar=calendar, now=now),
            not_placing=by_pupil[form.pupil_id].not_placing_reason is not None,
            elsewhere=next(finals, None),
        )
    return found


@part("enrolment_history")
async def _history(viewer: Viewer, rows: list[PupilRow]) -> None:
    """What was undone, the latest first (rule 22: it stays)."""
    undone = scope.enrolments(viewer).filter(pupil_id__in=[row.id for row in rows])
    found = (
        await undone.filter(status=EnrolmentStatus.WITHDRAWN)
        .order_by("-withdrawn_at")
        .select_related("region")
    )
    shown_by_id = await all_shown(enrolments=found, rows=rows)
    for row in rows:
        row.parts["enrolment_history"] = [shown_by_id[one.id] for one in found if one.pupil_id == row.id]


async def all_shown(
    *,
    enrolments: list[Enrolment],
    rows: Iterable[PupilRow],
    in_the_way: Mapping[UUID, Sequence[str]] | None = None,
    to_secondary: bool = False,
) -> dict[UUID, EnrolmentRow]:
    """Forms as people see them: three statements, however many."""
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
        obstacles = (in_the_way or {}).get(one.id, ())
        answer[one.id] = shown(
            enrolment=one,
            form=form,
            list_length=row.list_length,
            region=one.region.code,
            in_the_way=obstacles,
            to_secondary=to_secondary,
        )
    return answer


@part("placement_result")
async def _placement_result(viewer: Viewer, rows: list[PupilRow]) -> None:
    """By region. Before the announcement nothing is read at all: no time, no count tells."""
    if viewer.role is not Role.PARENT:
        return
    await load_logins(viewer=viewer, rows=rows)
    now = await clock.now()
    for row in rows:
        row.parts["placement_result"] = {}
        for region in await Region.filter(group_id=viewer.group_id):
            calendar = await calendar_of(region_id=region.id, school_year_id=row.school_year_id)
            if result.is_announced(calendar=calendar, now=now):
                row.parts["placement_result"][region.code] = await _outcome(viewer, row, region)


async def _outcome(viewer: Viewer, row: PupilRow, region: Region) -> result.Result | None:
    forms = scope.enrolments(viewer).filter(pupil_id=row.id, region_id=region.id)
    latest = await forms.order_by("-version").select_related("handling_school", "handling_department")
    # The live form decides; an ended one speaks only when nothing came after it.
    for form in sorted(latest, key=lambda one: one.status is not EnrolmentStatus.FINAL):
        outcome = result.of(
            first_name=row.first_name,
            enrolment=form.status,
            placement=form.placement_status,
            deferred=form.parents_informed_at is not None,
            school=form.handling_school.name if form.handling_school else "",
            department=form.handling_department.name if form.handling_department else "",
            helpdesk=region.helpdesk,
        )
        if outcome is not None:
            return outcome
    return None
