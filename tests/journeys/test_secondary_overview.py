"""Rule 25: a secondary school sees its own list, as it needs it to decide."""

from base64 import urlsafe_b64decode
from typing import Any

import pytest

from models import Address, Enrolment, Guardian, Pupil
from tests.journeys.applied import DEPARTMENTS, IN_FULL, LIST, applied, names, officer
from tests.journeys.handling import child, handle
from tests.statements import counted
from tests.world import Person, World


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
            ({"undecidedPriority": True}, "Aya Bo"),
            ({"undecidedPriority": False}, "Cas Dee Fay Els"),
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

    @pytest.mark.parametrize("order", ["NAME", "ENROLLED_AT"])
    async def test_of_a_cursor_tells_nobody_of_the_child_that_it_is_at(
        self, world: World, order: str
    ) -> None:
        child = await applied(world, first_name="Wolfgang", minute=7)
        cursor = (await (await officer(world)).ask(LIST, first=1, order=order))["pupils"]["pageInfo"][
            "endCursor"
        ]
        said = cursor.encode() + urlsafe_b64decode(cursor + "==")
        for told in (b"wolfgang", str(child.id).encode(), child.id.bytes, b"2027-03-17"):
            assert told not in said.lower()

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
            await staff.ask(LIST, order="ENROLLED_AT", filter={"moved": False})
        assert len(narrowed) == len(plain)
        async with counted() as sought:
            found = await staff.ask(LIST, filter={"search": "zo"})
        # How many are found is a statement of its own.
        assert len(sought) == len(plain) + 1
        assert found["pupils"]["totalCount"] == len(found["pupils"]["nodes"])


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


class TestThePupil:
    async def test_costs_the_same_statements_however_much_there_is_of_it(self, world: World) -> None:
        pupil = await child(world, claim=True)
        editor, staff = await world.editor(), await handle(world)
        async with counted() as few:
            await staff.ask(IN_DETAIL, id=str(pupil.id))
        for number in range(4):
            note = {"pupilId": str(pupil.id), "text": f"Notitie {number}"}
            await editor.done("addNote", "pupil { id }", **note, sharedWithSecondary=True)
            await staff.done("addNote", "pupil { id }", **note)
            question = {"pupilId": str(pupil.id), "question": f"Vraag {number}?"}
            await staff.done("requestSupplement", "pupil { id }", **question)
        async with counted() as many:
            seen = (await staff.ask(IN_DETAIL, id=str(pupil.id)))["pupil"]
        assert (len(seen["notes"]), len(seen["supplements"])) == (8, 4)
        assert len(few) == len(many)


IN_DETAIL = """query($id: ID!) { pupil(id: $id) { fullName address { city } guardians { email } priorityClaim { status }
    okiDoc { status version } attachments { url } familyDocuments { url } notes { text }
    supplements { question answer files { url } } twinsAtThisSchool { id } placement { track } testResult { advice }
    enrolment { canFinalize missing preferences { rank department { name school { name } } } } transferMeeting openSupplement } }"""
