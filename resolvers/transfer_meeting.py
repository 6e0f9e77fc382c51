"""Rule 35: a talk about a pupil between its primary school and the school of its enrolment (tafelmiddag)."""

from uuid import UUID

from models import Enrolment
from resolvers import scope
from resolvers.announced import tells_primary_school
from resolvers.calendars import calendar_of
from resolvers.handling import case_of
from resolvers.notes import written
from resolvers.step import Act, take
from resolvers.viewer import Viewer
from rules import supplement as rule
from rules.calendar import closed
from rules.input import Checks
from rules.steps import StateConflict
from rules.vocabulary import EnrolmentStatus

LONGEST = 4000
NOT_ENROLLED = (
    "Deze leerling is niet definitief aangemeld bij een VO-school. Een tafelmiddag vraagt u daarna aan."
)


async def set_transfer_meeting(*, viewer: Viewer, pupil_id: UUID, wanted: bool, note: str | None) -> UUID:
    """Tick it, or take the tick away, before or after placing. The note is for both schools, and stays.

    Raises `NotFound`, `PupilLeft`, `PeriodClosed`, `NoPrimarySchool`, `StateConflict` (drawn out), `InvalidValue`.
    """
    said = _text(note)
    async with case_of("setTransferMeeting", viewer=viewer, pupil_id=pupil_id) as case:
        act, form = case.act, case.form
        if wanted:
            rule.needs_primary_school(there_is_one=act.child.primary_school_id is not None)
        await tells_primary_school(form=form, now=act.now)
        rule.may_meet(wanted=wanted, placement=form.placement_status)
        act.change(form, transfer_meeting=wanted)
        await _noted(act=act, viewer=viewer, form=form, wanted=wanted, said=said)
    return pupil_id


async def request_transfer_meeting(*, viewer: Viewer, pupil_id: UUID, note: str | None) -> UUID:
    """PO asks for it, before or after placing. It reads the same answer whatever was decided there (rule 23).

    Raises `NotFound`, `PeriodClosed`, `StateConflict` (not enrolled), `InvalidValue`.
    """
    said = _text(note)
    step = take("requestTransferMeeting", viewer=viewer, pupil_id=pupil_id, rule_judges_window=True)
    async with step as act:
        form = await scope.of(act.child, Enrolment).filter(status=EnrolmentStatus.FINAL).first()
        if form is None:
            raise StateConflict(step=act.step.name, state="", explanation=NOT_ENROLLED)
        calendar = await calendar_of(region_id=form.region_id, school_year_id=form.school_year_id)
        refusal = closed(window=act.step.window, calendar=calendar, now=act.now)
        if refusal is not None:
            raise refusal
        if rule.is_met(placement=form.placement_status):
            act.change(form, transfer_meeting=True)
        await _noted(act=act, viewer=viewer, form=form, wanted=True, said=said)
    return pupil_id


def _text(note: str | None) -> str:
    checks = Checks()
    said = checks.text("note", note or "", label="Notitie", longest=LONGEST)
    checks.done()
    return said


async def _noted(*, act: Act, viewer: Viewer, form: Enrolment, wanted: bool, said: str) -> None:
    """What was asked, apart from the tick: that goes with a decision which PO may not know yet."""
    act.record(entity="Enrolment", entity_id=form.id, transfer_meeting_asked=wanted)
    if not said:
        return
    same = scope.notes_of(viewer, pupil_ids=[act.child.id]).filter(
        text=said, about_transfer_meeting=True, author_account_id=viewer.account_id
    )
    if not await same.exists():
        act.create(
            written(
                viewer=viewer,
                pupil_id=act.child.id,
                text=said,
                at=act.now,
                shared=True,
                about_transfer_meeting=True,
            )
        )
