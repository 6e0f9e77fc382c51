"""Children at a secondary school, and its officer, for the tests of handling."""

from typing import Any

from models import CapacityGroup, Pupil
from resolvers import clock
from tests.world import Person, World, at

HANDLING = "2027-04-01 10:00"
AFTER_CENTRAL = "2027-05-17 12:00"
SEEN = """pupil { placementStatus movedAfterCentralPlacement transferMeeting openSupplement
    priorityClaim { ground status colour letter } placement { department { id } track profile placedAt } }"""


async def child(world: World, *, advice: str = "HAVO", claim: bool = False, **more: Any) -> Pupil:
    """Definitively enrolled at school 0, then 1 and on, by its parents."""
    clock.stand_still(at=at("2027-03-17 10:00"))
    pupil = await world.pupil(advice=advice, **more)
    parent = await world.parent(pupil)
    given: dict[str, Any] = {"preferences": [world.choice(school, advice) for school in range(5)]}
    if claim:
        given["priorityClaim"] = {"ground": "STAFF_CHILD"}
    await parent.done("saveEnrolment", "", expectedVersion=0, **given)
    await parent.done("finalizeEnrolment", "")
    return pupil


async def handle(world: World, *, moment: str = HANDLING, school: int = 0) -> Person:
    """The officer of a school, while enrolments are handled."""
    await world.mails()
    clock.stand_still(at=at(moment))
    return await world.vo_staff(school)


async def act(staff: Person, mutation: str, pupil: Pupil, **more: Any) -> Any:
    return await staff.do(mutation, SEEN, pupilId=str(pupil.id), **more)


async def done(staff: Person, mutation: str, pupil: Pupil, **more: Any) -> Any:
    payload = await act(staff, mutation, pupil, **more)
    assert payload["errors"] == [], payload
    return payload["pupil"]


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["errors"]]


def at_home(world: World, *, school: int = 0, advice: str = "HAVO") -> dict[str, str]:
    """The department of the first choice."""
    return world.choice(school, advice)


async def seats(world: World, count: int, *, school: int = 0, advice: str = "HAVO") -> None:
    department = world.departments[f"{school}-{advice}"]
    await CapacityGroup.filter(department_id=department.id).update(seats=count)


def listed(school: int, world: World, *, advice: str = "HAVO") -> dict[str, str]:
    """School and department of a line of the list, as reassigning takes them."""
    return {"schoolId": str(world.schools[school].id), **world.choice(school, advice)}
