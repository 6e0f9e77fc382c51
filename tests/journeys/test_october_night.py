"""Rules 3 and 7: in the night of 25 October the clock goes from 03:00 back to 02:00, so 02:30 comes twice."""

from datetime import UTC, datetime

import pytest

from models import IndividualWindow, Period, Pupil
from resolvers import clock
from rules.calendar import AMSTERDAM
from rules.vocabulary import PeriodKind
from tests.world import Person, World, at


def night(time: str, *, second: bool = False) -> datetime:
    return at(f"2026-10-25 {time}").replace(fold=second)


async def family(world: World, *, opens: datetime, closes: datetime) -> tuple[Pupil, Person]:
    """A child of which any advice may be set; the region's application period is this one."""
    await Period.filter(kind=PeriodKind.APPLICATION).update(opens_at=opens, closes_at=closes)
    pupil = await world.pupil(tested=False)
    await Pupil.filter(id=pupil.id).update(test_exemption="Kort in Nederland")
    return pupil, await world.at_home(pupil, world.amstelland)


async def saves(parent: Person, moment: datetime, world: World) -> list[str]:
    """The codes of what is refused at this moment."""
    clock.stand_still(at=moment)
    version = ((await parent.ask("{ child { enrolment { version } } }"))["child"]["enrolment"] or {}).get(
        "version", 0
    )
    payload = await parent.do(
        "saveEnrolment", "", expectedVersion=version, preferences=[world.choice(version % 6)]
    )
    return [error["code"] for error in payload["errors"]]


@pytest.mark.parametrize("zone", [AMSTERDAM, UTC])
class TestAPeriod:
    def moments(self, zone: object) -> list[datetime]:
        """Quarter to quarter through both hours, in the order they come."""
        every = [("02:15", False), ("02:30", False), ("02:45", False), ("02:15", True), ("02:30", True)]
        found = [night(time, second=second) for time, second in every]
        return [one.astimezone(UTC) for one in found] if zone is UTC else found

    @pytest.mark.parametrize(("second", "open_for"), [(False, 1), (True, 4)])
    async def test_that_ends_at_half_past_two_ends_at_the_one_that_is_meant(
        self, world: World, zone: object, second: bool, open_for: int
    ) -> None:
        ends = night("02:30", second=second)
        _, parent = await family(world, opens=at("2026-10-19 00:00"), closes=ends)
        said = [await saves(parent, moment, world) for moment in self.moments(zone)]
        assert said == [[]] * open_for + [["PERIOD_CLOSED"]] * (5 - open_for)

    @pytest.mark.parametrize(("second", "closed_for"), [(False, 1), (True, 4)])
    async def test_that_opens_at_half_past_two_opens_at_the_one_that_is_meant(
        self, world: World, zone: object, second: bool, closed_for: int
    ) -> None:
        opens = night("02:30", second=second)
        _, parent = await family(world, opens=opens, closes=at("2026-10-30 00:00"))
        said = [await saves(parent, moment, world) for moment in self.moments(zone)]
        assert said == [["PERIOD_CLOSED"]] * closed_for + [[]] * (5 - closed_for)


class TestAWindowOfOnesOwn:
    @pytest.mark.parametrize(
        ("corrected", "last", "ended"),
        [
            ("01:15", night("01:59"), [night("02:00"), night("02:30"), night("02:30", second=True)]),
            ("02:15", night("02:59", second=True), [night("03:00"), night("03:15")]),
        ],
    )
    async def test_lasts_five_days_on_the_clock_on_the_wall(
        self, world: World, corrected: str, last: datetime, ended: list[datetime]
    ) -> None:
        """Up to a full hour: from a quarter past one it ends at the first two o'clock, an hour later at three."""
        pupil, parent = await family(world, opens=at("2026-10-12 00:00"), closes=at("2026-10-19 00:00"))
        clock.stand_still(at=at("2026-10-15 12:00"))
        choices = [world.choice(place) for place in range(5)]
        await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
        await parent.done("finalizeEnrolment", "")
        clock.stand_still(at=at(f"2026-10-20 {corrected}"))
        given = {"pupilId": str(pupil.id), "expectedVersion": 1, "advice": "VWO"}
        await (await world.editor()).done("updateOkiDoc", "", **given)

        # Two zones never agree that a moment is one that the clock shows twice: compared in one.
        assert (await IndividualWindow.get()).closes_at == ended[0].astimezone(UTC)
        (mail,) = [one for one in await world.mails() if one["subject"] == "Meld Zoë opnieuw aan"]
        assert f"Doe dit vóór 25 oktober 2026 om {ended[0]:%H.%M} uur." in mail["text"]
        assert await saves(parent, last, world) == []
        for moment in ended:
            assert await saves(parent, moment, world) == ["PERIOD_CLOSED"], moment
        assert await saves(parent, last.astimezone(UTC), world) == []
