"""The steps of secondary schools, as ways of `every_step`: on the day that the others stand on, handling is open."""

from typing import Any

from models import CapacityGroup, Enrolment, Period, Pupil
from rules.vocabulary import PeriodKind, Role
from tests.journeys.every_step import Done, enrolled, way
from tests.world import World, at

LONG_AGO = at("2027-03-01 00:00")


async def _at_school(world: World, *, seats: int = 2) -> Pupil:
    await Period.filter(kind=PeriodKind.HANDLING).update(opens_at=LONG_AGO)
    department = world.departments["0-HAVO"]
    await CapacityGroup.filter(department_id=department.id).update(seats=seats)
    pupil = await world.pupil()
    await enrolled(world, pupil, priority={"ground": "STAFF_CHILD"})
    return pupil


async def _by_vo(world: World, mutation: str, pupil: Pupil, **more: Any) -> Done:
    staff = await world.vo_staff()
    await staff.done(mutation, "pupil { id }", pupilId=str(pupil.id), **more)
    return Done(account_id=staff.account_id, pupil=pupil)


@way("decidePriority", Role.VO_STAFF, tells=("PriorityDecided",))
async def _granted(world: World) -> Done:
    return await _by_vo(world, "decidePriority", await _at_school(world), decision="GRANT")


@way("placePupil", Role.VO_STAFF)
async def _placed(world: World) -> Done:
    return await _by_vo(world, "placePupil", await _at_school(world), **world.choice(0), track="Technasium")


@way("drawOutPupil", Role.VO_STAFF)
async def _drawn_out(world: World) -> Done:
    return await _by_vo(world, "drawOutPupil", await _at_school(world, seats=0))


@way("undoPlacement", Role.VO_STAFF)
async def _undone(world: World) -> Done:
    pupil = await _at_school(world)
    await _by_vo(world, "placePupil", pupil, **world.choice(0))
    return await _by_vo(world, "undoPlacement", pupil)


@way("reassign", Role.VO_STAFF)
async def _reassigned(world: World) -> Done:
    pupil = await _at_school(world)
    await Period.filter(kind=PeriodKind.CENTRAL_PLACEMENT).update(opens_at=LONG_AGO)
    target = {"schoolId": str(world.schools[1].id), **world.choice(1)}
    return await _by_vo(world, "reassign", pupil, **target)


@way("deferDecision", Role.VO_STAFF)
async def _deferred(world: World) -> Done:
    pupil = await _at_school(world)
    form = await Enrolment.get(pupil_id=pupil.id)
    assert form.finalized_at
    return await _by_vo(world, "deferDecision", pupil, parentsInformedAt=form.finalized_at.isoformat())


@way(
    "registerNotPlaceable",
    Role.VO_STAFF,
    tells=("EnrolmentWithdrawn", "NotPlaceable", "PupilNotPlaceable"),
)
async def _not_placeable(world: World) -> Done:
    return await _by_vo(world, "registerNotPlaceable", await _at_school(world), explanation="Kan niet.")


@way("withdrawPupil", Role.VO_STAFF, tells=("EnrolmentWithdrawn",))
async def _withdrawn(world: World) -> Done:
    return await _by_vo(world, "withdrawPupil", await _at_school(world), reason="Komt niet.")
