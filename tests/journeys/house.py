"""The API as a process of its own, for tests of many at once and of sudden ends."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from models import ClockOffset
from resolvers import clock
from sandbox.state import free_port
from tests.starting.running import BEGINS_WITHIN, Process
from tests.world import World

PASSED_ON = ("DATABASE_URL", "REDIS_URL", "FILES_URL", "LINK_KEY", "BSN_KEYS", "BSN_INDEX_KEY")


@dataclass
class House:
    """The API and workers as processes, on the database of this test; their clock goes on from the moment of the test.

    Their mails come where the world reads them. `changed`: what their environment has besides.
    """

    world: World
    folder: Path
    changed: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    begun: list[Process] = field(default_factory=list)

    async def start(self) -> Process:
        offset = (await clock.now() - clock.real_now()).total_seconds()
        await ClockOffset.update_or_create(id=1, defaults={"offset_seconds": offset})
        process = self._begun("serve")
        async with asyncio.timeout(BEGINS_WITHIN):
            while not await self.is_ready():
                assert process.runs, process.said()
                await asyncio.sleep(0.05)
        return process

    def start_worker(self) -> Process:
        return self._begun("worker")

    def start_listener(self) -> Process:
        """A worker that looks when it begins and when it is nudged, and never by itself."""
        return self._begun("listener", program=("-m", "tests.breakable"))

    def _begun(self, command: str, *, program: tuple[str, ...] = ("cli.py",)) -> Process:
        log = self.folder / f"{command}-{len(self.begun)}.log"
        environment = {
            **{name: os.environ[name] for name in PASSED_ON},
            "SMTP_URL": self.world.settings.smtp_url,
            "ENVIRONMENT": "sandbox",
            "PORT": str(self.port),
            **self.changed,
        }
        process = Process(command, log=log, environment=environment, program=program)
        self.begun.append(process)
        return process

    def end(self) -> None:
        for process in self.begun:
            if process.runs:
                process.tell(signal.SIGKILL)
                process.ended()

    async def is_ready(self) -> bool:
        async with self.client() as http:
            try:
                return (await http.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

    def client(self) -> httpx.AsyncClient:
        address = f"http://127.0.0.1:{self.port}"
        return httpx.AsyncClient(base_url=address, timeout=60, trust_env=False)


@pytest.fixture
async def house(world: World, tmp_path: Path) -> AsyncIterator[House]:
    made = House(world=world, folder=tmp_path)
    try:
        yield made
    finally:
        made.end()
