"""Nudges from one process to another, through Valkey and arq. Losing one costs seconds, never work.

arq is only a carrier: a nudge is a job without arguments whose name is in `workers.jobs.JOBS`.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func

from settings import Settings

log = logging.getLogger("loket.queue")

QUEUE = "loket:nudges"
# A nudge that nobody fetched in this time has been overtaken by the sweep.
NUDGE_LIVES = 60
PAUSE_AFTER_FAULT = 2.0
LISTEN_AGAIN = (0.2, 0.5, 1.0, 2.0, 5.0)

Ring = Callable[[str], None]


def _to_json(value: Any) -> bytes:
    return json.dumps(value, default=repr).encode()


def _from_json(value: bytes) -> Any:
    return json.loads(value)


async def _connect(*, redis_url: str) -> ArqRedis:
    where = RedisSettings.from_dsn(redis_url)
    where.conn_retries = 0
    return await create_pool(
        where, job_serializer=_to_json, job_deserializer=_from_json, default_queue_name=QUEUE
    )


class Queue:
    """The sending side. Connects when first asked, and again after Valkey was away."""

    def __init__(self, *, redis_url: str) -> None:
        self._redis_url = redis_url
        self._pool: ArqRedis | None = None
        self._not_before = 0.0
        self._connecting = asyncio.Lock()

    async def __call__(self, job: str) -> None:
        """Send one nudge. Raises at once while Valkey is known to be away: nobody waits for it."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._not_before:
            raise ConnectionError("the queue was away a moment ago")
        try:
            async with asyncio.timeout(0.8):
                pool = await self._open()
                await pool.enqueue_job(job, _expires=NUDGE_LIVES)
        except BaseException:
            self._not_before = loop.time() + PAUSE_AFTER_FAULT
            await self.close()
            raise

    async def _open(self) -> ArqRedis:
        async with self._connecting:
            if self._pool is None:
                self._pool = await _connect(redis_url=self._redis_url)
            return self._pool

    async def answers(self) -> bool:
        """Whether Valkey is there, for /readyz."""
        try:
            async with asyncio.timeout(0.8):
                return bool(await (await self._open()).ping())
        except Exception:  # noqa: BLE001 - whatever it is, it does not answer
            await self.close()
            return False

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            with suppress(Exception):
                await pool.aclose(close_connection_pool=True)


async def open_queue(settings: Settings) -> Queue:
    """What `resolvers.nudge.through` takes. Does not wait for Valkey: the API starts without it."""
    return Queue(redis_url=settings.redis_url)


async def listen(*, redis_url: str, jobs: tuple[str, ...], ring: Ring) -> None:
    """Ring for every nudge that comes in, for ever. arq's worker ends when Valkey goes: begin again."""

    def bell(name: str) -> Callable[[dict[Any, Any]], Awaitable[None]]:
        async def rung(_: dict[Any, Any]) -> None:
            ring(name)

        return rung

    faults = 0
    while True:
        began = asyncio.get_running_loop().time()
        worker: Worker | None = None
        try:
            worker = Worker(
                functions=[
                    func(cast(Any, bell(name)), name=name, keep_result=0, max_tries=1) for name in jobs
                ],
                queue_name=QUEUE,
                redis_pool=await _connect(redis_url=redis_url),
                handle_signals=False,
                poll_delay=0.1,
                log_results=False,
                job_deserializer=_from_json,
                job_serializer=_to_json,
            )
            for name in jobs:
                ring(name)  # What was said while we did not listen.
            log.info("listens for nudges")
            await worker.async_run()
        except asyncio.CancelledError:
            raise
        except Exception as fault:  # noqa: BLE001 - work goes on without nudges
            log.warning("the queue is away (%s); the sweep goes on without it", type(fault).__name__)
        finally:
            if worker is not None:
                await _dismiss(worker)
        lasted = asyncio.get_running_loop().time() - began
        faults = 0 if lasted > LISTEN_AGAIN[-1] else faults + 1
        await asyncio.sleep(LISTEN_AGAIN[min(faults, len(LISTEN_AGAIN) - 1)])


async def _dismiss(worker: Worker) -> None:
    rings = list(worker.tasks.values())
    if rings:
        # arq shields what closes a job: a ring that is cancelled would fail later, unheard.
        await asyncio.wait(rings, timeout=1)
    for ring in rings:
        ring.cancel()
    with suppress(Exception, asyncio.CancelledError):
        await asyncio.gather(*rings, return_exceptions=True)
    with suppress(Exception):
        await worker.pool.aclose(close_connection_pool=True)
