"""Rules 27 to 37: what the school of an enrolment does with it, one step each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from emails import EnrolmentWithdrawn, NotPlaceable, PriorityDecided, PupilNotPlaceable
from models import CapacityGroup, Department, Enrolment, Region
from resolvers import scope
from resolvers.enrolment import address_of, withdraw
from resolvers.enrolment_forms import form_of
from resolvers.staff import editors_of
from resolvers.step import Act, take
from resolvers.viewer import Viewer
from resolvers.windows import open_until
from rules import handling as rule
from rules.calendar import Window, closed, is_late
from rules.handling import Handled, Seats
from rules.input import Checks
from rules.result import is_announced
from rules.steps import NotFound
from rules.vocabulary import PlacementStatus, PriorityDecision, Role, WindowReason

LONGEST = 4000


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """An enrolment that is being handled: the step, the form, and the form as the rules look at it."""

    act: Act
    form: Enrolment
    handled: Handled
    late: bool


async def decide_priority(*, viewer: Viewer, pupil_id: UUID, decision: PriorityDecision) -> UUID:
    """Rule 27: grant or reject the claim; the family reads it in mail 3. The same again says nothing.

    Raises `NotFound`, `PupilLeft`, `PeriodClosed`, `NoPriorityClaim`, `StateConflict`.
    """
    async with case_of("decidePriority", viewer=viewer, pupil_id=pupil_id) as case:
        act, form = case.act, case.form
        status = rule.decide(handled=case.handled, decision=decision)
        if status is not form.priority_status:
            act.change(form, priority_status=status)
            if to := await address_of(act=act, region_id=form.region_id):
                act.mail(
                    PriorityDecided(
                        first_name=act.child.first_name, granted=decision is PriorityDecision.GRANT
                    ),
                    to=to,
                    unique_key=f"priority_decided:{form.id}:{act.now.isoformat()}",
                )
    return pupil_id


async def place_pupil(
    *, viewer: Viewer, pupil_id: UUID, department_id: UUID, track: str | None, profile: str | None
) -> UUID:
    """Rule 28: a seat. Capacity is counted with the group locked: the last one goes to one pupil.

    A track or profile that is not given stays as it is.

    Raises `NotFound`, `PupilLeft`, `PeriodClosed`, `DepartmentNotAppliedFor`, `DepartmentClosedToAdvice`,
    `NoSeatsLeft`, `StateConflict`, `InvalidValue`.
    """
    checks = Checks()
    said = {
        name: checks.text(name, text, label=label, longest=80)
        for name, text, label in (("track", track, "Richting"), ("profile", profile, "Profiel"))
        if text is not None
    }
    checks.done()
    async with case_of("placePupil", viewer=viewer, pupil_id=pupil_id) as case:
        act, form = case.act, case.form
        own = Department.filter(
            id=department_id, school_id=viewer.secondary_school_id, school_year_id=form.school_year_id
        )
        if not await own.exists():
            raise NotFound().at("department_id")
        group = await _group(department_id=department_id, advice=act.child.advice_id)
        rule.place(handled=case.handled, department=department_id, seats=await _seats(group, form))
        assert group is not None
        act.change(form, placement_status=PlacementStatus.PLACED, placed_group_id=group.id, **said)
        act.change(form, handling_department_id=department_id, placed_at=form.placed_at or act.now)
    return pupil_id


async def draw_out_pupil(*, viewer: Viewer, pupil_id: UUID) -> UUID:
    """Rule 30: drawn out; on to central placement. The transfer meeting here is off.

    Raises `NotFound`, `PupilLeft`, `PeriodClosed`, `SeatsLeft`, `StateConflict`.
    """
    async with case_of("drawOutPupil", viewer=viewer, pupil_id=pupil_id) as case:
        form = case.form
        if form.placement_status is not PlacementStatus.DRAWN_OUT:
            group = await _group(department_id=case.handled.department, advice=case.act.child.advice_id)
            rule.draw_out(handled=case.handled, seats=await _seats(group, form))
            act = case.act
            act.change(form, placement_status=PlacementStatus.DRAWN_OUT, drawn_out_at=act.now, **NOT_HERE)
    return pupil_id


async def undo_placement(*, viewer: Viewer, pupil_id: UUID) -> UUID:
    """Take back what was decided last: placed, drawn out, or more time. The pupil stands as it stood before.

    Drawing out and more time are taken back while they could be done. Raises `NotFound`, `PupilLeft`,
    `PeriodClosed`, `StateConflict`.
    """
    async with case_of("undoPlacement", viewer=viewer, pupil_id=pupil_id) as case:
        act, form = case.act, case.form
        undone = rule.undo(handled=case.handled)
        if window := TAKEN_BACK_IN.get(form.placement_status):
            refusal = closed(window=window, calendar=act.calendar, now=act.now, late=case.late)
            if refusal is not None:
                raise refusal
        act.change(
            form,
            placement_status=undone.placement,
            handling_department_id=case.handled.applied_for,
            parents_informed_at=form.parents_informed_at if undone.deferred else None,
            drawn_out_at=form.drawn_out_at if undone.drawn_out else None,
            **UNPLACED,
        )
    return pupil_id


async def reassign(*, viewer: Viewer, pupil_id: UUID, school_id: UUID, department_id: UUID) -> UUID:
    """Rule 31: after central placement the school of the first choice sends the pupil on; it is gone here at once.

    Raises `NotFound`, `PupilLeft`, `PeriodClosed`, `NotFirstChoiceSchool`, `NotOnTheList`,
    `DepartmentClosedToAdvice`, `NoSeatsLeft`, `StateConflict`.
    """
    async with case_of("reassign", viewer=viewer, pupil_id=pupil_id) as case:
        act, form = case.act, case.form
        there = Department.filter(
            id=department_id, school_id=school_id, school__region_id=form.region_id,
            school_year_id=form.school_year_id,
        )  # fmt: skip
        if not await there.exists():
            raise NotFound().at("department_id")
        choices = (await form_of(enrolment=form, pupil=act.child)).choices
        preferences = [(choice.school_id, choice.department_id) for choice in choices]
        handled = replace(case.handled, preferences=preferences)
        group = await _group(department_id=department_id, advice=act.child.advice_id)
        seats = await _seats(group, form, awaited=True)
        rule.reassign(handled=handled, school=school_id, department=department_id, seats=seats)
        act.change(
            form,
            handling_school_id=school_id,
            handling_department_id=department_id,
            placement_status=PlacementStatus.NONE,
            moved=True,
            moved_at=act.now,
            parents_informed_at=None,
            open_supplement=False,
            **UNPLACED,
            **NOT_HERE,
        )
    return pupil_id


async def defer_decision(*, viewer: Viewer, pupil_id: UUID, parents_informed_at: datetime | None) -> UUID:
    """Rule 32: the school needs more time, and has told the parents when it says. None takes it back.

    Raises `NotFound`, `PupilLeft`, `PeriodClosed`, `InvalidValue`, `StateConflict`.
    """
    async with case_of("deferDecision", viewer=viewer, pupil_id=pupil_id) as case:
        act, form = case.act, case.form
        if parents_informed_at is not None:
            since = form.moved_at or form.finalized_at
            assert since is not None
            rule.defer(
                handled=case.handled, parents_informed_at=parents_informed_at, since=since, now=act.now
            )
        act.change(form, parents_informed_at=parents_informed_at)
    return pupil_id


async def register_not_placeable(*, viewer: Viewer, pupil_id: UUID, explanation: str) -> UUID:
    """Rule 33: the enrolment ends here, and the pupil may enrol elsewhere in a window of its own.

    The explanation stands in the audit alone. PO, the project lead and the family are told, without it.

    Raises `NotFound`, `PupilLeft`, `PeriodClosed`, `StateConflict`, `InvalidValue`.
    """
    said = _said("explanation", explanation, label="Toelichting")
    async with case_of("registerNotPlaceable", viewer=viewer, pupil_id=pupil_id) as case:
        act, form = case.act, case.form
        rule.leave(handled=case.handled, step="registerNotPlaceable", also_placed=False)
        await _leave(case, placement=PlacementStatus.NOT_PLACEABLE, explanation=said)
        before = await open_until(act=act, enrolment=form, reason=WindowReason.NOT_PLACEABLE)
        school = _named(case)
        if form.region.project_lead_email:
            act.mail(
                NotPlaceable(school=viewer.school_name or ""),
                to=form.region.project_lead_email,
                unique_key=f"not_placeable:{form.id}",
                link="portal",
                region=form.region,
            )
        for place, to in enumerate(await editors_of(school_id=act.child.primary_school_id)):
            act.mail(
                PupilNotPlaceable(school=school or "Een VO-school"),
                to=to,
                unique_key=f"pupil_not_placeable:{form.id}:{place}",
                link="portal",
            )
        await _tell_family(case, before=before)
    return pupil_id


async def withdraw_pupil(*, viewer: Viewer, pupil_id: UUID, reason: str) -> UUID:
    """Rule 34: the pupil does not come; its seat is free again. The reason stands in the audit.

    Raises `NotFound`, `PupilLeft`, `PeriodClosed`, `InvalidValue`.
    """
    said = _said("reason", reason, label="Reden")
    async with case_of("withdrawPupil", viewer=viewer, pupil_id=pupil_id) as case:
        await _leave(case, placement=PlacementStatus.WITHDRAWN, reason=said)
        await _tell_family(case, before=None)
    return pupil_id


TAKEN_BACK_IN = {
    PlacementStatus.DRAWN_OUT: Window.UNTIL_CENTRAL_PLACEMENT,
    PlacementStatus.NONE: Window.HANDLING,
}
UNPLACED = {"placed_group_id": None, "placed_at": None, "track": "", "profile": ""}
NOT_HERE = {"transfer_meeting": False}
"""Rule 35: the tick vanishes when a pupil is not placed here; the notes stay."""


def _said(name: str, text: str, *, label: str) -> str:
    checks = Checks()
    kept = checks.text(name, text, label=label, longest=LONGEST, required=True)
    checks.done()
    return kept


async def _leave(case: Case, *, placement: PlacementStatus, **said: str) -> None:
    act, form = case.act, case.form
    act.change(form, placement_status=placement, placed_group_id=None, open_supplement=False, **NOT_HERE)
    fresh = await withdraw(act=act, enrolment=form, by=Role.VO_STAFF)
    if placement is PlacementStatus.NOT_PLACEABLE:
        act.change(fresh, not_at=sorted({*(form.not_at or ()), str(case.handled.own_school)}))
    act.record(entity="Enrolment", entity_id=form.id, before=None, **said)


def _named(case: Case) -> str | None:
    """The school as PO and family may know it: where a pupil was moved to tells the outcome (rule 23)."""
    announced = is_announced(calendar=case.act.calendar, now=case.act.now)
    if case.form.moved and not announced:
        return None
    return case.act.viewer.school_name if case.act.viewer else None


async def _tell_family(case: Case, *, before: datetime | None) -> None:
    act, form = case.act, case.form
    if to := await address_of(act=act, region_id=form.region_id):
        by = _named(case) or "de VO-school die de aanmelding behandelt"
        act.mail(
            EnrolmentWithdrawn(first_name=act.child.first_name, by=by, before=before),
            to=to,
            unique_key=f"enrolment_withdrawn:{form.id}",
            link="portal",
            region=form.region,
        )


@asynccontextmanager
async def case_of(name: str, *, viewer: Viewer, pupil_id: UUID) -> AsyncIterator[Case]:
    """The step on the enrolment that this school handles now; its region's calendar counts.

    Raises `NotFound`, `PupilLeft` (it was here), `PeriodClosed`.
    """
    region = await Region.get(id=viewer.region_id)
    step = take(name, viewer=viewer, pupil_id=pupil_id, region=region, rule_judges_window=True)
    async with step as act:
        form = await scope.enrolments(viewer).filter(pupil_id=pupil_id).select_related("region").first()
        if form is None:
            raise NotFound()
        assert form.finalized_at is not None
        late = is_late(finalized_at=form.finalized_at, calendar=act.calendar)
        refusal = act.closed(deferred=form.parents_informed_at is not None, late=late)
        if refusal is not None:
            raise refusal
        yield Case(act=act, form=form, handled=_handled(form=form, viewer=viewer), late=late)


def _handled(*, form: Enrolment, viewer: Viewer) -> Handled:
    assert viewer.secondary_school_id is not None
    assert form.first_school_id is not None
    assert form.handling_department_id is not None
    assert form.first_department_id is not None
    return Handled(
        own_school=viewer.secondary_school_id,
        first_school=form.first_school_id,
        department=form.handling_department_id,
        applied_for=form.handling_department_id if form.moved else form.first_department_id,
        placement=form.placement_status,
        priority=form.priority_status,
        moved=form.moved,
        was_drawn_out=form.drawn_out_at is not None and not form.moved,
        deferred=form.parents_informed_at is not None,
        accepts_equivalent=form.accept_equivalent_department and not form.moved,
    )


async def _group(*, department_id: UUID, advice: str | None) -> CapacityGroup | None:
    """The seats this advice uses there, locked: who counts them next waits until this step has ended."""
    groups = CapacityGroup.filter(department_id=department_id, adviezen__contains=[advice])
    return await groups.select_for_update().first()


async def _seats(group: CapacityGroup | None, form: Enrolment, *, awaited: bool = False) -> Seats | None:
    """How full a group is without this pupil. `awaited`: who was moved there and waits for its seat counts too."""
    if group is None:
        return None
    placed = await scope.placed_in(group_ids=[group.id]).exclude(id=form.id).count()
    if awaited:
        placed += await scope.moved_to(department_id=group.department_id, adviezen=group.adviezen).count()
    return Seats(group=group.name, seats=group.seats, placed=placed)
