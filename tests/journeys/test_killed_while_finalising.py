"""Rule 21: whatever moment the API is killed at, a form is definitive with its mail and its traces, or not at all."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from tortoise.connection import get_connection

from resolvers import clock
from tests.journeys.house import House

pytestmark = pytest.mark.xdist_group("killed while finalising")

FINALIZE = "mutation { finalizeEnrolment(input: {}) { enrolment { status } errors { code } } }"
STATE = """
SELECT p.id::text AS pupil, e.status AS form, l.status AS dot,
       (SELECT count(*) FROM outbox_mail m WHERE m.pupil_id = p.id AND m.kind = 'Enrolled') AS mails,
       (SELECT string_agg(a.entity, ' ' ORDER BY a.entity) FROM audit_entry a
         WHERE a.pupil_id = p.id AND a.act = 'finalizeEnrolment') AS traces
  FROM pupil p JOIN enrolment e ON e.pupil_id = p.id JOIN parent_login l ON l.pupil_id = p.id
"""
"""One statement sees one moment, also while the server still ends what the killed process had begun."""
DONE = ("FINAL", "ENROLMENT_FINAL", 1, "Enrolment ParentLogin")
NOT_AT_ALL = ("CONCEPT", "ENROLMENT_STARTED", 0, None)
FAMILIES, AT_ONCE = 24, 8
LAST_WRITES = ("audit_entry", "outbox_mail")
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass"


@dataclass
class Families:
    house: House
    tokens: dict[str, str] = field(default_factory=dict)

    async def fill_in(self, *, count: int) -> None:
        """They have filled in their form; nobody has made it definitive yet."""
        for _ in range(count):
            pupil = await self.house.world.pupil(email=f"ouder{len(self.tokens)}@example.org")
            parent = await self.house.world.at_home(pupil, self.house.world.amstelland)
            choices = [self.house.world.choice(place) for place in range(5)]
            await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
            assert parent.token is not None
            self.tokens[str(pupil.id)] = parent.token

    async def states(self) -> dict[str, tuple[Any, ...]]:
        _, rows = await get_connection("default").execute_query(STATE)
        return {row["pupil"]: (row["form"], row["dot"], row["mails"], row["traces"]) for row in rows}


async def finalized(http: httpx.AsyncClient, token: str) -> bool:
    """Whether it was answered; an answer is that the form is definitive."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        answer = await http.post("/graphql", json={"query": FINALIZE}, headers=headers)
    except httpx.TransportError:
        return False
    assert answer.json() == {"data": {"finalizeEnrolment": {"enrolment": {"status": "FINAL"}, "errors": []}}}
    return True


@asynccontextmanager
async def held_at(table: str) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Nobody can write to this table; gives how many wait to."""
    owner, onlooker = [await asyncpg.connect(os.environ["DATABASE_OWNER_URL"]) for _ in range(2)]
    try:
        async with owner.transaction():
            await owner.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            yield lambda: onlooker.fetchval(WAITING, table)
    finally:
        await owner.close()
        await onlooker.close()


async def killed(families: Families, *, chance: random.Random, table: str | None) -> int:
    """Many finalise at once, and the process is gone: before they write to `table`, or after some of the answers.

    How many were never answered.
    """
    process = await families.house.start()
    before = await families.states()
    ahead = iter([pupil for pupil, state in before.items() if state == NOT_AT_ALL])
    answered: set[str] = set()
    lost: set[str] = set()
    enough = chance.randrange(FAMILIES - AT_ONCE)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(families.house.client())

        async def ask() -> None:
            for pupil in ahead:
                if not await finalized(http, families.tokens[pupil]):
                    lost.add(pupil)
                    return
                answered.add(pupil)

        waiting = await stack.enter_async_context(held_at(table)) if table else None
        asking = [asyncio.create_task(ask()) for _ in range(AT_ONCE)]
        async with asyncio.timeout(60):
            while (await waiting() < AT_ONCE) if waiting else (len(answered) < enough):  # noqa: ASYNC110 - the database holds them
                await asyncio.sleep(0.001)
        await asyncio.sleep(0 if waiting else chance.uniform(0, 0.03))
        process.tell(signal.SIGKILL)
        await asyncio.gather(*asking)
    assert process.ended() == -signal.SIGKILL
    for pupil, state in (await families.states()).items():
        assert state in (DONE, NOT_AT_ALL), state
        if pupil in answered or before[pupil] == DONE:
            assert state == DONE
        if table and pupil in lost:
            assert state == NOT_AT_ALL
    return len(lost)


async def storm(families: Families, *, kills: int, seed: int) -> None:
    """Just before each of the last writes once, then at moments of chance."""
    chance = random.Random(seed)
    lost = 0
    for number in range(kills):
        wait = [state for state in (await families.states()).values() if state == NOT_AT_ALL]
        await families.fill_in(count=FAMILIES - len(wait))
        lost += await killed(families, chance=chance, table=dict(enumerate(LAST_WRITES)).get(number))
    assert lost > 0, "no kill came while somebody waited"

    process = await families.house.start()
    async with families.house.client() as http:
        assert all([await finalized(http, token) for token in families.tokens.values()])
        assert all([await finalized(http, token) for token in families.tokens.values()])
    assert set((await families.states()).values()) == {DONE}
    process.tell(signal.SIGTERM)
    await asyncio.to_thread(process.ended)
    # The clock of the process ran on: what it wrote is due by now.
    clock.stand_still(at=await clock.now() + timedelta(hours=1))
    mails = await families.house.world.mails()
    assert len(mails) == len({mail["to"] for mail in mails}) == len(families.tokens)
    for mail in mails:
        assert "U heeft Zoë aangemeld bij het Voortgezet Onderwijs." in mail["text"]


class TestAnApiThatIsKilledWhileFamiliesFinalise:
    async def test_leaves_each_form_wholly_definitive_or_not_at_all(self, house: House) -> None:
        await storm(Families(house=house), kills=3, seed=20270317)

    @pytest.mark.long
    @pytest.mark.parametrize("seed", range(2))
    async def test_does_so_however_often(self, house: House, seed: int) -> None:
        await storm(Families(house=house), kills=15, seed=seed)
