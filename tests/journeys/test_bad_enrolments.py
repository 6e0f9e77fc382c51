"""Rules 16, 17 and 21: what cannot be definitive is refused in words, and nothing of it stays."""

from typing import Any

import pytest

from models import CapacityGroup, Enrolment, IdempotencyKey, Period
from rules.vocabulary import PeriodKind
from tests.journeys.test_bad_input import picture
from tests.world import Person, World, at

FINALIZE = """mutation { it: finalizeEnrolment(input: {}) { enrolment { id }
    errors { code message ... on EnrolmentIncomplete { missing } } } }"""
SAVE = """mutation($i: SaveEnrolmentInput!) { it: saveEnrolment(input: $i) {
    enrolment { version preferences { department { id } } } errors { code message } } }"""
DOUBLED = "Het Veenlicht 0 staat 2 keer op uw lijst. Kies elke school maar één keer."
CLOSED = "Voorkeur 2: vwo van Het Veenlicht 1 past niet bij het advies van uw kind. Kies een andere afdeling."
TOO_LONG = "Uw lijst heeft te veel scholen. Kies er precies 5."
TOO_SHORT = "Kies nog 1 school. Uw lijst moet precies 5 scholen hebben."


async def family(world: World, *choices: str) -> Person:
    """With this list saved as it is."""
    parent = await world.at_home(await world.pupil(), world.amstelland)
    await parent.done("saveEnrolment", "", expectedVersion=0, preferences=listed(world, *choices))
    return parent


def listed(world: World, *choices: str) -> list[dict[str, str]]:
    return [world.choice(int(place), advice) for place, advice in (one.split("-") for one in choices)]


def havo(*places: int) -> list[str]:
    return [f"{place}-HAVO" for place in places]


class TestFinalising:
    @pytest.mark.parametrize(
        ("choices", "missing"),
        [
            ([], ["Kies nog 5 scholen. Uw lijst moet precies 5 scholen hebben."]),
            (havo(0, 1, 2, 3), [TOO_SHORT]),
            (havo(0, 1, 2, 3, 4, 5), [TOO_LONG]),
            (havo(0, 1, 2, 3, 0), [DOUBLED]),
            (["0-HAVO", "1-HAVO", "2-HAVO", "3-HAVO", "0-VWO"], [DOUBLED, CLOSED.replace("2:", "5:").replace("licht 1", "licht 0")]),
            (["0-HAVO", "1-VWO", *havo(2, 3, 4)], [CLOSED]),
            (["0-HAVO", "1-VWO", *havo(2, 3, 4, 5)], [TOO_LONG, CLOSED]),
            (["0-HAVO", "1-VWO", "2-HAVO", "0-HAVO"], [TOO_SHORT, DOUBLED, CLOSED]),
        ],
    )  # fmt: skip
    async def test_a_list_that_is_not_right_says_all_that_is_wrong(
        self, world: World, choices: list[str], missing: list[str]
    ) -> None:
        parent = await family(world, *choices)
        before = await picture()
        payload = (await parent.ask(FINALIZE))["it"]
        assert payload["enrolment"] is None
        (error,) = payload["errors"]
        assert (error["code"], error["missing"]) == ("ENROLMENT_INCOMPLETE", missing)
        assert error["message"] == " ".join(["De aanmelding kan nog niet definitief worden.", *missing])
        assert await picture() == before

    async def test_a_department_that_was_closed_since_is_refused(self, world: World) -> None:
        parent = await family(world, *havo(0, 1, 2, 3, 4))
        department_id = world.departments["1-HAVO"].id
        await CapacityGroup.filter(department_id=department_id).update(adviezen=["VWO"])
        (error,) = (await parent.ask(FINALIZE))["it"]["errors"]
        assert error["missing"] == [CLOSED.replace("vwo", "havo")]
        assert not await Enrolment.filter(status="FINAL").exists()

    async def test_a_form_that_was_never_saved_is_incomplete(self, world: World) -> None:
        parent = await world.at_home(await world.pupil(), world.amstelland)
        (error,) = (await parent.ask(FINALIZE))["it"]["errors"]
        assert error["code"] == "ENROLMENT_INCOMPLETE"

    async def test_after_the_region_moved_the_end_of_the_period_goes_by_the_new_end(
        self, world: World
    ) -> None:
        """Rule 3: dates are data, read at the moment of the act."""
        parent = await family(world, *havo(0, 1, 2, 3, 4))
        before = await picture()
        period = Period.filter(region_id=world.amstelland.id, kind=PeriodKind.APPLICATION)
        await period.update(closes_at=at("2027-03-17 10:00"))
        (error,) = (await parent.ask(FINALIZE))["it"]["errors"]
        assert error["code"] == "PERIOD_CLOSED"
        assert error["message"] == "Dit kan niet meer. Het kon tot 17 maart 2027 om 10.00 uur."
        changed = {table for table, mark in (await picture()).items() if mark != before[table]}
        assert changed == {"period"}
        await period.update(closes_at=at("2027-03-17 10:01"))
        assert (await parent.ask(FINALIZE))["it"]["errors"] == []


class TestSaving:
    async def test_a_list_longer_than_any_form_is_refused(self, world: World) -> None:
        parent = await family(world)
        before = await picture()
        choices = listed(world, *havo(0, 1, 2, 3, 4, 5), *(f"{place}-VWO" for place in range(5)))
        refused = await parent.do("saveEnrolment", "", expectedVersion=1, preferences=choices)
        assert [(one["code"], one["path"]) for one in refused["errors"]] == [
            ("TOO_MANY_PREFERENCES", ["preferences"])
        ]
        assert await picture() == before

    @pytest.mark.parametrize("place", [0, 2])
    async def test_one_department_of_another_region_keeps_none_of_the_list(
        self, world: World, place: int
    ) -> None:
        parent = await family(world, *havo(0, 1))
        before = await picture()
        choices = listed(world, *havo(3, 4, 5))
        choices[place] = world.choice(6)
        refused = await parent.do("saveEnrolment", "", expectedVersion=1, preferences=choices)
        path = ["preferences", str(place), "departmentId"]
        assert [(one["code"], one["path"]) for one in refused["errors"]] == [("NOT_FOUND", path)]
        assert await picture() == before


class TestTheSameIdempotencyKey:
    async def send(self, world: World, parent: Person, document: str, **variables: Any) -> Any:
        headers = {"Authorization": f"Bearer {parent.token}", "Idempotency-Key": "een"}
        body = {"query": document, "variables": variables}
        return (await world.http.post("/graphql", json=body, headers=headers)).json()["data"]["it"]

    async def test_with_another_list_is_refused_and_with_the_same_gives_the_first_answer(
        self, world: World
    ) -> None:
        parent = await family(world)
        first = {"expectedVersion": 1, "preferences": listed(world, *havo(0, 1))}
        saved = await self.send(world, parent, SAVE, i=first)
        assert (saved["errors"], saved["enrolment"]["version"]) == ([], 2)
        before = await picture()
        other = {"expectedVersion": 2, "preferences": listed(world, *havo(2))}
        refused = await self.send(world, parent, SAVE, i=other)
        assert [one["code"] for one in refused["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
        assert refused["enrolment"] is None
        finalize = await self.send(world, parent, FINALIZE)
        assert [one["code"] for one in finalize["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
        assert await self.send(world, parent, SAVE, i=first) == saved
        assert await picture() == before
        assert await IdempotencyKey.all().count() == 1
