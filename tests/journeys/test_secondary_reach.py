"""Rule 25: who left a secondary school is in no list, count, page or department of it; and nobody else looks in."""

from collections.abc import Awaitable, Callable

import pytest

from models import Pupil
from resolvers import clock
from rules.vocabulary import Role
from tests.journeys.applied import DEPARTMENTS, IN_FULL, LIST, applied, department, names, officer
from tests.journeys.handling import AFTER_CENTRAL, child, done, handle, listed, seats
from tests.journeys.hostile import likely
from tests.journeys.test_bad_input import acts, picture
from tests.world import Person, World, at

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
    async def test_says_why_to_every_step_of_the_school_that_had_it_and_to_no_other(
        self, world: World
    ) -> None:
        pupil = await child(world)
        staff, other = await handle(world), await world.vo_staff(2)
        await _withdrawn(world, staff, pupil)
        ids = {"pupilId": str(pupil.id), **world.choice(0)}
        tried = 0
        before = await picture()
        for name, document, takes in acts(Role.VO_STAFF):
            given = likely(takes, name=name, ids=ids)
            if "pupilId" not in given:
                continue
            for person, why in ((staff, "PupilLeft"), (other, "NotFound")):
                (error,) = (await person.ask(document, given=given))["it"]["errors"]
                assert (error["__typename"], error["code"]) == (why, "NOT_FOUND"), name
            tried += 1
        assert tried > 10
        assert await picture() == before

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
