"""The first screen of a family's portal, in one request: three statements in every state, and what it says."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from tortoise.connection import get_connection

from benchmarks.asked import START
from models import Address, CapacityGroup, Enrolment, IndividualWindow, Period, Pupil
from resolvers import clock
from rules.vocabulary import EnrolmentStatus, LoginStatus, PeriodKind, PlacementStatus, WindowReason
from tests.statements import counted
from tests.world import ALL, Person, World, at, one_second_before

FIVE = [4, 2, 0, 1, 3]
ANNOUNCEMENT = "2027-05-20 16:00"
AFTER_THE_PERIOD = "2027-04-01 12:00"
SIBLING = {"ground": "SIBLING", "siblingName": "Daan", "siblingClass": "2b"}
OF_A_REGION = """query($region: String) {
  currentPeriods(region: $region) { kind }
  secondarySchools(region: $region) { name }
  child { loginStatus(region: $region) enrolment(region: $region) { canFinalize missing }
    placementResult(region: $region) { status } } }"""


async def start(parent: Person, asked: str = START, **variables: Any) -> Any:
    """What the screen shows: read in three statements, whoever asks included."""
    async with counted() as seen:
        answer = await parent.ask(asked, **variables)
    assert len(seen) == 3, seen
    for sql, table in zip(seen, ("session s", "pupil p", "secondary_school s"), strict=True):
        assert f"FROM {table}\n" in sql
    return answer


async def save(parent: Person, world: World, schools: list[int], version: int = 0, **more: Any) -> Any:
    preferences = [world.choice(school) for school in schools]
    return await parent.done(
        "saveEnrolment", "enrolment { id }", expectedVersion=version, preferences=preferences, **more
    )


async def a_family(world: World) -> tuple[Pupil, Person]:
    pupil = await world.pupil()
    return pupil, await world.at_home(pupil, world.amstelland)


class TestTheFirstScreen:
    async def test_of_a_family_with_nothing_entered(self, world: World) -> None:
        pupil, parent = await a_family(world)
        seen = await start(parent)
        assert seen["viewer"]["role"] == "PARENT"
        assert [one["kind"] for one in seen["currentPeriods"]] == ["PARENT_LOGIN_SENDING", "APPLICATION"]
        assert seen["currentPeriods"][1]["closesAt"] == "2027-03-24T23:00:00+00:00"
        assert seen["child"] == {
            "id": str(pupil.id),
            "elkNumber": pupil.elk_number,
            "firstName": "Zoë",
            "fullName": "Zoë van der Berg",
            "birthDate": "2015-02-03",
            "adviceLabel": "havo",
            "listLength": 5,
            "loginStatus": "ACTIVATED",
            "primarySchool": {"name": "De Peppel"},
            "address": {
                "street": "Dorpsstraat",
                "houseNumber": "1a",
                "postcode": "1181 AB",
                "city": "Amstelveen",
            },
            "individualWindows": [],
            "placementResult": None,
            "enrolment": None,
        }
        assert [one["name"] for one in seen["secondarySchools"]] == [f"Het Veenlicht {n}" for n in range(6)]
        first = seen["secondarySchools"][0]
        assert first["priorityGrounds"] == ["SIBLING", "STAFF_CHILD"]
        assert first["departments"] == [
            {"id": str(world.departments[f"0-{advice}"].id), "name": advice.lower(), "openToChild": advice == "HAVO"}
            for advice in sorted(ALL, key=str.lower)
        ]  # fmt: skip

    async def test_with_a_concept_of_five(self, world: World) -> None:
        _, parent = await a_family(world)
        await save(
            parent, world, FIVE, priorityClaim=SIBLING, acceptEquivalentDepartment=True,
            multipleBirth={"isMultiple": True, "allApplyHere": True},
        )  # fmt: skip
        seen = (await start(parent))["child"]
        form = seen["enrolment"]
        assert [(line["rank"], line["department"]["school"]["name"]) for line in form["preferences"]] == [
            (rank, f"Het Veenlicht {school}") for rank, school in enumerate(FIVE, start=1)
        ]
        assert {line["department"]["name"] for line in form["preferences"]} == {"havo"}
        assert (form["status"], form["version"], form["finalizedAt"]) == ("CONCEPT", 1, None)
        assert form["priorityClaim"] == {"status": None, **SIBLING}
        assert form["acceptEquivalentDepartment"]
        assert form["multipleBirth"] == {"isMultiple": True, "allApplyHere": True}
        # The fifth school of the world gives no priority.
        assert form["missing"] == [
            "Het Veenlicht 4 geeft geen voorrang voor: broer of zus op deze school. Haal de voorrang weg."
        ]
        assert (form["canFinalize"], seen["loginStatus"]) == (False, "ENROLMENT_STARTED")

    async def test_says_which_department_does_not_fit_the_advice(self, world: World) -> None:
        pupil, parent = await a_family(world)
        await save(parent, world, FIVE)
        assert (await start(parent))["child"]["enrolment"]["canFinalize"]
        await Pupil.filter(id=pupil.id).update(advice_id="VWO")
        seen = await start(parent)
        assert len(seen["child"]["enrolment"]["missing"]) == 5
        assert {one["name"] for school in seen["secondarySchools"] for one in school["departments"] if one["openToChild"]} == {"vwo"}  # fmt: skip
        await CapacityGroup.filter(department_id=world.departments["4-HAVO"].id).update(adviezen=["HAVO", "VWO"])  # fmt: skip
        seen = await start(parent)
        assert len(seen["child"]["enrolment"]["missing"]) == 4
        open_there = [one["openToChild"] for one in seen["secondarySchools"][4]["departments"]]
        assert open_there == [True, False, False, True]
        await Pupil.filter(id=pupil.id).update(advice_id=None)
        seen = await start(parent)
        assert (seen["child"]["adviceLabel"], seen["child"]["listLength"]) == (None, None)
        assert not any(one["openToChild"] for school in seen["secondarySchools"] for one in school["departments"])  # fmt: skip

    async def test_finalised_and_undone(self, world: World) -> None:
        _, parent = await a_family(world)
        await save(parent, world, FIVE)
        await parent.done("finalizeEnrolment", "")
        seen = (await start(parent))["child"]
        form = seen["enrolment"]
        assert (form["status"], form["canFinalize"], form["missing"]) == ("FINAL", False, [])
        assert form["finalizedAt"] == "2027-03-17T09:00:00+00:00"
        assert seen["loginStatus"] == "ENROLMENT_FINAL"
        await parent.done("revokeEnrolment", "")
        form = (await start(parent))["child"]["enrolment"]
        assert (form["status"], form["canFinalize"], len(form["preferences"])) == ("CONCEPT", True, 5)

    async def test_outside_the_period_in_a_window_of_its_own(self, world: World) -> None:
        pupil, parent = await a_family(world)
        await save(parent, world, FIVE)
        clock.stand_still(at=at(AFTER_THE_PERIOD))
        seen = await start(parent)
        assert [one["kind"] for one in seen["currentPeriods"]] == ["HANDLING"]
        assert seen["child"]["enrolment"]["missing"][0].startswith("Aanmelden kan niet meer.")
        for ends in ("2027-04-02 12:00", "2027-04-05 12:00"):
            await IndividualWindow.create(
                id=uuid4(), pupil=pupil, region=world.amstelland, reason=WindowReason.RESTORED,
                opens_at=at("2027-03-31 12:00"), closes_at=at(ends),
            )  # fmt: skip
        seen = await start(parent)
        assert seen["currentPeriods"][0] == {
            "kind": "APPLICATION",
            "opensAt": "2027-03-31T10:00:00+00:00",
            "closesAt": "2027-04-05T10:00:00+00:00",
        }
        assert seen["child"]["enrolment"]["canFinalize"]
        assert [one["closesAt"] for one in seen["child"]["individualWindows"]] == [
            "2027-04-05T10:00:00+00:00",
            "2027-04-02T10:00:00+00:00",
        ]

    async def test_is_that_of_its_own_child_at_this_moment(self, world: World) -> None:
        """Two families at once; what one has read is nobody else's, and not its own the next time."""
        one, parent = await a_family(world)
        other, neighbour = await a_family(world)
        mine, theirs = await asyncio.gather(parent.ask(START), neighbour.ask(START))
        assert (mine["child"]["id"], theirs["child"]["id"]) == (str(one.id), str(other.id))
        await Pupil.filter(id=one.id).update(first_name="Sterre", primary_school_id=None)
        await Address.filter(pupil_id=one.id).update(position=2)
        await Period.filter(kind=PeriodKind.APPLICATION).delete()
        seen = await start(parent)
        assert seen["child"]["firstName"] == "Sterre"
        assert (seen["child"]["primarySchool"], seen["child"]["address"]) == (None, None)
        assert [period["kind"] for period in seen["currentPeriods"]] == ["PARENT_LOGIN_SENDING"]


