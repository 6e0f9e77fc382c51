"""The worker process: one loop a job, woken by nudges and by time; arq beside them, never above them."""

import asyncio
import logging
import signal
from contextlib import suppress

from models import database, statements
from settings import Settings
from workers.equipment import Equipment, open_equipment
from workers.jobs import JOBS, Job
from workers.outbox import Pace
from workers.queue import listen

log = logging.getLogger("loket.worker")

FINISH_SECONDS = 25.0
AFTER_FAULT_SECONDS = 2.0


class Bells:
    """One bell a job. A bell that rings while its job runs makes it run once more."""

    def __init__(self) -> None:
        self._rung = {name: asyncio.Event() for name in JOBS}

    def ring(self, name: str) -> None:
        self._rung[name].set()

    def ring_all(self) -> None:
        for bell in self._rung.values():
            bell.set()

    async def heard(self, name: str, *, seconds: float) -> None:
        """Until the bell rings, or so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung[name].wait()
        self._rung[name].clear()


async def run(settings: Settings, *, pace: Pace | None = None, every: float | None = None) -> None:
    """Work until SIGTERM or SIGINT; then finish what is under way and give the rest back.

    `every` overrides how often each job looks by itself, in seconds.
    """
    logging.getLogger("arq").setLevel(logging.WARNING)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    try:
        async with database.connected(
            url=settings.database_url, pool_size=settings.db_pool_size, slow_ms=settings.slow_statement_ms
        ):
            equipment = open_equipment(settings=settings, pace=pace)
            try:
                await work(settings=settings, equipment=equipment, stopping=stopping, every=every)
            finally:
                await equipment.close()
    finally:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(name)


async def work(
    *, settings: Settings, equipment: Equipment, stopping: asyncio.Event, every: float | None = None
) -> None:
    """Tend every job until `stopping` is set. For a process that has its own pools, as the sandbox's."""
    bells = Bells()
    listening = asyncio.create_task(
        listen(redis_url=settings.redis_url, jobs=tuple(JOBS), ring=bells.ring), name="listen"
    )
    tending = [
        asyncio.create_task(
            _tend(name=name, job=job, equipment=equipment, bells=bells, stopping=stopping, every=every),
            name=name,
        )
        for name, job in JOBS.items()
    ]
    log.info("worker began: %s", ", ".join(JOBS))
    try:
        await stopping.wait()
    finally:
        stopping.set()
        equipment.stop()
        bells.ring_all()
        listening.cancel()
        _, late = await asyncio.wait(tending, timeout=FINISH_SECONDS)
        for task in late:
            log.warning("%s did not finish in time; its rows are given back", task.get_name())
            task.cancel()
        await asyncio.gather(listening, *tending, return_exceptions=True)
        log.info("worker ended")


async def _tend(
    *, name: str, job: Job, equipment: Equipment, bells: Bells, stopping: asyncio.Event, every: float | None
) -> None:
    statements.under_way.set(statements.Work(operation=name, role="worker"))
    pause = every if every is not None else job.every
    while not stopping.is_set():
        wait = pause
        try:
            await job.work(equipment)
        except Exception as fault:
            # The database may be away for a moment; the job is all still there when it is back.
            log.exception("%s: %s", name, type(fault).__name__)
            await asyncio.sleep(AFTER_FAULT_SECONDS)
            wait = min(pause, AFTER_FAULT_SECONDS)
        if not stopping.is_set():
            await bells.heard(name, seconds=wait)
