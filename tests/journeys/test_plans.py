"""What is asked all day can be read from its index by a plan for all values alike, so that no table is read whole.

On a small table PostgreSQL would read all of it: here it may not, and what is left says which index there is for it.
"""

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from benchmarks import plans
from benchmarks.hot import HOT
from rules.vocabulary import Role
from tests.journeys import rich_world
from tests.world import World


@pytest.fixture
async def owner(world: World) -> AsyncIterator[asyncpg.Connection]:
    """The owner of a world in which everybody has something to read."""
    pupil, *_ = await rich_world.children(world, count=30)
    for role in (Role.VO_STAFF, Role.PO_EDITOR, Role.REGION_ADMIN):
        await rich_world.person_of(world, role, pupil=pupil)
    await world.at_home(pupil, world.amsterdam)
    connection = await asyncpg.connect(os.environ["DATABASE_OWNER_URL"])
    try:
        await plans.used(connection)
        yield connection
    finally:
        await connection.close()


async def test_every_hot_statement_has_its_index(world: World, owner: asyncpg.Connection) -> None:
    found = await plans.explained(connection=owner, only_indexes=True)
    assert plans.faults(found) == []
    # Which of several indexes it takes is the planner's to say, and differs with what it happened to sample.
    assert {one.operation for one in found} == HOT.keys()
    assert all(one.indexes for one in found if "pupil" in one.sql or "enrolment" in one.sql)


async def test_a_report_shows_each_statement_its_plan_and_what_it_reads(
    world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("DROP INDEX enrolment_by_name, enrolment_arrival, enrolment_handling")
    found = await plans.explained(connection=owner)
    told = plans.markdown(found)
    assert (
        told.count("\n## ") + 1 == len({one.sql for one in found}) == told.count("Rows read / rows given: ")
    )
    # So few rows are read as a whole: the report must say that.
    assert any("enrolment" in one for one in plans.faults(found))
    assert "reads the whole of" in told
    assert "example.org" not in told