class TestTheScreenOfTwoRegions:
    async def test_is_that_of_the_active_login_and_of_the_other_where_it_is_named(self, world: World) -> None:
        pupil, parent = await a_family(world)
        assert (await parent.ask(OF_A_REGION, region="AMSTERDAM"))["secondarySchools"] == []
        await (await world.editor()).done("sendParentLogin", "", pupilId=str(pupil.id), region="AMSTERDAM")
        await save(parent, world, FIVE)
        seen = await start(parent)
        assert len(seen["secondarySchools"]) == 6
        assert (seen["child"]["loginStatus"], len(seen["child"]["enrolment"]["preferences"])) == (
            "ENROLMENT_STARTED",
            5,
        )
        await Period.filter(region_id=world.amsterdam.id, kind=PeriodKind.APPLICATION).delete()
        there = await start(parent, OF_A_REGION, region="AMSTERDAM")
        assert [one["name"] for one in there["secondarySchools"]] == ["Het Veenlicht 6"]
        assert [one["kind"] for one in there["currentPeriods"]] == ["PARENT_LOGIN_SENDING"]
        assert there["child"] == {"loginStatus": "SENT", "enrolment": None, "placementResult": None}
        here = await start(parent, OF_A_REGION, region="AMSTELLAND")
        assert here["child"]["enrolment"] == {"canFinalize": True, "missing": []}

    async def test_tells_the_one_that_the_other_has_a_definitive_form(self, world: World) -> None:
        parent = await world.at_home(await world.pupil(), world.amstelland, world.amsterdam)
        await save(parent, world, FIVE, region="AMSTELLAND")
        await parent.done("finalizeEnrolment", "", region="AMSTELLAND")
        await parent.done(
            "saveEnrolment", "", expectedVersion=0, region="AMSTERDAM", preferences=[world.choice(6)]
        )
        there = await start(parent, OF_A_REGION, region="AMSTERDAM")
        assert "in de regio Amstelland" in there["child"]["enrolment"]["missing"][0]
        assert there["child"]["loginStatus"] == LoginStatus.ENROLMENT_STARTED


