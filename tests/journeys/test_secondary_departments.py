"""Rule 25: how full each department of a secondary school is, as its list has it."""

from models import CapacityGroup
from tests.journeys.applied import DEPARTMENTS, LIST, applied, department, officer
from tests.journeys.handling import child, codes, done, handle, seats
from tests.world import World


class TestDepartments:
    async def test_count_what_the_list_holds_and_the_seats_that_are_left(self, world: World) -> None:
        own = world.departments["0-HAVO"]
        (group,) = await CapacityGroup.filter(department_id=own.id)
        await CapacityGroup.filter(id=group.id).update(seats=3)
        small = await CapacityGroup.create(
            id=world.year.id, department=own, name="kopklas", seats=1, adviezen=["PRAKTIJKONDERWIJS"]
        )
        claim = {"priority_ground": "SIBLING", "priority_status": "REQUESTED"}
        placed = {"placement_status": "PLACED", "placed_group_id": group.id}
        for form in (
            placed,
            {**placed, **claim},
            {"placement_status": "PLACED", "placed_group_id": small.id},
            {"placement_status": "DRAWN_OUT"},
            claim,
            {**claim, "moved": True},
            {"moved": True},
            {},
        ):
            await applied(world, form=form)
        await applied(world, school=1, form={})
        await applied(world, form={"status": "WITHDRAWN", "placement_status": "WITHDRAWN"})
        row = await department(await officer(world), world)
        assert row == {
            "id": str(own.id),
            "name": own.name,
            "capacity": 4,
            "seatsLeft": 1,
            "enrolledCount": 8,
            "placedCount": 3,
            "drawnOutCount": 1,
            "withoutStatusCount": 4,
            "undecidedPriorityCount": 1,
            "movedCount": 2,
            "groups": [
                {"name": group.name, "adviezen": group.adviezen, "seats": 3, "placed": 2, "seatsLeft": 1},
                {
                    "name": "kopklas",
                    "adviezen": ["PRAKTIJKONDERWIJS"],
                    "seats": 1,
                    "placed": 1,
                    "seatsLeft": 0,
                },
            ],
        }

    async def test_are_those_of_the_own_school_and_year(self, world: World) -> None:
        staff = await officer(world)
        rows = (await staff.ask(DEPARTMENTS))["departments"]
        own = {str(one.id) for one in world.departments.values() if one.school_id == world.schools[0].id}
        assert {row["id"] for row in rows} == own
        assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
        assert (await staff.ask(DEPARTMENTS, year="2025-2026"))["departments"] == []

    async def test_agree_with_the_filters_of_the_list(self, world: World) -> None:
        claim = {"priority_ground": "SIBLING", "priority_status": "REQUESTED"}
        for form in (claim, {**claim, "placement_status": "DRAWN_OUT"}, {**claim, "moved": True}, {}):
            await applied(world, form=form)
        staff = await officer(world)
        row = await department(staff, world)
        for count, narrowed in (
            ("enrolledCount", {}),
            ("placedCount", {"placementStatus": "PLACED"}),
            ("drawnOutCount", {"placementStatus": "DRAWN_OUT"}),
            ("withoutStatusCount", {"placementStatus": "NONE"}),
            ("undecidedPriorityCount", {"undecidedPriority": True}),
            ("movedCount", {"moved": True}),
        ):
            found = (await staff.ask(LIST, filter={**narrowed, "departmentId": row["id"]}))["pupils"]
            assert found["totalCount"] == row[count], count


async def test_a_seat_that_is_taken_is_no_longer_left(world: World) -> None:
    pupil = await child(world)
    staff = await handle(world)
    await seats(world, 1)
    assert (await department(staff, world))["seatsLeft"] == 1
    await done(staff, "placePupil", pupil, **world.choice(0))
    row = await department(staff, world)
    assert (row["placedCount"], row["seatsLeft"], row["withoutStatusCount"]) == (1, 0, 0)
    assert codes(await staff.do("drawOutPupil", "", pupilId=str(pupil.id))) == ["STATE_CONFLICT"]
