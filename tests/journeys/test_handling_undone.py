"""Rules 22, 23 and 28 to 33: what is taken back, what comes late, and who may know of it."""

from typing import Any

from models import CapacityGroup, Enrolment
from resolvers import clock
from tests.journeys.handling import AFTER_CENTRAL, act, at_home, child, codes, done, handle, listed, seats
from tests.world import Person, World, at

ANNOUNCED = "2027-05-20 16:00"
RESULT = "{ child { placementResult { status message } enrolment { status version canFinalize missing } } }"
COURSE = "query($id: ID!) { pupil(id: $id) { course { what } } }"


async def equivalent(world: World) -> dict[str, str]:
    """Another department of school 0 that takes the advice HAVO."""
    department = world.departments["0-VWO"]
    await CapacityGroup.filter(department_id=department.id).update(adviezen=["HAVO"], seats=5)
    return {"departmentId": str(department.id)}


async def accepting(world: World) -> Any:
    pupil = await child(world)
    await Enrolment.filter(pupil_id=pupil.id).update(accept_equivalent_department=True)
    return pupil


async def drawn_out(world: World, staff: Person, pupil: Any) -> None:
    await seats(world, 0)
    await done(staff, "drawOutPupil", pupil)


async def read(parent: Person) -> Any:
    return (await parent.ask(RESULT))["child"]


