"""Rule 26: a secondary school asks the primary school for a supplement; the primary school answers."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from emails import SupplementAsked
from models import Enrolment, Region, Supplement, Upload
from resolvers import clock, scope
from resolvers.announced import tells_primary_school
from resolvers.calendars import announcements, calendar_of
from resolvers.file_lists import FileRow
from resolvers.handling import case_of
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch
from resolvers.staff import editors_of
from resolvers.step import Act, take
from resolvers.uploads import readable, why_not
from resolvers.viewer import Viewer
from rules import supplement as rule
from rules.calendar import closed
from rules.input import Checks, wrong_at
from rules.supplement import Asked
from rules.uploads import RECEIVED
from rules.vocabulary import EnrolmentStatus, Role, UploadKind

LONGEST = 4000


async def request_supplement(*, viewer: Viewer, pupil_id: UUID, question: str) -> UUID:
    """Ask the primary school; its editors are mailed, without a word of the question. The same again says nothing.

    Raises `NotFound`, `PupilLeft`, `PeriodClosed`, `NoPrimarySchool`, `InvalidValue`.
    """
    checks = Checks()
    asked = checks.text("question", question, label="Vraag", longest=LONGEST, required=True)
    checks.done()
    async with case_of("requestSupplement", viewer=viewer, pupil_id=pupil_id) as case:
        act, form = case.act, case.form
        rule.needs_primary_school(there_is_one=act.child.primary_school_id is not None)
        await tells_primary_school(form=form, now=act.now)
        own = scope.supplements(viewer, pupil_ids=[pupil_id]).filter(enrolment_id=form.id)
        if await own.filter(question=asked, answered_at=None).exists():
            return pupil_id
        supplement = Supplement(
            id=uuid4(),
            pupil_id=pupil_id,
            enrolment_id=form.id,
            school_id=viewer.secondary_school_id,
            question=asked,
            asked_at=act.now,
        )
        act.create(supplement)
        act.change(form, open_supplement=True)
        # A child of a linked region: its school signs in at the portal of its own.
        region = await Region.get(id=act.child.region_id)
        for place, to in enumerate(await editors_of(school_id=act.child.primary_school_id)):
            act.mail(
                SupplementAsked(school=viewer.school_name or ""),
                to=to,
                unique_key=f"supplement_asked:{supplement.id}:{place}",
                link="portal",
                region=region,
            )
    return pupil_id


async def answer_supplement(
    *,
    viewer: Viewer,
    pupil_id: UUID,
    supplement_id: UUID | None,
    answer: str | None,
    upload_ids: list[UUID] | None,
) -> UUID:
    """Answer in words, with files, or both. Which question, need not be said where one is open.

    Raises `NotFound`, `PeriodClosed`, `NoOpenSupplement`, `SupplementAnswered`, `SupplementNotChosen`,
    `UploadNotReady`, `InvalidValue`.
    """
    checks = Checks()
    words = checks.text("answer", answer or "", label="Antwoord", longest=LONGEST)
    checks.done()
    chosen = list(dict.fromkeys(upload_ids or ()))
    async with take("answerSupplement", viewer=viewer, pupil_id=pupil_id, rule_judges_window=True) as act:
        files = await _files(viewer=viewer, pupil_id=pupil_id, upload_ids=chosen)
        found = await _asked(viewer=viewer, act=act)
        rule.said(answer=words, files=chosen)
        meant = rule.answer_to(
            asked=list(found.values()), chosen=supplement_id, answer=words, files=frozenset(chosen)
        )
        if meant is None:
            return pupil_id
        supplement = await scope.one(
            scope.supplements(viewer, pupil_ids=[pupil_id]).filter(id=meant.id).select_related("enrolment")
        )
        form = supplement.enrolment
        # Where the child applied its handling has begun, be it before that of its own region.
        calendar = await calendar_of(region_id=form.region_id, school_year_id=form.school_year_id)
        refusal = closed(window=act.step.window, calendar=calendar, now=act.now)
        if refusal is not None:
            raise refusal
        act.change(supplement, answer=words, answered_at=act.now)
        for upload in files:
            if upload.supplement_id is not None:
                raise wrong_at("upload_ids", reason="Dit bestand hoort al bij een ander antwoord.")
            act.change(upload, supplement_id=supplement.id)
        await _settle(act=act, form=form, answered=supplement)
    return pupil_id


async def _files(*, viewer: Viewer, pupil_id: UUID, upload_ids: list[UUID]) -> list[Upload]:
    """The files of this answer: sent for this pupil, as a supplement, and found to be sound."""
    files = []
    for upload_id in upload_ids:
        upload = await readable(viewer=viewer, upload_id=upload_id)
        if upload is None or upload.kind is not UploadKind.SUPPLEMENT or upload.pupil_id != pupil_id:
            refusal = await why_not(viewer=viewer, upload_id=upload_id)
            refusal.path = ("upload_ids",)
            raise refusal
        files.append(upload)
    return files


async def _asked(*, viewer: Viewer, act: Act) -> dict[UUID, Asked]:
    """What was asked about this pupil, the newest first."""
    row = _Child(act.child.id, act.child.school_year_id)
    found = (await _supplements(viewer, [row])).get(act.child.id, [])
    return {
        one.id: Asked(
            id=one.id,
            answer=one.answer or "",
            files=frozenset(file.id for file in one.files),
            answered=one.answered_at is not None,
            awaited=one.open,
        )
        for one in sorted(found, key=lambda one: one.asked_at, reverse=True)
    }


async def _settle(*, act: Act, form: Enrolment, answered: Supplement) -> None:
    """The mark of an open question goes with the last one of the school that has the pupil."""
    others = scope.of(act.child, Supplement).filter(
        enrolment_id=form.id, school_id=form.handling_school_id, answered_at=None
    )
    if answered.school_id == form.handling_school_id and not await others.exclude(id=answered.id).exists():
        act.change(form, open_supplement=False)


@dataclass(frozen=True, slots=True)
class _Child:
    id: UUID
    school_year_id: UUID


@dataclass(slots=True)
class SupplementRow:
    """A question and its answer. `open`: an answer is still waited for."""

    id: UUID
    question: str
    asked_at: datetime
    school_name: str
    answer: str | None
    answered_at: datetime | None
    open: bool
    files: list[FileRow] = field(default_factory=list)


@part("supplements")
async def _loaded(viewer: Viewer, rows: list[PupilRow]) -> None:
    """Those that wait for an answer first, then the newest."""
    by_pupil = await _supplements(viewer, rows)
    for row in rows:
        found = sorted(by_pupil.get(row.id, []), key=lambda one: one.asked_at, reverse=True)
        row.parts["supplements"] = sorted(found, key=lambda one: not one.open)


async def _supplements(viewer: Viewer, rows: Collection[scope.Found]) -> dict[UUID, list[SupplementRow]]:
    """By pupil: three statements, however many."""
    asked = scope.supplements(viewer, pupil_ids=[row.id for row in rows])
    known = await announcements(group_id=viewer.group_id, now=await clock.now())
    by_pupil: dict[UUID, list[SupplementRow]] = {}
    by_id: dict[UUID, SupplementRow] = {}
    for pupil_id, status, region, year, handled_by, asked_by, *said in await fetch(
        asked, _COLUMNS, lambda *row: row
    ):
        identity, question, at, school, answer, answered_at = said
        is_open = rule.is_awaited(
            answered=answered_at is not None,
            enrolment=EnrolmentStatus(status),
            asked_by=asked_by,
            handled_by=handled_by,
            announced=viewer.role is not Role.PO_EDITOR or (region, year) in known,
        )
        one = SupplementRow(identity, question, at, school, answer or None, answered_at, is_open)
        by_id[identity] = one
        by_pupil.setdefault(pupil_id, []).append(one)
    files = scope.of_all(rows, Upload).filter(
        kind=UploadKind.SUPPLEMENT, state__in=RECEIVED, supplement_id__in=list(by_id)
    )
    make = partial(FileRow, viewer)
    for supplement_id, *columns in await fetch(
        files.order_by("received_at", "id"), _FILE_COLUMNS, lambda *row: row
    ):
        by_id[supplement_id].files.append(make(*columns))
    return by_pupil


_COLUMNS = (
    "pupil_id",
    "enrolment__status",
    "enrolment__region_id",
    "enrolment__school_year_id",
    "enrolment__handling_school_id",
    "school_id",
    "id",
    "question",
    "asked_at",
    "school__name",
    "answer",
    "answered_at",
)
_FILE_COLUMNS = (
    "supplement_id", "id", "filename", "title", "content_type", "size", "received_at", "state",
)  # fmt: skip