class TestTheOutcome:
    async def test_is_on_the_screen_from_the_announcement_on(self, world: World) -> None:
        pupil, parent = await a_family(world)
        await save(parent, world, FIVE)
        await parent.done("finalizeEnrolment", "")
        await Enrolment.filter(pupil_id=pupil.id).update(placement_status=PlacementStatus.PLACED)
        clock.stand_still(at=one_second_before(ANNOUNCEMENT))
        assert (await start(parent))["child"]["placementResult"] is None
        clock.stand_still(at=at(ANNOUNCEMENT))
        assert (await start(parent))["child"]["placementResult"] == {
            "status": "PLACED",
            "message": "Zoë is geplaatst op Het Veenlicht 4, afdeling havo.",
            "school": "Het Veenlicht 4",
            "department": "havo",
        }
        # Each region has a moment of its own.
        there = await parent.ask(OF_A_REGION, region="AMSTERDAM")
        assert there["child"]["placementResult"] is None

    async def test_is_what_the_last_school_said_of_a_child_that_two_cannot_place(self, world: World) -> None:
        pupil, parent = await a_family(world)
        given: dict[str, Any] = {"pupilId": str(pupil.id), "explanation": "Kan niet."}
        version = 0
        for first, others in ((0, [1, 2, 3, 4]), (1, [0, 2, 3, 4])):
            await save(parent, world, [first, *others], version=version)
            await parent.done("finalizeEnrolment", "")
            clock.stand_still(at=at(f"2027-03-{26 + first} 09:00"))
            await (await world.vo_staff(first)).done("registerNotPlaceable", "", **given)
            child = (await start(parent))["child"]
            assert child["enrolment"]["missing"] == [
                f"Het Veenlicht {first} kan uw kind niet plaatsen. Kies een andere school als eerste voorkeur."
            ]
            assert child["placementResult"] is None
            version = child["enrolment"]["version"]
        await save(parent, world, [0, 1, 2, 3, 4], version=version)
        (missing,) = (await start(parent))["child"]["enrolment"]["missing"]
        assert missing.startswith("Het Veenlicht 0 kan uw kind niet plaatsen.")
        clock.stand_still(at=at(ANNOUNCEMENT))
        result = (await start(parent))["child"]["placementResult"]
        assert result["status"] == "NOT_PLACEABLE"
        assert result["message"].startswith("Zoë kan niet worden geplaatst op Het Veenlicht 1.")

    async def test_speaks_of_a_definitive_form_before_one_that_ended(self, world: World) -> None:
        pupil, parent = await a_family(world)
        await save(parent, world, FIVE)
        await parent.done("finalizeEnrolment", "")
        final = await Enrolment.get(pupil_id=pupil.id)
        await Enrolment.create(
            id=uuid4(), pupil=pupil, region=world.amstelland, group=world.group, school_year=world.year,
            status=EnrolmentStatus.WITHDRAWN, placement_status=PlacementStatus.WITHDRAWN, version=9,
            handling_school=world.schools[1], created_at=at(ANNOUNCEMENT), updated_at=at(ANNOUNCEMENT),
        )  # fmt: skip
        clock.stand_still(at=at(ANNOUNCEMENT))
        seen = (await start(parent))["child"]
        assert seen["enrolment"]["id"] == str(final.id)
        assert seen["placementResult"]["message"].startswith("Er is nog geen besluit over Zoë.")

    async def test_is_not_looked_at_before_it(self, world: World) -> None:
        """Rule 23: no row of it is read, in no region that has not made it known."""
        pupil, parent = await a_family(world)
        await save(parent, world, FIVE)
        await parent.done("finalizeEnrolment", "")
        async with counted() as seen:
            await parent.ask(START)
        looked = [await looks(seen[1], pupil, moment) for moment in (one_second_before(ANNOUNCEMENT), at(ANNOUNCEMENT))]  # fmt: skip
        assert looked == [0, 2], "once a region, of those that have announced"
        await Period.filter(region_id=world.amsterdam.id, kind=PeriodKind.ANNOUNCEMENT).delete()
        assert await looks(seen[1], pupil, at(ANNOUNCEMENT)) == 1


