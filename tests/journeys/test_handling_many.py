"""A selection of pupils, and officers who all act at once: each pupil is a step of its own, and no seat goes twice."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from models import AuditEntry, CapacityGroup, Enrolment, OutboxMail, Pupil
from resolvers import audit, clock
from tests.journeys.handling import HANDLING, act, at_home, child, codes, handle, seats
from tests.journeys.house import House
from tests.world import Person, World, at

RESULTS = "results { pupilId code message }"


class TestASelection:
    async def test_is_placed_one_by_one_while_there_are_seats(self, world: World) -> None:
        children = [await child(world, first_name=f"Kind{n}") for n in range(3)]
        staff = await handle(world)
        ids = [str(one.id) for one in children]
        given = {"pupilIds": [*ids, ids[0]], **at_home(world)}
        results = (await staff.done("placePupils", RESULTS, **given))["results"]
        assert [(one["pupilId"], one["code"]) for one in results] == [
            (ids[0], None),
            (ids[1], None),
            (ids[2], "NO_SEATS_LEFT"),
        ]
        assert "bezet" in results[2]["message"]
        drawn = (await staff.done("drawOutPupils", RESULTS, pupilIds=ids))["results"]
        assert [one["code"] for one in drawn] == ["STATE_CONFLICT", "STATE_CONFLICT", None]

    async def test_names_who_is_not_of_this_school_as_not_found(self, world: World) -> None:
        pupil = await child(world)
        await handle(world)
        other = await world.vo_staff(1)
        results = (await other.done("drawOutPupils", RESULTS, pupilIds=[str(pupil.id), "x"]))["results"]
        assert {one["code"] for one in results} == {"NOT_FOUND"}

    async def test_is_answered_by_the_ids_as_they_were_given_in_their_order(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        known, nobody = str(pupil.id), "00000000-0000-0000-0000-000000000000"
        ids = ["x", known.upper(), "", known, nobody, "x", "10001"]
        fields = "results { pupilId code error { __typename code message path } }"
        for step, given in (("placePupils", at_home(world)), ("drawOutPupils", {})):
            results = (await staff.done(step, fields, pupilIds=ids, **given))["results"]
            assert [one["pupilId"] for one in results] == ["x", known.upper(), "", nobody, "10001"]
            assert [one["code"] for one in results if one["pupilId"] != known.upper()] == ["NOT_FOUND"] * 4
            for one in results:
                assert (one["error"] or {}).get("code") == one["code"]

    async def test_is_refused_with_the_facts_of_each(self, world: World) -> None:
        children = [await child(world, first_name=f"Kind{n}") for n in range(2)]
        staff = await handle(world)
        await seats(world, 1)
        fields = """results { message error { __typename message path ... on NoSeatsLeft { group seats }
            ... on StateConflict { step state } } }"""
        ids = [str(one.id) for one in children]
        placed, full = (await staff.done("placePupils", fields, pupilIds=ids, **at_home(world)))["results"]
        assert placed == {"message": "", "error": None}
        group = (await CapacityGroup.get(department_id=at_home(world)["departmentId"])).name
        assert full["error"] == {
            "__typename": "NoSeatsLeft",
            "message": full["message"],
            "path": ["departmentId"],
            "group": group,
            "seats": 1,
        }
        conflict, _ = (await staff.done("drawOutPupils", fields, pupilIds=ids))["results"]
        assert (conflict["error"]["__typename"], conflict["error"]["state"]) == ("StateConflict", "PLACED")

    @pytest.mark.parametrize("count", [0, 101])
    async def test_is_of_a_size_that_a_person_chose(self, world: World, count: int) -> None:
        staff = await handle(world)
        ids = [f"00000000-0000-4000-8000-{place:012}" for place in range(count)]
        refused = await staff.do("drawOutPupils", RESULTS, pupilIds=ids)
        assert codes(refused) == ["INVALID_VALUE"]


async def test_officers_who_all_act_at_once_sell_no_seat_twice(
    world: World, house: House, request: pytest.FixtureRequest
) -> None:
    """Over HTTP, at a process of its own. Afterwards the audit says what there is, and every mail has its decision."""
    at_length = request.config.getoption("--long")
    children = [
        await child(world, first_name=f"Kind{n}", claim=n % 2 == 0) for n in range(50 if at_length else 8)
    ]
    await handle(world)
    await seats(world, 3)
    officers = [await world.vo_staff() for _ in range(20 if at_length else 6)]
    await house.start()
    chance = random.Random(27)
    until = asyncio.get_running_loop().time() + 60

    def rounds() -> Iterator[None]:
        for _ in range(12):
            yield
        while at_length and asyncio.get_running_loop().time() < until:
            yield

    async def hammer(number: int, officer: Person) -> int:
        done = 0
        async with house.client() as officer.http:
            # All want a seat at the same instant, each for another child.
            payload = await act(officer, "placePupil", children[number], **at_home(world))
            done += not payload["errors"]
            for _ in rounds():
                done += await step(officer, chance.choice(children))
        return done

    async def step(officer: Person, pupil: Pupil) -> int:
        match chance.choice([*["place"] * 4, *["undo"] * 3, "draw", "grant", "reject", "withdraw"]):
            case "place":
                payload = await act(officer, "placePupil", pupil, **at_home(world))
            case "draw":
                payload = await act(officer, "drawOutPupil", pupil)
            case "undo":
                payload = await act(officer, "undoPlacement", pupil)
            case "withdraw" if chance.random() < 0.01:
                payload = await act(officer, "withdrawPupil", pupil, reason="Komt niet.")
            case "withdraw":
                return 0
            case decision:
                payload = await act(officer, "decidePriority", pupil, decision=decision.upper())
        return not payload["errors"]

    counts = await asyncio.gather(*(hammer(number, officer) for number, officer in enumerate(officers)))
    assert sum(counts) > len(officers), "hardly a step was taken"
    await never_oversold()
    assert await Enrolment.filter(placement_status="PLACED").exists()
    await replays()
    decided = AuditEntry.filter(act="decidePriority", entity="Enrolment")
    assert await OutboxMail.filter(kind="PriorityDecided").count() == await decided.count()


async def never_oversold() -> None:
    """From the first audit row to the last no group had more pupils than seats: a seat too many may be given back."""
    seats_of = {str(group.id): group.seats for group in await CapacityGroup.all()}
    forms: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in await AuditEntry.filter(entity="Enrolment").order_by("id"):
        forms[row.entity_id].update(row.after or {})
        taken = Counter(
            told["placed_group_id"] for told in forms.values() if told.get("placement_status") == "PLACED"
        )
        assert all(count <= seats_of[group] for group, count in taken.items()), taken


async def replays() -> None:
    """Every form, told from the first audit row to the last, is what stands in the database."""
    for form in await Enrolment.all():
        told: dict[str, Any] = {}
        for row in await AuditEntry.filter(entity="Enrolment", entity_id=str(form.id)).order_by("id"):
            told.update(row.after or {})
        for name in form._meta.fields_db_projection:
            if name in audit.LEFT_OUT:
                continue
            there = audit.plain(name=name, value=getattr(form, name), entity="Enrolment")
            assert _moment(told.get(name)) == _moment(there), name


def _moment(value: Any) -> Any:
    """A moment is the same in any zone; what is empty is not told."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value or None


async def test_the_audit_of_a_whole_spring_is_what_stands_there(world: World) -> None:
    one, two = await child(world, claim=True), await child(world, first_name="Bo")
    staff = await handle(world)
    await act(staff, "decidePriority", one, decision="GRANT")
    await act(staff, "placePupil", one, **at_home(world), track="Technasium")
    await act(staff, "undoPlacement", one)
    clock.stand_still(at=at(HANDLING))
    await act(staff, "registerNotPlaceable", two, explanation="Kan niet.")
    await replays()
