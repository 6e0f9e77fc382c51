"""A slow statement is logged once, by who asked it, and never with a value."""

import asyncio
import logging
import os
from collections.abc import Iterator

import asyncpg
import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from models import Pupil, statements
from tests.world import World

SLEEPS = "SELECT pg_sleep(0.4), $1::text"
QUICK = "SELECT 'quick', $1::text"
SECRET = "Sünneke"


@pytest.fixture
def _everything_over_200_ms(world: World) -> Iterator[None]:
    statements.slow_after(milliseconds=200)
    yield
    statements.slow_after(milliseconds=0)


def slow(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "loket.statements"]


async def run(sql: str) -> None:
    await get_connection("default").execute_query(sql, [SECRET])


@pytest.mark.usefixtures("_everything_over_200_ms")
class TestASlowStatement:
    async def test_of_a_request_is_logged_with_its_operation(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        await world.pupil()
        editor = await world.editor()
        owner = await asyncpg.connect(os.environ["DATABASE_OWNER_URL"])
        try:
            async with owner.transaction():
                await owner.execute("LOCK TABLE pupil IN ACCESS EXCLUSIVE MODE")
                asked = (
                    "query Groep8($who: String!) { pupils(filter: {search: $who}) { nodes { lastName } } }"
                )
                waiting = asyncio.create_task(editor.post(asked, who="Berg"))
                await asyncio.sleep(0.6)
            answer = await waiting
        finally:
            await owner.close()
        assert answer.json()["data"]["pupils"]["nodes"] == [{"lastName": "Berg"}]
        (line,) = slow(caplog)
        assert "operation=Groep8 document=" in line
        assert "document=- " not in line
        assert "role=PO_EDITOR" in line
        assert f"correlation={answer.headers['X-Correlation-Id']} " in line
        assert 'FROM "pupil"' in line
        assert "berg" not in line.lower()

    @pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a transaction"])
    async def test_holds_the_text_on_one_line_and_no_value(
        self, caplog: pytest.LogCaptureFixture, inside: bool
    ) -> None:
        statements.under_way.set(statements.Work(operation="deliver_mails", role="worker"))
        if inside:
            async with in_transaction():
                await run(SLEEPS.replace(",", ",\n"))
        else:
            await run(SLEEPS.replace(",", ",\n"))
        (line,) = slow(caplog)
        assert "operation=deliver_mails document=- role=worker" in line
        assert line.endswith("sql=SELECT pg_sleep(0.4), $1::text")
        assert SECRET not in line

    async def test_that_is_long_is_cut(self, caplog: pytest.LogCaptureFixture) -> None:
        await run(f"{SLEEPS} AS a, '{'x' * 5000}'::text AS b")
        (line,) = slow(caplog)
        assert len(line) < statements.LONGEST + 200

    async def test_that_fails_is_logged_as_well(self, caplog: pytest.LogCaptureFixture) -> None:
        with pytest.raises(OperationalError):
            await run("SELECT 1 / (pg_sleep(0.4) IS NULL)::int, $1::text")
        assert len(slow(caplog)) == 1

    async def test_of_many_rows_is_one(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        pupil = await world.pupil()
        sql = 'UPDATE "pupil" SET first_name = $1 WHERE pg_sleep(0.3) IS NOT NULL AND id = $2'
        await get_connection("default").execute_many(sql, [[SECRET, pupil.id]])
        assert (await Pupil.get(id=pupil.id)).first_name == SECRET
        (line,) = slow(caplog)
        assert SECRET not in line

    async def test_is_no_fast_one(self, caplog: pytest.LogCaptureFixture) -> None:
        await run(QUICK)
        assert slow(caplog) == []

    async def test_is_none_when_switched_off(self, caplog: pytest.LogCaptureFixture) -> None:
        statements.slow_after(milliseconds=0)
        await run(SLEEPS)
        assert slow(caplog) == []


async def test_statements_are_counted_by_role_and_kind(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="loket.graphql")
    editor = await world.editor()

    async def so_far() -> float:
        text = (await world.http.get("/metrics")).text
        (line,) = [
            one
            for one in text.splitlines()
            if one.startswith('loket_statements_total{kind="query",role="PO_EDITOR"}')
        ]
        return float(line.split()[-1])

    await editor.ask("query Hunter3 { viewer { __typename } }")
    before = await so_far()
    caplog.clear()
    await editor.ask("query Hunter3 { viewer { __typename } }")
    (line,) = [one.getMessage() for one in caplog.records if one.name == "loket.graphql"]
    assert f"statements={await so_far() - before:.0f} " in line
    assert await so_far() > before
    assert "Hunter3" not in (await world.http.get("/metrics")).text
