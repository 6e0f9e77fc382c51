"""Rule 11: why a pupil is not placed at VO: uitgeschreven, verhuisd, groep-8-doubleerder."""

from uuid import UUID

from emails import EnrolmentWithdrawn
from models import Enrolment
from resolvers import scope
from resolvers.enrolment import address_of, withdraw
from resolvers.fall_back import reopen
from resolvers.step import take
from resolvers.viewer import Viewer
from rules.dossier import PlacedAlready
from rules.not_placing import ConfirmWithdrawal
from rules.vocabulary import EnrolmentStatus, NotPlacingReason, PlacementStatus, Role


async def set_not_placing_reason(
    *, viewer: Viewer, pupil_id: UUID, reason: NotPlacingReason | None, confirm_withdrawal: bool | None
) -> UUID:
    """Set or take away the reason. A definitive enrolment is withdrawn, once a person confirmed that.

    Raises `NotFound`, `ConfirmWithdrawal`, `PlacedAlready`, `YearClosed`.
    """
    async with take("setNotPlacingReason", viewer=viewer, pupil_id=pupil_id) as act:
        pupil = act.child
        final = (
            await scope.of(pupil, Enrolment)
            .filter(status=EnrolmentStatus.FINAL)
            .select_related("region")
            .first()
        )
        if reason is not None and final is not None:
            if final.placement_status is PlacementStatus.PLACED:
                raise PlacedAlready(leaves=True)
            if not confirm_withdrawal:
                raise ConfirmWithdrawal().at("confirm_withdrawal")
            await withdraw(act=act, enrolment=final, by=Role.PO_EDITOR)
            if to := await address_of(act=act, region_id=final.region_id):
                act.mail(
                    EnrolmentWithdrawn(
                        first_name=pupil.first_name, by=viewer.school_name or "de basisschool"
                    ),
                    to=to,
                    unique_key=f"enrolment_withdrawn:{final.id}",
                    region=final.region,
                )
        act.change(pupil, not_placing_reason=reason)
        if reason is None and act.changes_anything:
            await reopen(act=act)
    return pupil_id
