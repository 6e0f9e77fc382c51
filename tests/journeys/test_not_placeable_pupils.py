"""Rule 33: the project lead reads who could not be placed, by which school and since when; never why."""

from resolvers import clock
from rules.vocabulary import Role
from tests.journeys.applied import applied
from tests.journeys.handling import HANDLING, child, done, handle
from tests.statements import counted
from tests.world import World, at

ASKED = """query($year: String) { notPlaceablePupils(schoolYear: $year) { id fullName elkNumber
        primarySchool { name } notPlaceable { school { name } registeredAt } } }"""


async def test_reads_who_could_not_be_placed_by_which_school_and_when(world: World) -> None:
    pupil = await child(world)
    await child(world, first_name="Bo")
    staff = await handle(world)
    secret = "Heeft zorg nodig die wij niet bieden."
    lead = await world.staff(Role.PROJECT_LEAD, region_id=world.amstelland.id)
    linked = await world.staff(Role.PROJECT_LEAD, region_id=world.amsterdam.id)
    assert (await lead.ask(ASKED))["notPlaceablePupils"] == []
    await done(staff, "registerNotPlaceable", pupil, explanation=secret)
    answer = await lead.post(ASKED)
    assert answer.json()["data"]["notPlaceablePupils"] == [
        {
            "id": str(pupil.id),
            "fullName": "Zoë van der Berg",
            "elkNumber": pupil.elk_number,
            "primarySchool": {"name": world.primary.name},
            "notPlaceable": [
                {"school": {"name": world.schools[0].name}, "registeredAt": "2027-04-01T08:00:00+00:00"}
            ],
        }
    ]
    assert secret not in answer.text
    assert (await linked.ask(ASKED))["notPlaceablePupils"] == []
    assert (await lead.ask(ASKED, year="2025-2026"))["notPlaceablePupils"] == []
    assert (await staff.post(ASKED)).status_code == 400


async def test_costs_the_same_for_two_and_for_forty(world: World) -> None:
    form = {"status": "WITHDRAWN", "placement_status": "NOT_PLACEABLE", "withdrawn_at": at(HANDLING)}
    for _ in range(2):
        await applied(world, form=form)
    clock.stand_still(at=at(HANDLING))
    lead = await world.staff(Role.PROJECT_LEAD, region_id=world.amstelland.id)
    async with counted() as few:
        await lead.ask(ASKED)
    for _ in range(38):
        await applied(world, form=form)
    async with counted() as many:
        assert len((await lead.ask(ASKED))["notPlaceablePupils"]) == 40
    assert len(many) == len(few)