async def looks(sql: str, pupil: Pupil, moment: Any) -> int:
    """How often PostgreSQL went to the forms for their outcome."""
    explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}"
    _, rows = await get_connection("default").execute_query(explained, [pupil.id, moment])
    (plan,) = json.loads(rows[0][0])
    (node,) = [one for one in nodes(plan["Plan"]) if one.get("Alias") == "became"]
    return int(node["Actual Loops"])


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


class TestTheFile:
    async def test_is_read_once_however_often_it_is_asked(self, world: World) -> None:
        _, parent = await a_family(world)
        async with counted() as seen:
            answer = await parent.ask(
                "{ a: child { id loginStatus } b: child { id addresses { city } } c: currentPeriods { kind }"
                ' d: currentPeriods(region: "AMSTELLAND") { kind } }'
            )
        assert len(seen) == 2, seen
        assert answer["a"]["id"] == answer["b"]["id"]
        assert answer["c"] == answer["d"]

    async def test_of_one_request_is_not_read_before_its_steps(self, world: World) -> None:
        """Two steps of one request: asked again under its key, each shows the form as it is by then."""
        _, parent = await a_family(world)
        line = f'preferences: [{{departmentId: "{world.choice(0)["departmentId"]}"}}]'
        twice = f"""mutation {{
            one: saveEnrolment(input: {{expectedVersion: 0, {line}}}) {{ enrolment {{ version }} errors {{ code }} }}
            two: saveEnrolment(input: {{expectedVersion: 1, preferences: []}}) {{
              enrolment {{ version preferences {{ rank }} }} errors {{ code }} }} }}"""
        headers = {"Authorization": f"Bearer {parent.token}", "Idempotency-Key": "once"}
        for versions in ([1, 2], [2, 2]):
            got = (await world.http.post("/graphql", json={"query": twice}, headers=headers)).json()["data"]
            assert [got[step]["enrolment"]["version"] for step in ("one", "two")] == versions
            assert got["two"]["enrolment"]["preferences"] == []