class TestTakingBack:
    async def test_a_place_at_an_equivalent_department_brings_the_pupil_back_to_its_own(
        self, world: World
    ) -> None:
        pupil = await accepting(world)
        staff = await handle(world)
        placed = await done(staff, "placePupil", pupil, **await equivalent(world))
        assert placed["placement"]["department"]["id"] == str(world.departments["0-VWO"].id)
        back = await done(staff, "undoPlacement", pupil)
        assert back["placement"]["department"]["id"] == str(world.departments["0-HAVO"].id)

    async def test_the_place_of_a_pupil_that_was_drawn_out_draws_it_out_again(self, world: World) -> None:
        pupil = await accepting(world)
        staff = await handle(world)
        await drawn_out(world, staff, pupil)
        await done(staff, "placePupil", pupil, **await equivalent(world))
        assert (await done(staff, "undoPlacement", pupil))["placementStatus"] == "DRAWN_OUT"
        assert (await done(staff, "undoPlacement", pupil))["placementStatus"] == "NONE"
        await seats(world, 1)
        await done(staff, "placePupil", pupil, **at_home(world))
        assert (await done(staff, "undoPlacement", pupil))["placementStatus"] == "NONE"

    async def test_a_place_leaves_it_known_that_the_parents_wait(self, world: World) -> None:
        pupil = await child(world)
        parent = await world.sign_in(pupil.elk_number)
        staff = await handle(world, moment="2027-05-19 10:00")
        await done(staff, "deferDecision", pupil, parentsInformedAt="2027-05-19T09:00:00+02:00")
        clock.stand_still(at=at(ANNOUNCED))
        await done(staff, "placePupil", pupil, **at_home(world))
        await done(staff, "undoPlacement", pupil)
        assert "meer tijd nodig" in (await read(parent))["placementResult"]["message"]
        assert codes(await act(staff, "undoPlacement", pupil)) == ["PERIOD_CLOSED"]
        await done(staff, "placePupil", pupil, **at_home(world))

    async def test_more_time_is_taken_back_before_the_announcement(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        await done(staff, "deferDecision", pupil, parentsInformedAt="2027-04-01T09:00:00+02:00")
        await done(staff, "undoPlacement", pupil)
        assert (await Enrolment.get(status="FINAL")).parents_informed_at is None


class TestPlacingAgain:
    async def test_keeps_a_track_that_is_not_named_and_clears_one_that_is_empty(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        await done(staff, "placePupil", pupil, **at_home(world), track="Sport", profile="Zorg")
        await staff.done("placePupils", "results { code }", pupilIds=[str(pupil.id)], **at_home(world))
        again = await done(staff, "placePupil", pupil, **at_home(world), profile="")
        assert (again["placement"]["track"], again["placement"]["profile"]) == ("Sport", "")


class TestAPriorityClaim:
    async def test_of_a_pupil_that_was_drawn_out_is_still_decided_and_counted(self, world: World) -> None:
        pupil = await child(world, claim=True)
        staff = await handle(world)
        await drawn_out(world, staff, pupil)
        counted = "{ departments { undecidedPriorityCount } }"
        found = [one["undecidedPriorityCount"] for one in (await staff.ask(counted))["departments"]]
        assert sum(found) == 1
        assert (await done(staff, "decidePriority", pupil, decision="REJECT"))["priorityClaim"][
            "colour"
        ] == "RED"


class TestReassigning:
    async def test_is_to_a_seat_that_nobody_has_or_was_promised(self, world: World) -> None:
        one, two = await child(world), await child(world, first_name="Bo")
        staff = await handle(world, moment=AFTER_CENTRAL)
        await seats(world, 1, school=1)
        await done(staff, "reassign", one, **listed(1, world))
        refused = await act(staff, "reassign", two, **listed(1, world))
        assert codes(refused) == ["NO_SEATS_LEFT"]
        assert "centrale plaatsing" in refused["errors"][0]["message"]
        receiver = await world.vo_staff(1)
        await done(receiver, "placePupil", one, **world.choice(1))
        assert codes(await act(staff, "reassign", two, **listed(1, world))) == ["NO_SEATS_LEFT"]
        await done(staff, "reassign", two, **listed(2, world))

    async def test_is_told_to_nobody_by_what_the_receiver_does_before_the_announcement(
        self, world: World
    ) -> None:
        """Rule 23: its name in a mail or in the course would tell where the pupil was moved to."""
        pupil = await child(world)
        editor, staff = await world.editor(), await handle(world, moment=AFTER_CENTRAL)
        await done(staff, "reassign", pupil, **listed(1, world))
        before = len(await world.mails())
        receiver = await world.vo_staff(1)
        await done(receiver, "registerNotPlaceable", pupil, explanation="Kan niet.")
        mails = await world.mails()
        told = [mail for mail in mails[: len(mails) - before] if mail["to"] != "projectleider@example.org"]
        assert len(told) >= 2
        name = world.schools[1].name
        assert not any(name in mail["text"] + mail["html"] + mail["subject"] for mail in told)
        course = (await editor.ask(COURSE, id=str(pupil.id)))["pupil"]["course"]
        assert not any(name in moment["what"] for moment in course)
        assert any("kan de leerling niet plaatsen" in moment["what"] for moment in course)
        clock.stand_still(at=at(ANNOUNCED))
        course = (await editor.ask(COURSE, id=str(pupil.id)))["pupil"]["course"]
        assert any(name in moment["what"] for moment in course)


class TestALateEnrolment:
    """One that came in a window of its own, after handling had begun."""

    async def test_is_not_at_the_school_that_cannot_place_the_child(self, world: World) -> None:
        pupil = await child(world)
        parent = await world.sign_in(pupil.elk_number)
        staff = await handle(world)
        await done(staff, "registerNotPlaceable", pupil, explanation="Kan niet.")
        form = (await read(parent))["enrolment"]
        assert not form["canFinalize"]
        assert f"{world.schools[0].name} kan uw kind niet plaatsen" in form["missing"][0]
        refused = await parent.do("finalizeEnrolment", "")
        assert codes(refused) == ["ENROLMENT_INCOMPLETE"]
        # Neither does it come back by being saved again, or as a lower choice is it forbidden.
        same = [world.choice(school) for school in range(5)]
        await parent.done("saveEnrolment", "", expectedVersion=form["version"], preferences=same)
        assert not (await read(parent))["enrolment"]["canFinalize"]
        await parent.done(
            "saveEnrolment", "", expectedVersion=form["version"] + 1, preferences=[*same[1:], same[0]]
        )
        assert (await read(parent))["enrolment"]["canFinalize"]

    async def test_is_decided_on_after_the_announcement_too(self, world: World) -> None:
        pupil, parent = await late(world, moment="2027-05-19 10:00")
        receiver = await world.vo_staff(1)
        clock.stand_still(at=at("2027-05-21 10:00"))
        assert (await read(parent))["placementResult"]["status"] == "NONE"
        await done(receiver, "deferDecision", pupil, parentsInformedAt="2027-05-21T09:00:00+02:00")
        await done(receiver, "undoPlacement", pupil)
        await done(receiver, "placePupil", pupil, **world.choice(1))
        assert (await read(parent))["placementResult"]["status"] == "PLACED"

    async def test_is_undone_by_the_family_until_the_school_begins_to_decide(self, world: World) -> None:
        pupil, parent = await late(world, moment="2027-04-01 10:00")
        texts = [mail["text"] for mail in await world.mails()]
        assert sum("Dat kan tot 6 april 2027 om 10.00 uur, zolang de school" in text for text in texts) == 1
        await parent.done("revokeEnrolment", "")
        await parent.done("finalizeEnrolment", "")
        receiver = await world.vo_staff(1)
        await seats(world, 1, school=1)
        await done(receiver, "placePupil", pupil, **world.choice(1))
        placed = await parent.do("revokeEnrolment", "")
        assert codes(placed) == ["BEING_HANDLED"]
        await done(receiver, "undoPlacement", pupil)
        await seats(world, 0, school=1)
        await done(receiver, "drawOutPupil", pupil)
        assert await parent.do("revokeEnrolment", "") == placed, "nobody learns what was decided"

    async def test_that_the_school_ended_reads_so_after_the_announcement(self, world: World) -> None:
        pupil = await child(world)
        parent = await world.sign_in(pupil.elk_number)
        staff = await handle(world)
        await done(staff, "withdrawPupil", pupil, reason="Komt niet.")
        assert (await read(parent))["placementResult"] is None
        clock.stand_still(at=at(ANNOUNCED))
        result = (await read(parent))["placementResult"]
        assert result["status"] == "WITHDRAWN"
        assert world.schools[0].name in result["message"]


async def late(world: World, *, moment: str) -> tuple[Any, Person]:
    """A child that its first school could not place, now definitively enrolled at school 1, and its family."""
    pupil = await child(world)
    parent = await world.sign_in(pupil.elk_number)
    staff = await handle(world, moment=moment)
    await done(staff, "registerNotPlaceable", pupil, explanation="Kan niet.")
    version = (await read(parent))["enrolment"]["version"]
    others = [world.choice(school) for school in range(1, 6)]
    await parent.done("saveEnrolment", "", expectedVersion=version, preferences=others)
    await parent.done("finalizeEnrolment", "")
    return pupil, parent
