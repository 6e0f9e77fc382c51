"""Rule 3: which windows are open now, as somebody who is signed in reads them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from models import IndividualWindow, Period
from resolvers import clock
from rules.vocabulary import PeriodKind
from tests.journeys.front_door import (
    APPLICATION_ENDS,
    PARENT_PASSWORD,
    STAFF_PASSWORD,
    Portal,
    Town,
    a_town_with_a_door,
)

PERIODS = "query P($region: String) { currentPeriods(region: $region) { kind opensAt closesAt } }"


@pytest.fixture
async def town(database: None, valkey_url: str) -> AsyncIterator[Town]:
    async with a_town_with_a_door(valkey_url=valkey_url) as town:
        yield town


@pytest.fixture
async def school(town: Town) -> Portal:
    portal = Portal()
    await portal.login(town.editor.username, STAFF_PASSWORD)
    return portal


async def kinds(portal: Portal, region: str | None = None) -> list[str]:
    return [period["kind"] for period in (await portal.ask(PERIODS, region=region))["currentPeriods"]]


class TestTheCurrentPeriods:
    async def test_are_those_open_at_this_moment_half_open(self, school: Portal) -> None:
        assert await kinds(school) == ["PARENT_LOGIN_SENDING", "APPLICATION"]
        clock.stand_still(at=APPLICATION_ENDS - timedelta(microseconds=1))
        assert await kinds(school) == ["APPLICATION"]
        clock.stand_still(at=APPLICATION_ENDS)
        assert await kinds(school) == ["HANDLING"]

    async def test_say_from_when_to_when(self, school: Portal) -> None:
        (_, application) = (await school.ask(PERIODS, region=None))["currentPeriods"]
        assert application["closesAt"].startswith("2027-03-25T1")

    async def test_of_a_linked_region_are_its_own(self, town: Town, school: Portal) -> None:
        await Period.filter(region_id=town.other_region.id, kind=PeriodKind.APPLICATION).delete()
        assert await kinds(school, town.other_region.code) == ["PARENT_LOGIN_SENDING"]

    async def test_of_a_region_out_of_reach_are_not_there(self, school: Portal) -> None:
        assert await kinds(school, "NERGENS") == []

    async def test_hold_the_window_a_family_has_for_itself(self, town: Town) -> None:
        parent = Portal()
        await parent.by_link("activateAccount", await town.send_login(), PARENT_PASSWORD)
        await IndividualWindow.create(
            id=uuid4(),
            pupil_id=town.pupil.id,
            region_id=town.region.id,
            opens_at=APPLICATION_ENDS + timedelta(days=1),
            closes_at=APPLICATION_ENDS + timedelta(days=6),
            reason="test",
        )
        clock.stand_still(at=APPLICATION_ENDS)
        assert await kinds(parent) == ["HANDLING"]
        clock.stand_still(at=APPLICATION_ENDS + timedelta(days=1))
        assert await kinds(parent) == ["APPLICATION", "HANDLING"]
