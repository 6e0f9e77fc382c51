"""Dossiers that were handed in at the command line: one delivery at a time, claimed with a lease as mails are.

A worker that dies in the middle leaves a lease that ends; another goes on with the files of which nothing is told.
"""

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from models import Delivery
from resolvers import clock, files
from resolvers.imports.deliveries import FOLDER, Delivered, pending
from resolvers.imports.dossiers import Overtaken, take_sources
from rules.vocabulary import JobStatus
from workers import lease

log = logging.getLogger("loket.deliveries")

TABLE = "delivery"
WAITING = "status IN ('QUEUED', 'RUNNING') AND due_at <= $4"
COLUMNS = ["id", "region", "year", "dry_run", "confirm_overwrite", "attempts", "due_at"]

LEASE_SECONDS = 60.0
ATTEMPTS = 6
AGAIN_AFTER = timedelta(seconds=20)


class Intake:
    """Takes in what was handed in. `seconds`: how long a lease lasts that nobody extends."""

    def __init__(self, *, store: files.Store, seconds: float = LEASE_SECONDS) -> None:
        self._store = store
        self._seconds = seconds
        self._stopping = False

    def stop(self) -> None:
        """No more files are begun; the delivery is given back for another to go on with."""
        self._stopping = True

    async def take_due(self) -> int:
        handled = 0
        while not self._stopping:
            token, rows = await lease.claim(
                table=TABLE,
                waiting=WAITING,
                columns=COLUMNS,
                seconds=self._seconds,
                limit=1,
                values=[clock.real_now()],
                also="status = 'RUNNING'",
            )
            if not rows:
                break
            await self._handle(row=rows[0], token=token)
            handled += 1
        return handled

    async def _handle(self, *, row: dict[str, Any], token: UUID) -> None:
        if row["attempts"] > ATTEMPTS:
            # Whatever it is, it takes its worker along each time.
            await self._fail(row=row, token=token, fault=RuntimeError(), final=True)
            return
        try:
            async with asyncio.TaskGroup() as tasks:
                holding = tasks.create_task(self._hold(row_id=row["id"], token=token))
                await self._take(row=row, token=token)
                holding.cancel()
        except asyncio.CancelledError:
            await asyncio.shield(lease.release(table=TABLE, row_id=row["id"], token=token))
            raise
        except ExceptionGroup as faults:
            if faults.subgroup(Overtaken):
                log.warning("delivery %s: the lease is lost, another goes on with it", row["id"])
                return
            await self._fail(row=row, token=token, fault=_first(faults), final=row["attempts"] >= ATTEMPTS)

    async def _hold(self, *, row_id: UUID, token: UUID) -> None:
        while True:
            await asyncio.sleep(self._seconds / 3)
            if not await lease.extend(
                table=TABLE, row_id=row_id, token=token, seconds=self._seconds, still="status = 'RUNNING'"
            ):
                raise Overtaken

    async def _take(self, *, row: dict[str, Any], token: UUID) -> None:
        waiting = await pending(delivery_id=row["id"], lease=token, store=self._store)
        problem = await take_sources(
            sources=self._until_stopped(waiting),
            region=row["region"],
            year=row["year"],
            dry_run=row["dry_run"],
            confirm_overwrite=row["confirm_overwrite"],
        )
        if self._stopping and await pending(delivery_id=row["id"], lease=token, store=self._store):
            await lease.release(table=TABLE, row_id=row["id"], token=token)
            return
        # Every file is told of: nobody needs them any more, whoever holds the lease.
        await self._store.delete_all_of(folder=FOLDER, row_id=row["id"])
        await self._end(row=row, token=token, status=JobStatus.READY, problem=problem)
        log.info("delivery %s: %s files, attempt %s", row["id"], len(waiting), row["attempts"])

    def _until_stopped(self, waiting: list[Delivered]) -> Iterator[Delivered]:
        for one in waiting:
            if self._stopping:
                return
            yield one

    async def _fail(self, *, row: dict[str, Any], token: UUID, fault: BaseException, final: bool) -> None:
        # By its name only: its message may hold what stands in a dossier.
        name = type(fault).__name__
        log.error("delivery %s, attempt %s: %s", row["id"], row["attempts"], name)
        if final:
            log.error("delivery %s is given up", row["id"])
            await self._end(row=row, token=token, status=JobStatus.FAILED, last_error=name)
            await self._store.delete_all_of(folder=FOLDER, row_id=row["id"])
            return
        await Delivery.filter(id=row["id"], lease_token=token).update(
            status=JobStatus.QUEUED,
            due_at=clock.real_now() + AGAIN_AFTER * row["attempts"],
            last_error=name,
            lease_token=None,
            lease_until=None,
        )

    async def _end(self, *, row: dict[str, Any], token: UUID, **values: Any) -> None:
        await Delivery.filter(id=row["id"], lease_token=token).update(
            finished_at=clock.real_now(), lease_token=None, lease_until=None, **values
        )


def _first(fault: BaseException) -> BaseException:
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault
