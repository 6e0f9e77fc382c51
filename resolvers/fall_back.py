"""Rule 7: a corrected advice that no longer fits opens a definitive enrolment again, and the family is told."""

from datetime import datetime

from emails import EnrolmentFellBack, EnrolmentWithdrawn
from models import Enrolment
from resolvers import scope
from resolvers.enrolment import address_of, list_length_of, withdraw
from resolvers.enrolment_forms import form_of
from resolvers.step import Act
from resolvers.windows import open_now, open_until
from rules.enrolment import still_fits
from rules.input import wrong_at
from rules.vocabulary import EnrolmentStatus, Role, WindowReason

REASON = WindowReason.ADVICE_CORRECTED
NEEDS_AN_ADVICE = "Er is al een definitieve aanmelding. Kies het nieuwe advies; leeg kan het niet meer zijn."


async def fall_back(*, act: Act) -> None:
    """End a definitive enrolment whose list does not fit the advice that the step has just written.

    The form stays as it was, as withdrawn; a concept with the same answers begins. The family may change it in
    the application period, or else in a window of its own. With an advice that is not on the form there is
    nothing to change: the family hears that the school ended the enrolment.

    Raises `InvalidValue` where the advice was taken away.
    """
    final = await (
        scope.of(act.child, Enrolment).filter(status=EnrolmentStatus.FINAL).select_related("region").first()
    )
    if final is None:
        await reopen(act=act)
        return
    if act.child.advice_id is None:
        raise wrong_at("advice", reason=NEEDS_AN_ADVICE)
    length = await list_length_of(act)
    form = await form_of(enrolment=final, pupil=act.child)
    if still_fits(form=form, list_length=length):
        return
    await withdraw(act=act, enrolment=final, by=Role.PO_EDITOR)
    if length is not None:
        await _tell(act=act, ended=final, before=await open_until(act=act, enrolment=final, reason=REASON))
    elif to := await address_of(act=act, region_id=final.region_id):
        school = act.viewer.school_name if act.viewer else None
        act.mail(
            EnrolmentWithdrawn(first_name=act.child.first_name, by=school or "de basisschool"),
            to=to,
            unique_key=f"enrolment_withdrawn:{final.id}",
            region=final.region,
        )


async def reopen(*, act: Act) -> None:
    """Give a family its window where its school ended a definitive enrolment and now takes the reason away:
    a corrected advice, or a reason not to place. While it may enrol anyway nothing changes.
    """
    ended = scope.of(act.child, Enrolment).filter(status=EnrolmentStatus.WITHDRAWN)
    last = await ended.order_by("-withdrawn_at").select_related("region").first()
    if last is None or last.withdrawn_by != Role.PO_EDITOR.value:
        return
    if act.child.not_placing_reason is not None or await list_length_of(act) is None:
        return
    if await open_now(act=act, enrolment=last) is None:
        before = await open_until(act=act, enrolment=last, reason=WindowReason.RESTORED)
        await _tell(act=act, ended=last, before=before, restored=True)


async def _tell(*, act: Act, ended: Enrolment, before: datetime, restored: bool = False) -> None:
    if to := await address_of(act=act, region_id=ended.region_id):
        act.mail(
            EnrolmentFellBack(first_name=act.child.first_name, before=before, restored=restored),
            to=to,
            unique_key=f"enrolment_fell_back:{ended.id}:{before.isoformat()}",
            link="portal",
            region=ended.region,
        )
