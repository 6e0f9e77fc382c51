"""A database that answers nothing, and does not even refuse: whoever asks whether we are ready hears it."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from tortoise.connection import get_connection

from app import CHECK_SECONDS
from models import database
from sandbox.postgres import Postgres
from tests.schema.test_app import application, client

ANSWERS_WITHIN = CHECK_SECONDS + 20
BACK_WITHIN = 60.0


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    tmp_path.chmod(0o700)
    made = Postgres(folder=tmp_path / "pg", durable=False)
    yield made
    made.stop()
    made.discard()


async def asks() -> None:
    await get_connection("default").execute_query("SELECT 1")


async def look(http: httpx.AsyncClient) -> int:
    asking = asyncio.ensure_future(http.get("/readyz"))
    await asyncio.wait({asking}, timeout=ANSWERS_WITHIN)
    assert asking.done(), "nobody answers"
    return asking.result().status_code


async def test_a_stopped_one_is_not_ready_however_often_it_is_asked(postgres: Postgres) -> None:
    urls = await asyncio.to_thread(postgres.start)
    http = client(application(checks={"database": asks}))
    async with database.connected(url=urls.application, pool_size=2):
        assert await look(http) == 200
        server = psutil.Process(postgres.pid)
        stopped = [server, *server.children(recursive=True)]
        for process in stopped:
            process.suspend()
        try:
            # More often than there are connections: no look at it may keep one for itself.
            for _ in range(4):
                assert await look(http) == 503
        finally:
            for process in stopped:
                process.resume()
        until = time.monotonic() + BACK_WITHIN
        while await look(http) != 200:
            assert time.monotonic() < until


async def test_a_look_that_will_not_be_given_up_is_not_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.CHECK_SECONDS", 0.05)
    begun, answer = [], asyncio.Event()

    async def stuck() -> None:
        begun.append(1)
        while not answer.is_set():
            try:
                await answer.wait()
            except asyncio.CancelledError:
                continue

    http = client(application(checks={"database": stuck}))
    assert [await look(http) for _ in range(3)] == [503] * 3
    assert len(begun) == 1
    answer.set()
    await asyncio.sleep(0)
    assert [await look(http) for _ in range(2)][-1] == 200
