"""Rules 11 and 16 to 22: what a form says of itself is what happens, and what a family typed is kept."""

from datetime import UTC
from typing import Any

import pytest

from models import Enrolment, IndividualWindow, SchoolYear
from resolvers import clock
from tests.statements import counted
from tests.world import Person, World, at

FORM = "enrolment { status version canFinalize missing finalizedAt priorityClaim { ground siblingName siblingClass } }"
CHILD = (
    f"query($region: String) {{ child {{ {FORM.replace('enrolment', 'enrolment(region: $region)', 1)} }} }}"
)
FIVE = [0, 1, 2, 3, 4]
SIBLING = {"ground": "SIBLING", "siblingName": "Daan", "siblingClass": "2b"}
CLOSES = "2027-03-25 00:00"


async def save(parent: Person, world: World, schools: list[int], version: int = 0, **more: Any) -> Any:
    preferences = [world.choice(school) for school in schools]
    given = {"expectedVersion": version, "preferences": preferences, **more}
    return await parent.done("saveEnrolment", f"{FORM} notices", **given)


async def read(parent: Person, region: str | None = None) -> Any:
    return (await parent.ask(CHILD, region=region))["child"]["enrolment"]


class TestAFullFormThatCannotBeDefinitive:
    @pytest.fixture
    async def parent(self, world: World) -> Person:
        parent = await world.parent(await world.pupil())
        saved = await save(parent, world, FIVE)
        assert (saved["enrolment"]["canFinalize"], saved["enrolment"]["missing"]) == (True, [])
        return parent

    async def agrees(self, parent: Person, code: str, *words: str) -> None:
        """Reading says what finalising says."""
        form = await read(parent)
        assert (form["canFinalize"], len(form["missing"])) == (False, 1), form
        for word in words:
            assert word in form["missing"][0]
        refused = await parent.do("finalizeEnrolment", FORM)
        assert [error["code"] for error in refused["errors"]] == [code]

    async def test_says_so_once_the_period_is_over(self, parent: Person) -> None:
        clock.stand_still(at=at(CLOSES))
        await self.agrees(parent, "PERIOD_CLOSED", "kan niet meer", "25 maart 2027 om 00.00 uur")

    async def test_says_so_in_a_closed_year(self, world: World, parent: Person) -> None:
        await SchoolYear.filter(id=world.year.id).update(closed=True)
        await self.agrees(parent, "YEAR_CLOSED", "afgesloten")

    async def test_can_be_in_a_window_of_the_familys_own(self, world: World, parent: Person) -> None:
        form = await Enrolment.get(status="CONCEPT")
        await IndividualWindow.create(
            id=form.id, pupil_id=form.pupil_id, region=world.amstelland, opens_at=at(CLOSES),
            closes_at=at("2027-03-30 00:00"), reason="test",
        )  # fmt: skip
        clock.stand_still(at=at("2027-03-29 23:59"))
        assert (await read(parent))["canFinalize"]
        await parent.done("finalizeEnrolment", FORM)

    async def test_says_so_for_a_child_with_a_reason_not_to_be_placed(
        self, world: World, parent: Person
    ) -> None:
        editor = await world.editor()
        form = await Enrolment.get(status="CONCEPT")
        await editor.done("setNotPlacingReason", "", pupilId=str(form.pupil_id), reason="MOVED")
        await self.agrees(parent, "CANNOT_ENROL", "basisschool")

    async def test_says_so_while_another_region_has_a_definitive_one(
        self, world: World, parent: Person
    ) -> None:
        form = await Enrolment.get(status="CONCEPT")
        editor = await world.editor()
        await editor.done("sendParentLogin", "", pupilId=str(form.pupil_id), region="AMSTERDAM")
        there = await Enrolment.create(
            id=world.year.id, pupil_id=form.pupil_id, region=world.amsterdam, group=world.group,
            school_year=world.year, status="FINAL", created_at=at(CLOSES), updated_at=at(CLOSES),
        )  # fmt: skip
        await self.agrees(parent, "ALREADY_ENROLLED_ELSEWHERE", "Amsterdam")
        resaved = await save(parent, world, FIVE, version=1)
        assert (resaved["enrolment"]["canFinalize"], len(resaved["enrolment"]["missing"])) == (False, 1)
        assert (await read(parent, "AMSTERDAM"))["missing"] == []
        await there.delete()
        assert (await read(parent))["canFinalize"]

    async def test_costs_no_statement_beside_who_asks_and_the_file(self, parent: Person) -> None:
        async with counted() as seen:
            await read(parent)
        assert len(seen) == 2, seen


class TestAnAnswerThatGotLost:
    async def test_at_the_last_second_is_given_again_after_it(self, world: World) -> None:
        """Rule 21: definitive at 23:59:59; the phone asks again at 00:00:01 and reads that it is."""
        parent = await world.parent(await world.pupil())
        await save(parent, world, FIVE)
        clock.stand_still(at=at("2027-03-24 23:59").astimezone(UTC))
        lost = (await parent.done("finalizeEnrolment", FORM))["enrolment"]
        clock.stand_still(at=at("2027-03-25 00:01"))
        again = (await parent.done("finalizeEnrolment", FORM, expectedVersion=1))["enrolment"]
        assert again == lost
        assert again["status"] == "FINAL"
        assert len(await world.mails()) == 2

    async def test_of_undoing_says_that_nothing_is_left_to_do(self, world: World) -> None:
        parent = await world.parent(await world.pupil())
        await save(parent, world, FIVE)
        await parent.done("finalizeEnrolment", FORM)
        await parent.done("revokeEnrolment", FORM)
        again = await parent.do("revokeEnrolment", FORM)
        assert [error["code"] for error in again["errors"]] == ["NOTHING_TO_REVOKE"]
        assert "Dan hoeft u niets meer te doen" in again["errors"][0]["message"]


class TestAPriorityClaim:
    async def test_stays_while_the_list_is_empty_for_a_moment(self, world: World) -> None:
        parent = await world.parent(await world.pupil())
        await save(parent, world, [0, 1], priorityClaim=SIBLING)
        emptied = await save(parent, world, [], version=1, priorityClaim=SIBLING)
        assert emptied["enrolment"]["priorityClaim"] == SIBLING
        assert emptied["notices"] == []
        assert "Kies daarvoor eerst de school" in emptied["enrolment"]["missing"][-1]

    async def test_of_a_childs_parent_who_works_there_names_no_sibling(self, world: World) -> None:
        """Rule 18: name and class belong to a brother or sister."""
        parent = await world.parent(await world.pupil())
        await save(parent, world, FIVE, priorityClaim=SIBLING)
        changed = await save(
            parent, world, FIVE, version=1, priorityClaim={**SIBLING, "ground": "STAFF_CHILD"}
        )
        bare = {"ground": "STAFF_CHILD", "siblingName": "", "siblingClass": ""}
        assert changed["enrolment"]["priorityClaim"] == bare
        await parent.done("finalizeEnrolment", FORM)
        row = await Enrolment.get(status="FINAL")
        assert (row.sibling_name, row.sibling_class) == ("", "")
        assert (row.form["sibling_name"], row.form["sibling_class"]) == ("", "")
