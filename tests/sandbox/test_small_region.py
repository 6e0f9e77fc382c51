"""What the demo region promises holds in a small one too: somebody has to draw, somebody asks priority."""

from collections import Counter

import pytest

from models import CapacityGroup, Enrolment, Pupil
from resolvers import clock
from rules.vocabulary import EnrolmentStatus, PriorityStatus
from sandbox import demo
from tests.sandbox.region import persona


async def finals(name: str) -> list[Enrolment]:
    school_id = (await persona(name)).secondary_school_id
    return await Enrolment.filter(handling_school_id=school_id, status=EnrolmentStatus.FINAL)


@pytest.mark.parametrize("asked", [60, 150, 200])
async def test_a_school_has_open_claims_and_more_enrolments_than_seats(
    database: None, monkeypatch: pytest.MonkeyPatch, asked: int
) -> None:
    monkeypatch.setattr(clock, "_movable", True)
    said: list[str] = []
    await demo.ensure(pupils=asked, say=said.append)
    there = await Pupil.all().count()
    assert there == max(asked, 100)
    assert said == [f"inventing a region of {there} pupils …"]

    own = await finals("vo_staff")
    assert await finals("vo_staff_other")
    assert sum(one.priority_status is PriorityStatus.REQUESTED for one in own) >= 2
    enrolled = Counter(one.handling_department_id for one in own)
    seats: Counter[object] = Counter()
    for group in await CapacityGroup.filter(department_id__in=list(enrolled)):
        seats[group.department_id] += group.seats
    assert any(number > seats[department] for department, number in enrolled.items()), (enrolled, seats)
