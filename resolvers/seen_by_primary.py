"""What a primary school sees of the handling of its pupils (rules 13, 23, 26, 35): its whole course, no outcome."""

from collections.abc import Collection
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from models import AuditEntry, IndividualWindow, ParentLogin
from resolvers import clock, scope
from resolvers.calendars import announcements
from resolvers.family import grouped
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch, from_json
from resolvers.viewer import Viewer
from rules.course import Form, Login, Meeting, OwnWindow, Part, Question, course
from rules.vocabulary import EnrolmentStatus, PlacementStatus, Role

MEETING = ("setTransferMeeting", "requestTransferMeeting")
ENDED_BY_PRIMARY = ("setNotPlacingReason",)


async def load_asked(*, viewer: Viewer, rows: list[PupilRow]) -> None:
    """Whether a transfer meeting was asked, and whether a question is open.

    The tick goes when a pupil is drawn out or moved: until the announcement PO reads what was asked instead.
    """
    if all("transfer_meeting" in row.parts for row in rows):
        return
    ids = [row.id for row in rows]
    known = await announcements(group_id=viewer.group_id, now=await clock.now())
    forms = scope.enrolments(viewer).filter(pupil_id__in=ids, status=EnrolmentStatus.FINAL)
    columns = ("pupil_id", "id", "region_id", "school_year_id", "transfer_meeting")
    asked = {form: wanted[-1].wanted for form, wanted in (await _meetings(ids)).items()}
    met = {
        pupil: tick if (region, year) in known else asked.get(form, False)
        for pupil, form, region, year, tick in await fetch(forms, columns, lambda *row: row)
    }
    awaited = scope.awaited(viewer, announced=known).filter(pupil_id__in=ids)
    open_ones = set(await fetch(awaited, ("pupil_id",), lambda pupil: pupil))
    for row in rows:
        row.parts["transfer_meeting"] = met.get(row.id, False)
        row.parts["open_supplement"] = row.id in open_ones


async def _meetings(pupil_ids: Collection[UUID]) -> dict[UUID, list[Meeting]]:
    """By enrolment, in order: the trace, as a tick that is gone does not say that it was there."""
    traces = AuditEntry.filter(pupil_id__in=list(pupil_ids), act__in=MEETING, entity="Enrolment")
    by_form: dict[UUID, list[Meeting]] = {}
    for form, at, role, after in await fetch(
        traces.order_by("id"), ("entity_id", "at", "role", "after"), lambda *row: row
    ):
        wanted = (from_json(after) or {}).get("transfer_meeting_asked")
        if wanted is not None:
            by_form.setdefault(UUID(form), []).append(Meeting(at=at, wanted=wanted, by=role))
    return by_form


@part("course")
async def _course(viewer: Viewer, rows: list[PupilRow]) -> None:
    """Seven statements, however many pupils."""
    ids = [row.id for row in rows]
    logins = await grouped(
        scope.of_all(rows, ParentLogin),
        ("region__name", "sent_at", "activated_at"),
        lambda region, sent, active: Login(region=region, sent_at=sent, activated_at=active),
    )
    windows = await grouped(
        scope.of_all(rows, IndividualWindow),
        ("opens_at", "closes_at", "reason"),
        lambda opens, closes, reason: OwnWindow(opens_at=opens, closes_at=closes, reason=reason),
    )
    questions = await grouped(
        scope.supplements(viewer, pupil_ids=ids),
        ("school__name", "asked_at", "answered_at"),
        lambda school, asked, answered: Question(school=school, asked_at=asked, answered_at=answered),
    )
    forms = await _forms(viewer, ids)
    meetings = await _meetings(ids)
    for row in rows:
        own = forms.get(row.id, [])
        # What was said again is said once.
        said = [
            next(same)
            for form in own
            for _, same in groupby(meetings.get(form.id, []), key=lambda one: one.wanted)
        ]
        parts: list[Part] = [*logins.get(row.id, []), *own, *windows.get(row.id, [])]
        row.parts["course"] = course(parts=[*parts, *questions.get(row.id, []), *said])


async def _forms(viewer: Viewer, pupil_ids: list[UUID]) -> dict[UUID, list[Form]]:
    known = await announcements(group_id=viewer.group_id, now=await clock.now())
    ended = AuditEntry.filter(pupil_id__in=pupil_ids, act__in=ENDED_BY_PRIMARY, entity="Enrolment")
    by_reason = set(await fetch(ended, ("entity_id",), str))
    forms = scope.enrolments(viewer).filter(pupil_id__in=pupil_ids).order_by("created_at", "version")
    rows: list[tuple[Any, ...]] = await fetch(forms, _COLUMNS, lambda *row: row)
    ends = {(row[0], row[1], row[_COLUMNS.index("withdrawn_at")]) for row in rows}
    found: dict[UUID, list[Form]] = {}
    for pupil, region, year, *rest in rows:
        form = _form(
            *rest, by_reason=by_reason, announced_at=known.get((region, year)), ends=ends, of=(pupil, region)
        )
        found.setdefault(pupil, []).append(form)
    return found


_COLUMNS = (
    "pupil_id",
    "region_id",
    "school_year_id",
    "id",
    "status",
    "placement_status",
    "created_at",
    "finalized_at",
    "withdrawn_at",
    "withdrawn_by",
    "placed_at",
    "parents_informed_at",
    "first_school__name",
    "handling_school__name",
    "handling_department__name",
    "moved",
)


def _form(*row: Any, by_reason: set[str], announced_at: datetime | None, ends: Any, of: Any) -> Form:
    (
        identity, status, placement, began, final, ended, by, placed, informed, first, handled_by, department, moved,
    ) = row  # fmt: skip
    return Form(
        id=identity,
        status=EnrolmentStatus(status),
        placement=PlacementStatus(placement),
        began_at=began,
        # A form that a step began from the one it ended has that one's moment.
        goes_on=(*of, began) in ends,
        finalized_at=final,
        ended_at=ended,
        ended_by=by,
        fell_back=by == Role.PO_EDITOR and str(identity) not in by_reason,
        placed_at=placed,
        deferred=informed is not None,
        first_school=first or "",
        # Where it was moved to tells the outcome (rule 23).
        handled_by="Een VO-school" if moved and announced_at is None else handled_by or "",
        department=department or "",
        announced_at=announced_at,
    )
