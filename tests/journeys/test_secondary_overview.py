"""Rule 25: a secondary school sees its own list, as it needs it to decide; and nobody else does."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models import Address, CapacityGroup, Enrolment, Guardian, Pupil
from resolvers import clock
from rules.vocabulary import Role
from tests.journeys.applied import applied
from tests.journeys.handling import AFTER_CENTRAL, HANDLING, child, codes, done, handle, listed, seats
from tests.statements import counted
from tests.world import Person, World, at

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


class TestARow:
    async def test_shows_the_child_at_a_glance(self, world: World) -> None:
        form = {"priority_ground": "SIBLING", "priority_status": "GRANTED", "is_multiple": True}
        await applied(world, minute=7, form={**form, "transfer_meeting": True, "open_supplement": True})
        (edge,) = (await (await officer(world)).ask(IN_FULL))["pupils"]["edges"]
        row = edge["node"]
        assert row["placement"]["enrolledAt"] == "2027-03-17T09:07:00+00:00"
        own = world.departments["0-HAVO"]
        assert row["placement"]["department"] == {"id": str(own.id), "name": own.name}
        assert row["placement"]["firstChoice"]["id"] == str(own.id)
        assert row["priorityClaim"] == {
            "ground": "SIBLING",
            "status": "GRANTED",
            "colour": "BLUE",
            "letter": "V",
        }
        assert row["multipleBirth"]["isMultiple"]
        assert (row["placementStatus"], row["movedAfterCentralPlacement"]) == ("NONE", False)
        assert (row["transferMeeting"], row["openSupplement"]) == (True, True)

    async def test_of_a_child_moved_here_keeps_the_first_choice_of_the_family(self, world: World) -> None:
        there, claim = world.departments["1-HAVO"], {"priority_status": "REQUESTED", "moved": True}
        form = {**claim, "priority_ground": "SIBLING", "first_school_id": there.school_id}
        await applied(world, form={**form, "first_department_id": there.id})
        (edge,) = (await (await officer(world)).ask(IN_FULL))["pupils"]["edges"]
        row = edge["node"]
        assert (row["movedAfterCentralPlacement"], row["priorityClaim"]) == (True, None)
        assert row["placement"]["firstChoice"]["id"] == str(there.id)


class TestNarrowing:
    @pytest.fixture
    async def staff(self, world: World) -> Person:
        claim = {"priority_ground": "STAFF_CHILD"}
        await applied(world, first_name="Aya", form={**claim, "priority_status": "REQUESTED"})
        await applied(
            world,
            first_name="Bo",
            form={**claim, "priority_status": "REQUESTED", "placement_status": "DRAWN_OUT"},
        )
        await applied(world, first_name="Cas", form={**claim, "priority_status": "GRANTED"})
        await applied(world, first_name="Dee", form={**claim, "priority_status": "REQUESTED", "moved": True})
        await applied(world, first_name="Els", advice="VWO", last_name="Łukasz", infix="")
        await applied(world, first_name="Fay", form={"transfer_meeting": True, "open_supplement": True})
        await applied(world, first_name="Elders", school=1)
        await applied(world, first_name="Concept", form={"status": "CONCEPT", "handling_school_id": None})
        return await officer(world)

    @pytest.mark.parametrize(
        ("narrowed", "found"),
        [
            ({}, "Aya Bo Cas Dee Fay Els"),
            ({"search": "lukasz"}, "Els"),
            ({"search": "berg", "moved": True}, "Dee"),
            ({"search": "elders"}, ""),
            ({"search": "  "}, "Aya Bo Cas Dee Fay Els"),
            ({"placementStatus": "DRAWN_OUT"}, "Bo"),
            ({"placementStatus": "NONE"}, "Aya Cas Dee Fay Els"),
            ({"placementStatus": "NOT_PLACEABLE"}, ""),
            ({"priorityStatus": "REQUESTED"}, "Aya Bo"),
            ({"priorityStatus": "GRANTED"}, "Cas"),
            ({"priorityStatus": "REQUESTED", "moved": True}, ""),
            ({"undecidedPriority": True}, "Aya"),
            ({"undecidedPriority": False}, "Bo Cas Dee Fay Els"),
            ({"moved": True}, "Dee"),
            ({"moved": False}, "Aya Bo Cas Fay Els"),
            ({"transferMeeting": True}, "Fay"),
            ({"openSupplement": True, "transferMeeting": True}, "Fay"),
            ({"openSupplement": False}, "Aya Bo Cas Dee Els"),
            ({"departmentId": "geen afdeling"}, ""),
            ({"moved": None, "placementStatus": None, "search": None}, "Aya Bo Cas Dee Fay Els"),
        ],
        ids=str,
    )
    async def test_by_what_an_officer_decides_on(
        self, staff: Person, narrowed: dict[str, Any], found: str
    ) -> None:
        assert await names(staff, **narrowed) == found.split()

    async def test_by_department_and_by_number(self, world: World, staff: Person) -> None:
        ids = {key: str(world.departments[key].id) for key in ("0-HAVO", "0-VWO", "1-HAVO")}
        assert await names(staff, departmentId=ids["0-HAVO"]) == ["Aya", "Bo", "Cas", "Dee", "Fay"]
        assert await names(staff, departmentId=ids["0-VWO"]) == ["Els"]
        assert await names(staff, departmentId=ids["1-HAVO"]) == [], "of another school"
        number = (await Pupil.get(first_name="Cas")).elk_number
        assert await names(staff, search=f" {number} ") == ["Cas"]
        assert await names(staff, search=number[:4]) == []
        elsewhere = (await Pupil.get(first_name="Elders")).elk_number
        assert await names(staff, search=elsewhere) == []

    async def test_to_another_year_finds_nobody_of_this_one(self, staff: Person) -> None:
        assert (await staff.ask(LIST, year="2026-2027"))["pupils"]["totalCount"] == 6
        for year in ("2025-2026", "x" * 5000):
            assert (await staff.ask(LIST, year=year))["pupils"]["totalCount"] == 0


class TestOrder:
    async def test_by_the_moment_of_enrolling_pages_on_though_moments_are_the_same(
        self, world: World
    ) -> None:
        for name, minute in (("Bo", 5), ("Cas", 5), ("Dee", 5), ("Aya", 9), ("Fay", 1)):
            await applied(world, first_name=name, minute=minute)
        staff = await officer(world)
        assert await names(staff) == ["Aya", "Bo", "Cas", "Dee", "Fay"]
        in_one = await names(staff, order="ENROLLED_AT")
        assert (in_one[0], in_one[-1], sorted(in_one[1:4])) == ("Fay", "Aya", ["Bo", "Cas", "Dee"])
        for order, whole in (("ENROLLED_AT", in_one), ("NAME", await names(staff, order="NAME"))):
            seen: list[str] = []
            after = None
            while True:
                page = (await staff.ask(LIST, first=2, order=order, after=after))["pupils"]
                assert page["totalCount"] == 5
                seen += [node["firstName"] for node in page["nodes"]]
                after = page["pageInfo"]["endCursor"]
                if not page["pageInfo"]["hasNextPage"]:
                    break
            assert seen == whole

    async def test_of_a_cursor_is_its_own(self, world: World) -> None:
        for _ in range(3):
            await applied(world)
        staff, colleague = await officer(world), await officer(world)
        asked = {"order": "ENROLLED_AT", "filter": {"moved": False}}
        cursor = (await staff.ask(LIST, first=1, **asked))["pupils"]["pageInfo"]["endCursor"]
        assert len((await staff.ask(LIST, after=cursor, **asked))["pupils"]["nodes"]) == 2
        for person, wrong in (
            (staff, {**asked, "order": "NAME"}),
            (staff, {"filter": {"moved": False}}),
            (staff, {**asked, "filter": {"moved": True}}),
            (staff, {**asked, "filter": {"moved": False, "transferMeeting": False}}),
            (staff, {"order": "ENROLLED_AT"}),
            (staff, {**asked, "year": "2026-2027"}),
            (colleague, asked),
        ):
            answer = (await person.post(LIST, after=cursor, **wrong)).json()
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_CURSOR"], wrong


class TestItsCost:
    @pytest.mark.parametrize("question", [LIST, IN_FULL, DEPARTMENTS], ids=["list", "full", "departments"])
    async def test_is_the_same_for_two_children_and_for_forty(self, world: World, question: str) -> None:
        for _ in range(2):
            await applied(world)
        staff = await officer(world)
        async with counted() as few:
            await staff.ask(question)
        for number in range(38):
            await applied(world, first_name=f"Leerling {number}", minute=number)
        async with counted() as many:
            found = await staff.ask(question)
        if "pupils" in found:
            assert found["pupils"]["totalCount"] == 40
        else:
            assert sum(row["enrolledCount"] for row in found["departments"]) == 40
        assert len(many) == len(few), "\n".join(many)
        assert len(few) <= 16, few

    async def test_is_no_other_in_another_order_or_narrowed(self, world: World) -> None:
        await applied(world)
        staff = await officer(world)
        async with counted() as plain:
            await staff.ask(LIST)
        async with counted() as narrowed:
            await staff.ask(LIST, order="ENROLLED_AT", filter={"search": "zo", "moved": False})
        assert len(narrowed) == len(plain)


class TestTwins:
    async def test_are_seen_by_birth_name_and_home_whatever_their_parents_said(self, world: World) -> None:
        one = await applied(world, first_name="Lot", email="moeder@example.org")
        two = await applied(world, first_name="Mia", email="vader@example.org")
        await applied(world, first_name="Nee", last_name="Dijk", infix="", email="moeder@example.org")
        older = await applied(world, first_name="Oud", email="moeder@example.org")
        await Pupil.filter(id=older.id).update(birth_date="2014-01-01")
        elsewhere = await applied(world, first_name="Ver", school=1, email="moeder@example.org")
        staff = await officer(world)
        assert await self.twins(staff) == {"Lot": ["Mia"], "Mia": ["Lot"]}

        await Address.filter(pupil_id=two.id).update(house_number="2")
        assert await self.twins(staff) == {}, "the same name and day, and nothing else"
        await Guardian.filter(pupil_id=two.id).update(email="MOEDER@example.org")
        assert await self.twins(staff) == {"Lot": ["Mia"], "Mia": ["Lot"]}
        await Enrolment.filter(pupil_id=two.id).update(status="WITHDRAWN")
        assert await self.twins(staff) == {}, "one of them left"
        await Enrolment.filter(pupil_id=elsewhere.id).update(
            handling_school_id=world.schools[0].id, moved=True
        )
        assert await self.twins(staff) == {"Lot": ["Ver"], "Ver": ["Lot"]}
        assert one.id

    async def test_are_not_seen_by_a_secret_home(self, world: World) -> None:
        for name in ("Lot", "Mia"):
            await applied(world, first_name=name, email=f"{name}@example.org")
        staff = await officer(world)
        assert await self.twins(staff) != {}
        await Address.filter(pupil_id=(await Pupil.get(first_name="Mia")).id).update(secret=True)
        assert await self.twins(staff) == {}

    async def twins(self, staff: Person) -> dict[str, list[str]]:
        asked = "{ pupils { nodes { firstName twinsAtThisSchool { fullName } } } }"
        rows = (await staff.ask(asked))["pupils"]["nodes"]
        return {
            row["firstName"]: [twin["fullName"].split()[0] for twin in row["twinsAtThisSchool"]]
            for row in rows
            if row["twinsAtThisSchool"]
        }


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
                {"name": "kopklas", "adviezen": ["PRAKTIJKONDERWIJS"], "seats": 1, "placed": 1, "seatsLeft": 0},
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


Leave = Callable[[World, Person, Pupil], Awaitable[None]]


async def _revoked(world: World, staff: Person, pupil: Pupil) -> None:
    clock.stand_still(at=at("2027-03-18 10:00"))
    parent = await world.sign_in(pupil.elk_number)
    await parent.done("revokeEnrolment", "")


async def _reassigned(world: World, staff: Person, pupil: Pupil) -> None:
    clock.stand_still(at=at(AFTER_CENTRAL))
    assert await done(staff, "reassign", pupil, **listed(1, world)) is None


async def _withdrawn(world: World, staff: Person, pupil: Pupil) -> None:
    assert await done(staff, "withdrawPupil", pupil, reason="Komt niet.") is None


async def _not_placeable(world: World, staff: Person, pupil: Pupil) -> None:
    assert await done(staff, "registerNotPlaceable", pupil, explanation="Kan niet.") is None


class TestAPupilThatLeft:
    @pytest.mark.parametrize("leave", [_revoked, _reassigned, _withdrawn, _not_placeable])
    async def test_is_in_no_list_filter_count_page_or_department(self, world: World, leave: Leave) -> None:
        pupil = await child(world, first_name="Zoë", claim=True)
        await applied(world, first_name="Aya")
        await applied(world, first_name="Zus")
        staff = await handle(world)
        order = {"order": "ENROLLED_AT"}
        cursor = (await staff.ask(LIST, first=1))["pupils"]["pageInfo"]["endCursor"]
        by_moment = (await staff.ask(LIST, first=1, **order))["pupils"]["pageInfo"]["endCursor"]
        assert (await department(staff, world))["undecidedPriorityCount"] == 1

        await leave(world, staff, pupil)

        for after, given in ((cursor, {}), (by_moment, order), (None, {}), (None, order)):
            page = (await staff.ask(LIST, after=after, **given))["pupils"]
            assert page["totalCount"] == 2
            assert str(pupil.id) not in str(page)
        assert await names(staff, search=pupil.elk_number) == []
        assert await names(staff, priorityStatus="REQUESTED") == []
        for narrowed in ({"undecidedPriority": True}, {"moved": True}, {"search": "zoe"}):
            assert await names(staff, **narrowed) == [], narrowed
        row = await department(staff, world)
        assert (row["enrolledCount"], row["withoutStatusCount"]) == (2, 2)
        assert (row["undecidedPriorityCount"], row["movedCount"]) == (0, 0)
        assert pupil.elk_number not in (await staff.post(IN_FULL)).text
        one = "query($id: ID!) { pupil(id: $id) { id twinsAtThisSchool { id } } }"
        assert (await staff.ask(one, id=str(pupil.id)))["pupil"] is None

    async def test_stands_marked_in_list_and_counts_of_the_school_it_moved_to(self, world: World) -> None:
        pupil = await child(world, claim=True)
        staff, receiver = await handle(world), await world.vo_staff(1)
        await seats(world, 0)
        await _reassigned(world, staff, pupil)
        assert await names(receiver, moved=True) == ["Zoë"]
        row = await department(receiver, world, "1-HAVO")
        assert (row["enrolledCount"], row["movedCount"], row["undecidedPriorityCount"]) == (1, 1, 0)


class TestNobodyElse:
    async def test_of_another_school_sees_a_row_or_counts_one(self, world: World) -> None:
        pupil = await applied(world)
        stranger = await officer(world, school=2)
        assert await names(stranger) == []
        assert await names(stranger, departmentId=str(world.departments["0-HAVO"].id)) == []
        assert sum(row["enrolledCount"] for row in (await stranger.ask(DEPARTMENTS))["departments"]) == 0
        assert str(world.departments["0-HAVO"].id) not in (await stranger.post(DEPARTMENTS)).text
        assert pupil.elk_number not in (await stranger.post(IN_FULL)).text

    async def test_of_another_role_has_these_questions(self, world: World) -> None:
        pupil = await applied(world)
        family = await world.account(Role.PARENT, username=pupil.elk_number, pupil=pupil)
        people = [
            world.nobody(),
            await world.sign_in(family.username),
            await world.editor(),
            *[
                await world.staff(role, region_id=region.id)
                for role in (Role.REGION_ADMIN, Role.PROJECT_LEAD)
                for region in (world.amstelland, world.amsterdam)
            ],
        ]
        for person in people:
            for asked in (
                "{ departments { id } }",
                "{ pupils(order: NAME) { totalCount } }",
                "{ pupils(filter: { moved: true }) { totalCount } }",
                "{ pupils { nodes { placementStatus } } }",
                "{ pupils { nodes { twinsAtThisSchool { id } } } }",
            ):
                answer = await person.post(asked)
                assert answer.status_code == 400, (person, asked)
                assert pupil.elk_number not in answer.text


class TestTheProjectLead:
    ASKED = """query($year: String) { notPlaceablePupils(schoolYear: $year) { id fullName elkNumber
        primarySchool { name } notPlaceable { school { name } registeredAt } } }"""

    async def test_reads_who_could_not_be_placed_by_which_school_and_when(self, world: World) -> None:
        pupil = await child(world)
        await child(world, first_name="Bo")
        staff = await handle(world)
        secret = "Heeft zorg nodig die wij niet bieden."
        lead = await world.staff(Role.PROJECT_LEAD, region_id=world.amstelland.id)
        linked = await world.staff(Role.PROJECT_LEAD, region_id=world.amsterdam.id)
        assert (await lead.ask(self.ASKED))["notPlaceablePupils"] == []
        await done(staff, "registerNotPlaceable", pupil, explanation=secret)
        answer = await lead.post(self.ASKED)
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
        assert (await linked.ask(self.ASKED))["notPlaceablePupils"] == []
        assert (await lead.ask(self.ASKED, year="2025-2026"))["notPlaceablePupils"] == []
        assert (await staff.post(self.ASKED)).status_code == 400

    async def test_costs_the_same_for_two_and_for_forty(self, world: World) -> None:
        form = {"status": "WITHDRAWN", "placement_status": "NOT_PLACEABLE", "withdrawn_at": at(HANDLING)}
        for _ in range(2):
            await applied(world, form=form)
        clock.stand_still(at=at(HANDLING))
        lead = await world.staff(Role.PROJECT_LEAD, region_id=world.amstelland.id)
        async with counted() as few:
            await lead.ask(self.ASKED)
        for _ in range(38):
            await applied(world, form=form)
        async with counted() as many:
            assert len((await lead.ask(self.ASKED))["notPlaceablePupils"]) == 40
        assert len(many) == len(few)


async def test_a_seat_that_is_taken_is_no_longer_left(world: World) -> None:
    pupil = await child(world)
    staff = await handle(world)
    await seats(world, 1)
    assert (await department(staff, world))["seatsLeft"] == 1
    await done(staff, "placePupil", pupil, **world.choice(0))
    row = await department(staff, world)
    assert (row["placedCount"], row["seatsLeft"], row["withoutStatusCount"]) == (1, 0, 0)
    assert codes(await staff.do("drawOutPupil", "", pupilId=str(pupil.id))) == ["STATE_CONFLICT"]
