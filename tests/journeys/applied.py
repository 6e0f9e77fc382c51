"""The list of a secondary school and its departments, as an officer asks for them; and enrolments straight into the
table, where how a form came to be is not the matter."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from models import Enrolment, Pupil
from resolvers import clock
from rules.vocabulary import EnrolmentStatus
from tests.journeys.handling import HANDLING
from tests.world import Person, World, at

WEEK = at("2027-03-17 10:00")
LIST = """query($filter: PupilFilter, $order: PupilOrder, $first: Int! = 50, $after: String, $year: String) {
    pupils(filter: $filter, order: $order, first: $first, after: $after, schoolYear: $year) {
        totalCount pageInfo { hasNextPage endCursor } nodes { id firstName elkNumber } } }"""
IN_FULL = """{ pupils(first: 100) { totalCount edges { cursor node { id elkNumber fullName birthDate advice
    primarySchool { name } address { city } guardians { lastName } priorityClaim { ground status colour letter }
    multipleBirth { isMultiple allApplyHere } twinsAtThisSchool { id fullName } placementStatus
    movedAfterCentralPlacement transferMeeting openSupplement notes { text } attachments { id }
    familyDocuments { id } enrolment { preferences { rank } } okiDoc { status }
    placement { enrolledAt department { id name } firstChoice { id name school { name } } } } } } }"""
DEPARTMENTS = """query($year: String) { departments(schoolYear: $year) { id name capacity seatsLeft enrolledCount placedCount
    drawnOutCount withoutStatusCount undecidedPriorityCount movedCount
    groups { name adviezen seats placed seatsLeft } } }"""


async def applied(
    world: World,
    *,
    school: int = 0,
    advice: str = "HAVO",
    minute: int = 0,
    form: dict[str, Any] | None = None,
    **more: Any,
) -> Pupil:
    """A pupil on the list of this school, enrolled so many minutes after the others. `form`: columns of its form."""
    pupil = await world.pupil(advice=advice, **more)
    department = world.departments[f"{school}-{advice}"]
    moment = WEEK + timedelta(minutes=minute)
    await Enrolment.create(
        id=uuid4(),
        pupil=pupil,
        region=world.amstelland,
        group=world.group,
        school_year=world.year,
        **{
            "status": EnrolmentStatus.FINAL,
            "finalized_at": moment,
            "first_school_id": department.school_id,
            "first_department_id": department.id,
            "handling_school_id": department.school_id,
            "handling_department_id": department.id,
            "created_at": moment,
            "updated_at": moment,
            **(form or {}),
        },
    )
    return pupil


async def names(person: Person, order: str | None = None, **narrowed: Any) -> list[str]:
    given = {"filter": narrowed} | ({"order": order} if order else {})
    found = (await person.ask(LIST, **given))["pupils"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["firstName"] for node in found["nodes"]]


async def officer(world: World, school: int = 0) -> Person:
    clock.stand_still(at=at(HANDLING))
    return await world.vo_staff(school)


async def department(person: Person, world: World, key: str = "0-HAVO") -> dict[str, Any]:
    """The counts of one department, as its school reads them."""
    rows = (await person.ask(DEPARTMENTS))["departments"]
    (row,) = [row for row in rows if row["id"] == str(world.departments[key].id)]
    return dict(row)
