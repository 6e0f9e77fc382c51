"""What a step says of a pupil that is out of reach: for a school that had it, why it is not there any more."""

from uuid import UUID

from resolvers import scope
from resolvers.viewer import Viewer
from rules.handling import PupilLeft
from rules.steps import NotFound
from rules.vocabulary import EnrolmentStatus, Role


async def out_of_reach(*, viewer: Viewer, pupil_id: UUID) -> NotFound | None:
    """The refusal of every step on this pupil now; None while the viewer reaches it."""
    if await scope.pupils(viewer).filter(id=pupil_id).exists():
        return None
    return await gone(viewer=viewer, pupil_id=pupil_id)


async def gone(*, viewer: Viewer, pupil_id: UUID) -> NotFound:
    """Why a pupil that was here is not any more; of one that never was here nothing is told."""
    last = await scope.left(viewer, pupil_id=pupil_id).order_by("-updated_at").first()
    if last is None:
        return NotFound()
    if last.status is not EnrolmentStatus.WITHDRAWN or last.handling_school_id != viewer.secondary_school_id:
        return PupilLeft(how="REASSIGNED")
    by = {Role.PARENT.value: "REVOKED", Role.PO_EDITOR.value: "CORRECTED"}
    return PupilLeft(how=by.get(last.withdrawn_by, "ENDED"))
