"""Rules 21, 23 and 25: who sees an enrolment from when, and the outcome not a second too early."""

from models import Enrolment
from resolvers import clock
from rules.vocabulary import PlacementStatus, Role
from tests.world import Person, World, at, one_second_before

RESULT = "{ child { placementResult { status message school department } } }"
ANNOUNCEMENT = "2027-05-20 16:00"


async def enrolled(world: World) -> tuple[Person, Enrolment]:
    pupil = await world.pupil(advice="VMBO_BB")
    parent = await world.parent(pupil)
    choices = [world.choice(0, "VMBO_BB"), world.choice(1, "VMBO_BB")]
    await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
    await parent.done("finalizeEnrolment", "")
    return parent, await Enrolment.get(pupil_id=pupil.id)


class TestTheFirstChoiceSchool:
    async def test_sees_a_child_from_finalising_until_undoing_and_no_other_school_does(
        self, world: World
    ) -> None:
        first, second = [
            await world.staff(Role.VO_STAFF, secondary_school_id=school.id) for school in world.schools[:2]
        ]
        parent, _ = await enrolled(world)
        overview = "{ pupils { nodes { fullName enrolment { finalizedAt preferences { rank } } } } }"
        (seen,) = (await first.ask(overview))["pupils"]["nodes"]
        assert seen["fullName"] == "Zoë van der Berg"
        assert seen["enrolment"]["finalizedAt"]
        assert (await second.ask(overview))["pupils"]["nodes"] == []
        await parent.done("revokeEnrolment", "")
        assert (await first.ask(overview))["pupils"]["nodes"] == []


class TestTheOutcome:
    async def test_is_there_from_the_announcement_and_not_a_second_before(self, world: World) -> None:
        parent, form = await enrolled(world)
        await Enrolment.filter(id=form.id).update(placement_status=PlacementStatus.PLACED)
        clock.stand_still(at=one_second_before(ANNOUNCEMENT))
        assert (await parent.ask(RESULT))["child"]["placementResult"] is None
        clock.stand_still(at=at(ANNOUNCEMENT))
        assert (await parent.ask(RESULT))["child"]["placementResult"] == {
            "status": "PLACED",
            "message": "Zoë is geplaatst op Het Veenlicht 0, afdeling vmbo_bb.",
            "school": "Het Veenlicht 0",
            "department": "vmbo_bb",
        }

    async def test_of_a_child_without_a_seat_says_whom_to_call_and_names_no_school(
        self, world: World
    ) -> None:
        parent, form = await enrolled(world)
        await Enrolment.filter(id=form.id).update(placement_status=PlacementStatus.DRAWN_OUT)
        clock.stand_still(at=at(ANNOUNCEMENT))
        result = (await parent.ask(RESULT))["child"]["placementResult"]
        assert "helpdesk@example.org" in result["message"]
        assert result["school"] is None

    async def test_of_a_child_that_must_wait_says_that_the_school_needs_time(self, world: World) -> None:
        parent, form = await enrolled(world)
        await Enrolment.filter(id=form.id).update(parents_informed_at=at("2027-05-19 12:00"))
        clock.stand_still(at=at(ANNOUNCEMENT))
        result = (await parent.ask(RESULT))["child"]["placementResult"]
        assert "heeft meer tijd nodig" in result["message"]
