"""Rule 21: whatever moment the API is killed at, a form is definitive with its mail and its traces, or not at all."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from tortoise.connection import get_connection

from models import ClockOffset
from resolvers import clock
from sandbox.state import free_port
from tests.starting.running import BEGINS_WITHIN, Process
from tests.world import World

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
class House:
    """The API as a process of its own, on the database of this test; its clock is in the application week."""

    world: World
    folder: Path
    port: int = field(default_factory=free_port)
    begun: list[Process] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    async def start(self) -> Process:
        log = self.folder / f"api-{len(self.begun)}.log"
        passed = {name: os.environ[name] for name in PASSED_ON}
        process = Process(
            "serve", log=log, environment={**passed, "ENVIRONMENT": "sandbox", "PORT": str(self.port)}
        )
        self.begun.append(process)
        async with asyncio.timeout(BEGINS_WITHIN):
            while not await self.is_ready():
                assert process.runs, process.said()
                await asyncio.sleep(0.05)
        return process

    async def is_ready(self) -> bool:
        async with self.client() as http:
            try:
                return (await http.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

    def client(self) -> httpx.AsyncClient:
        address = f"http://127.0.0.1:{self.port}"
        return httpx.AsyncClient(base_url=address, timeout=60, trust_env=False)

    async def families(self, *, count: int) -> None:
        """They have filled in their form; nobody has made it definitive yet."""
        for _ in range(count):
            pupil = await self.world.pupil(email=f"ouder{len(self.tokens)}@example.org")
            parent = await self.world.at_home(pupil, self.world.amstelland)
            choices = [self.world.choice(place) for place in range(5)]
            await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
            assert parent.token is not None
            self.tokens[str(pupil.id)] = parent.token

    async def states(self) -> dict[str, tuple[Any, ...]]:
        _, rows = await get_connection("default").execute_query(STATE)
        return {row["pupil"]: (row["form"], row["dot"], row["mails"], row["traces"]) for row in rows}


PASSED_ON = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "FILES_URL", "LINK_KEY", "BSN_KEYS", "BSN_INDEX_KEY")


async def finalized(http: httpx.AsyncClient, token: str) -> bool:
    """Whether it was answered; an answer is that the form is definitive."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        answer = await http.post("/graphql", json={"query": FINALIZE}, headers=headers)
    except httpx.TransportError:
        return False
    assert answer.json() == {"data": {"finalizeEnrolment": {"enrolment": {"status": "FINAL"}, "errors": []}}}
    return True


@pytest.fixture
async def house(world: World, tmp_path: Path) -> AsyncIterator[House]:
    offset = (await clock.now() - clock.real_now()).total_seconds()
    await ClockOffset.create(id=1, offset_seconds=offset)
    made = House(world=world, folder=tmp_path)
    try:
        yield made
    finally:
        for process in made.begun:
            if process.runs:
                process.tell(signal.SIGKILL)
                process.ended()


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


async def killed(house: House, *, chance: random.Random, table: str | None) -> int:
    """Many finalise at once, and the process is gone: before they write to `table`, or after some of the answers.

    How many were never answered.
    """
    process = await house.start()
    before = await house.states()
    ahead = iter([pupil for pupil, state in before.items() if state == NOT_AT_ALL])
    answered: set[str] = set()
    lost: set[str] = set()
    enough = chance.randrange(FAMILIES - AT_ONCE)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(house.client())

        async def ask() -> None:
            for pupil in ahead:
                if not await finalized(http, house.tokens[pupil]):
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
    for pupil, state in (await house.states()).items():
        assert state in (DONE, NOT_AT_ALL), state
        if pupil in answered or before[pupil] == DONE:
            assert state == DONE
        if table and pupil in lost:
            assert state == NOT_AT_ALL
    return len(lost)


async def storm(house: House, *, kills: int, seed: int) -> None:
    """Just before each of the last writes once, then at moments of chance."""
    chance = random.Random(seed)
    lost = 0
    for number in range(kills):
        wait = [state for state in (await house.states()).values() if state == NOT_AT_ALL]
        await house.families(count=FAMILIES - len(wait))
        lost += await killed(house, chance=chance, table=dict(enumerate(LAST_WRITES)).get(number))
    assert lost > 0, "no kill came while somebody waited"

    process = await house.start()
    async with house.client() as http:
        assert all([await finalized(http, token) for token in house.tokens.values()])
        assert all([await finalized(http, token) for token in house.tokens.values()])
    assert set((await house.states()).values()) == {DONE}
    process.tell(signal.SIGTERM)
    await asyncio.to_thread(process.ended)
    # The clock of the process ran on: what it wrote is due by now.
    clock.stand_still(at=await clock.now() + timedelta(hours=1))
    mails = await house.world.mails()
    assert len(mails) == len({mail["to"] for mail in mails}) == len(house.tokens)
    for mail in mails:
        assert "U heeft Zoë aangemeld bij het Voortgezet Onderwijs." in mail["text"]


class TestAnApiThatIsKilledWhileFamiliesFinalise:
    async def test_leaves_each_form_wholly_definitive_or_not_at_all(self, house: House) -> None:
        await storm(house, kills=3, seed=20270317)

    @pytest.mark.long
    @pytest.mark.parametrize("seed", range(2))
    async def test_does_so_however_often(self, house: House, seed: int) -> None:
        await storm(house, kills=15, seed=seed)
