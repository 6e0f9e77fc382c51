"""PDFs on request: claimed with a lease as mails are, made in the pool, stored whole, then READY.

A worker that dies in the middle leaves a lease that ends; another starts over. What it had stored
lies under a key of its own attempt and is never shown.
"""

import asyncio
import logging
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from prometheus_client import Counter, Histogram

from models import Document
from resolvers import clock, files
from resolvers.rows import from_json
from rules.steps import NotFound
from rules.vocabulary import JobStatus
from workers import lease

log = logging.getLogger("loket.documents")

MADE = Counter("loket_documents_made", "PDFs made.", ["kind"])
FAILED = Counter("loket_document_failures", "Attempts to make a PDF that failed.", ["kind"])
SECONDS = Histogram("loket_document_seconds", "From request to READY.", buckets=(0.3, 1, 3, 10, 30, 100))

TABLE = "document"
FOLDER = "documents"
WAITING = "status IN ('QUEUED', 'RUNNING') AND due_at <= $4"
COLUMNS = ["id", "kind", "content", "attempts", "due_at"]

LEASE_SECONDS = 120
MAKING_SECONDS = 100
ATTEMPTS = 4
AGAIN_AFTER = timedelta(seconds=20)


class Maker(Protocol):
    """Makes one PDF of what it says; the pool of processes, and a stand-in where none is wanted."""

    async def __call__(self, *, kind: str, content: dict[str, Any]) -> bytes: ...


class Press:
    """Makes every PDF that is asked for, `side_by_side` at a time."""

    def __init__(self, *, make: Maker, store: files.Store, side_by_side: int = 2) -> None:
        self._make = make
        self._store = store
        self._side_by_side = side_by_side
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True

    async def make_due(self) -> int:
        handled = 0
        while not self._stopping:
            token, rows = await lease.claim(
                table=TABLE,
                waiting=WAITING,
                columns=COLUMNS,
                seconds=LEASE_SECONDS,
                limit=self._side_by_side,
                values=[await clock.now()],
                also="status = 'RUNNING'",
            )
            if not rows:
                break
            await asyncio.gather(*(self._handle(row=row, token=token) for row in rows))
            handled += len(rows)
        return handled

    async def _handle(self, *, row: dict[str, Any], token: UUID) -> None:
        content = from_json(row["content"])
        row["kind"] = content.get("format", row["kind"])
        if row["attempts"] > ATTEMPTS:
            # Whatever it is, it takes its worker along each time.
            await self._fail(row=row, token=token, fault=RuntimeError("it never ended"), final=True)
            return
        try:
            async with asyncio.timeout(MAKING_SECONDS):
                pdf = await self._make(kind=row["kind"], content=content)
            await self._deliver(row=row, token=token, pdf=pdf)
        except asyncio.CancelledError:
            await asyncio.shield(lease.release(table=TABLE, row_id=row["id"], token=token))
            raise
        except NotFound as gone:
            # The child left whoever asked: nothing is wrong, and another try finds nothing either.
            log.info("document %s (%s): no longer in reach of who asked for it", row["id"], row["kind"])
            await self._end(row=row, token=token, fault=gone, final=True)
        except Exception as fault:
            log.exception("document %s (%s), attempt %s", row["id"], row["kind"], row["attempts"])
            await self._fail(row=row, token=token, fault=fault, final=row["attempts"] >= ATTEMPTS)

    async def _deliver(self, *, row: dict[str, Any], token: UUID, pdf: bytes) -> None:
        stored = await self._store.put(key=files.new_key(folder=FOLDER, row_id=row["id"]), content=pdf)
        ready_at = await clock.now()
        done = await Document.filter(id=row["id"], lease_token=token).update(
            status=JobStatus.READY,
            storage_key=stored.key,
            sha256=stored.sha256,
            size=stored.size,
            ready_at=ready_at,
            last_error="",
            lease_token=None,
            lease_until=None,
        )
        if not done:
            await self._store.delete(key=stored.key)
            return
        MADE.labels(kind=row["kind"]).inc()
        SECONDS.observe(max(0.0, (ready_at - row["due_at"]).total_seconds()))

    async def _fail(self, *, row: dict[str, Any], token: UUID, fault: Exception, final: bool) -> None:
        FAILED.labels(kind=row["kind"]).inc()
        await self._end(row=row, token=token, fault=fault, final=final)
        if final:
            log.error("document %s (%s) is given up", row["id"], row["kind"])

    async def _end(self, *, row: dict[str, Any], token: UUID, fault: Exception, final: bool) -> None:
        await Document.filter(id=row["id"], lease_token=token).update(
            status=JobStatus.FAILED if final else JobStatus.QUEUED,
            due_at=await clock.now() + AGAIN_AFTER * row["attempts"],
            last_error=f"{type(fault).__name__}: {fault}"[:300],
            lease_token=None,
            lease_until=None,
        )
        if final:
            await self._store.delete_all_of(folder=FOLDER, row_id=row["id"])
