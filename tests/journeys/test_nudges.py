"""Nudges: heard at once when all is well, never waited for when it is not (ADR 0004)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from resolvers import nudge
from tests.breakable import Valkey
from workers.jobs import JOBS
from workers.queue import Queue, listen


class Ears:
    """A worker's side that only notes what it hears."""

    def __init__(self, *, url: str) -> None:
        self.heard: list[str] = []
        self._something = asyncio.Event()
        self._task = asyncio.create_task(listen(redis_url=url, jobs=tuple(JOBS), ring=self._ring))

    def _ring(self, name: str) -> None:
        self.heard.append(name)
        self._something.set()

    async def hears(self, name: str, *, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while name not in self.heard:
                self._something.clear()
                await self._something.wait()

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    started = Valkey(folder=tmp_path)
    started.start()
    yield started
    started.kill()


@pytest.fixture
async def queue(valkey: Valkey) -> AsyncIterator[Queue]:
    opened = Queue(redis_url=valkey.url)
    nudge.through(opened)
    yield opened
    await opened.close()


class TestANudge:
    async def test_is_heard_within_half_a_second(self, valkey: Valkey, queue: Queue) -> None:
        ears = Ears(url=valkey.url)
        await ears.hears("sweep", seconds=5)
        ears.heard.clear()
        await nudge.nudge("make_documents")
        await ears.hears("make_documents", seconds=0.5)
        await ears.close()
        assert set(ears.heard) == {"make_documents"}

    async def test_costs_a_request_nothing_when_valkey_is_dead(self, valkey: Valkey, queue: Queue) -> None:
        await nudge.nudge("deliver_mails")
        valkey.kill()
        loop = asyncio.get_running_loop()
        began = loop.time()
        for _ in range(50):
            await nudge.nudge("deliver_mails")
        assert loop.time() - began < 1

    async def test_is_heard_again_once_valkey_is_back_and_what_was_missed_is_looked_for(
        self, valkey: Valkey, queue: Queue
    ) -> None:
        ears = Ears(url=valkey.url)
        await ears.hears("sweep", seconds=5)
        valkey.kill()
        await nudge.nudge("deliver_mails")
        ears.heard.clear()
        await asyncio.sleep(0.5)
        valkey.start()
        await ears.hears("deliver_mails", seconds=8)
        assert set(ears.heard) == set(JOBS)
        ears.heard.clear()
        await asyncio.sleep(2)
        await nudge.nudge("scan_uploads")
        await ears.hears("scan_uploads", seconds=1)
        await ears.close()

    async def test_that_nobody_carries_is_no_fault(self) -> None:
        nudge.through(None)
        await nudge.nudge("deliver_mails")
