"""Rule 12: notes for the own organisation, or shared between PO and VO."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from models import Note
from resolvers import scope
from resolvers.announced import tells_primary_school
from resolvers.family import grouped
from resolvers.pupils import PupilRow, part
from resolvers.step import take
from resolvers.viewer import Viewer
from rules.input import Checks
from rules.supplement import needs_primary_school
from rules.vocabulary import Role


@dataclass(slots=True)
class NoteRow:
    id: UUID
    text: str
    shared: bool
    author_name: str
    organisation_name: str
    about_transfer_meeting: bool
    created_at: datetime


async def add_note(*, viewer: Viewer, pupil_id: UUID, text: str, shared: bool) -> UUID:
    """Write a note. `shared`: the other side reads it too, from the enrolment on.

    Raises `NotFound`, `PupilLeft`, `YearClosed`, `NoPrimarySchool` (nobody there to share it with), `PeriodClosed` (a
    school to which the pupil was moved tells PO nothing before the announcement), or `Refusals` for a text that is
    empty or over 4,000 letters.
    """
    checks = Checks()
    kept = checks.text("text", text, label="Notitie", longest=4000, required=True)
    checks.done()
    async with take("addNote", viewer=viewer, pupil_id=pupil_id) as act:
        if shared and viewer.role is Role.VO_STAFF:
            needs_primary_school(there_is_one=act.child.primary_school_id is not None)
            form = await scope.one(scope.enrolments(viewer).filter(pupil_id=pupil_id))
            await tells_primary_school(form=form, now=act.now)
        act.create(written(viewer=viewer, pupil_id=pupil_id, text=kept, at=act.now, shared=shared))
    return pupil_id


def written(
    *,
    viewer: Viewer,
    pupil_id: UUID,
    text: str,
    at: datetime,
    shared: bool,
    about_transfer_meeting: bool = False,
) -> Note:
    """A note of this viewer and its organisation, not saved yet."""
    return Note(
        id=uuid4(),
        pupil_id=pupil_id,
        author_name=viewer.display_name,
        author_account_id=viewer.account_id,
        primary_school_id=viewer.primary_school_id,
        secondary_school_id=viewer.secondary_school_id,
        organisation_name=viewer.school_name or "",
        text=text,
        shared=shared,
        about_transfer_meeting=about_transfer_meeting,
        created_at=at,
    )


@part("notes")
async def _notes(viewer: Viewer, rows: list[PupilRow]) -> None:
    found = scope.notes_of(viewer, pupil_ids=[row.id for row in rows]).order_by("created_at")
    columns = (
        "id",
        "text",
        "shared",
        "author_name",
        "organisation_name",
        "about_transfer_meeting",
        "created_at",
    )
    by_pupil = await grouped(found, columns, NoteRow)
    for row in rows:
        row.parts["notes"] = by_pupil.get(row.id, [])
