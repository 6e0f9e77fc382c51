"""What VO and PO ask each other, as ways of `every_step`: on the day that the others stand on, handling is open."""

from models import Period, Pupil
from rules.vocabulary import PeriodKind, Role
from tests.journeys.every_step import Done, enrolled, send_file, way
from tests.world import World, at


async def at_school(world: World) -> Pupil:
    await Period.filter(kind=PeriodKind.HANDLING).update(opens_at=at("2027-03-01 00:00"))
    pupil = await world.pupil()
    await enrolled(world, pupil)
    return pupil


@way("requestSupplement", Role.VO_STAFF, tells=("SupplementAsked",))
async def _asked(world: World) -> Done:
    pupil, staff = await at_school(world), await world.vo_staff()
    given = {"pupilId": str(pupil.id), "question": "Kennismaking met rekenen?"}
    await staff.done("requestSupplement", "pupil { id }", **given)
    return Done(account_id=staff.account_id, pupil=pupil)


@way("answerSupplement", Role.PO_EDITOR)
async def _answered(world: World) -> Done:
    pupil = (await _asked(world)).pupil
    assert pupil is not None
    editor = await world.editor()
    files = [await send_file(world, editor, pupil, kind="SUPPLEMENT")]
    given = {"pupilId": str(pupil.id), "answer": "Werkt nog harder aan rekenen.", "uploadIds": files}
    await editor.done("answerSupplement", "pupil { id }", **given)
    return Done(account_id=editor.account_id, pupil=pupil)


@way("setTransferMeeting", Role.VO_STAFF)
async def _ticked(world: World) -> Done:
    pupil, staff = await at_school(world), await world.vo_staff()
    given = {"pupilId": str(pupil.id), "wanted": True, "note": "Kennismaking op maandag."}
    await staff.done("setTransferMeeting", "pupil { id }", **given)
    return Done(account_id=staff.account_id, pupil=pupil)


@way("requestTransferMeeting", Role.PO_EDITOR)
async def _asked_for_by_po(world: World) -> Done:
    pupil, editor = await at_school(world), await world.editor()
    given = {"pupilId": str(pupil.id), "note": "Belt liever vooraf."}
    await editor.done("requestTransferMeeting", "pupil { id }", **given)
    return Done(account_id=editor.account_id, pupil=pupil)
