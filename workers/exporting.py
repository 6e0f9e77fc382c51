"""Exports: claimed with a lease as mails are, written to a file by a cursor, stored whole, then READY.

A CSV is written by PostgreSQL, unless something in it is sealed; an XLSX by its writer in a thread, fed from a
server-side cursor. One export is one snapshot. A worker that dies in the middle leaves a lease that ends soon; another
starts over, under a key of its own, and nothing half of it is ever shown.
"""

import asyncio
import logging
import queue
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

import asyncpg
from prometheus_client import Counter, Histogram
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from exports import query, writing
from exports.columns import Shape
from exports.lists import LISTS
from models import Export
from resolvers import clock, exports, files
from resolvers.export_rows import Statement, for_file, opening
from resolvers.viewer import Viewer
from rules.vocabulary import FileFormat, JobStatus
from workers import lease

log = logging.getLogger("loket.exports")

MADE = Counter("loket_exports_made", "Exports made.", ["kind", "format"])
FAILED = Counter("loket_export_failures", "Attempts to make an export that failed.", ["kind"])
SECONDS = Histogram("loket_export_seconds", "From request to READY.", buckets=(0.3, 1, 3, 10, 30, 100))

TABLE = "export"
FOLDER = "exports"
WAITING = "status IN ('QUEUED', 'RUNNING') AND due_at <= $4"
LEASE_SECONDS = 15
BEAT_SECONDS = 1.0
ATTEMPTS = 5
SIDE_BY_SIDE = 2
AGAIN_AFTER = timedelta(seconds=2)
BATCH = 2000
ROOM = "SET LOCAL work_mem = '64MB'"
"""For joining and sorting a whole region in memory: a third of the time until the first row."""
BATCHES_AHEAD = 3
CHUNK = 1024 * 1024


class LeaseLost(Exception):
    """Somebody else makes this export by now."""


class Exporter:
    """Makes every export that is asked for, `SIDE_BY_SIDE` at a time: a small one does not wait for a large one."""

    def __init__(self, *, store: files.Store) -> None:
        self._store = store
        self._stopping = False
        self._busy = 0

    def stop(self) -> None:
        self._stopping = True

    async def make_due(self) -> int:
        return sum(await asyncio.gather(*(self._work() for _ in range(SIDE_BY_SIDE))))

    async def _work(self) -> int:
        handled = 0
        while not self._stopping:
            token, rows = await lease.claim(
                table=TABLE, waiting=WAITING, columns=["id", "attempts", "due_at"],
                seconds=LEASE_SECONDS, limit=1, values=[clock.real_now()], also="status = 'RUNNING', progress = 0",
            )  # fmt: skip
            if rows:
                self._busy += 1
                try:
                    await self._handle(row=rows[0], token=token)
                finally:
                    self._busy -= 1
                handled += 1
            elif self._busy:
                # What is asked for while a large one is written is not to wait for its end.
                await asyncio.sleep(0.1)
            else:
                break
        return handled

    async def _handle(self, *, row: dict[str, Any], token: UUID) -> None:
        export = await Export.get(id=row["id"])
        viewer = await exports.asker_of(export)
        if viewer is None:
            log.info("export %s: who asked for it may not have it any more", export.id)
            await self._end(export=export, token=token, fault="out of reach", final=True)
            return
        if row["attempts"] > ATTEMPTS:
            await self._end(export=export, token=token, fault="it never ended", final=True)
            return
        try:
            await self._make(export=export, token=token, viewer=viewer)
        except asyncio.CancelledError:
            await asyncio.shield(lease.release(table=TABLE, row_id=export.id, token=token))
            raise
        except LeaseLost:
            log.warning("export %s: the lease was lost; somebody else makes it", export.id)
        except Exception as fault:
            log.exception("export %s, attempt %s", export.id, row["attempts"])
            FAILED.labels(kind=export.kind.value).inc()
            final = row["attempts"] >= ATTEMPTS
            await self._end(export=export, token=token, fault=type(fault).__name__, final=final)

    async def _make(self, *, export: Export, token: UUID, viewer: Viewer) -> None:
        # A file without a name: of a worker that dies nothing stays behind on its disk.
        with tempfile.TemporaryFile() as file:
            async with _beating(export_id=export.id, token=token) as done:
                count = await write(export=export, viewer=viewer, to=file, done=done)
            size = file.tell()
            key = files.new_key(folder=FOLDER, row_id=export.id)
            stored = await self._store.receive(key=key, chunks=_chunks(file), most=size)
        async with in_transaction():
            ready_at = clock.real_now()
            kept = await Export.filter(id=export.id, lease_token=token).update(
                status=JobStatus.READY, progress=100, row_count=count, storage_key=stored.key,
                sha256=stored.sha256, size=stored.size, ready_at=ready_at, last_error="",
                lease_token=None, lease_until=None,
            )  # fmt: skip
            if kept:
                await exports.record(viewer=viewer, act="export.made", export=export, rows=count)
        if not kept:
            await self._store.delete(key=stored.key)
            raise LeaseLost
        # What an attempt had stored that died before it said so.
        await self._store.delete_all_of(folder=FOLDER, row_id=export.id, but=stored.key)
        MADE.labels(kind=export.kind.value, format=export.format.value).inc()
        SECONDS.observe((ready_at - export.created_at).total_seconds())

    async def _end(self, *, export: Export, token: UUID, fault: str, final: bool) -> None:
        await Export.filter(id=export.id, lease_token=token).update(
            status=JobStatus.FAILED if final else JobStatus.QUEUED,
            last_error=fault[:300],
            due_at=clock.real_now() + AGAIN_AFTER,
            lease_token=None,
            lease_until=None,
        )
        if final:
            await self._store.delete_all_of(folder=FOLDER, row_id=export.id)


@dataclass(slots=True)
class Done:
    """How far a file is."""

    rows: int = 0
    of: int = 0

    @property
    def per_cent(self) -> int:
        return min(99, 100 * self.rows // self.of) if self.of else 0


@asynccontextmanager
async def _beating(*, export_id: UUID, token: UUID) -> AsyncIterator[Done]:
    """While the block runs the lease is held on to and the progress told, once a second. Raises `LeaseLost`."""
    done = Done()
    owner = asyncio.current_task()
    lost = False

    async def beat() -> None:
        nonlocal lost
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            held = await lease.extend(table=TABLE, row_id=export_id, token=token, seconds=LEASE_SECONDS)
            await Export.filter(id=export_id, lease_token=token).update(progress=done.per_cent)
            if not held and owner is not None:
                lost = True
                owner.cancel()
                return

    beating = asyncio.create_task(beat())
    try:
        yield done
    except asyncio.CancelledError:
        if lost:
            raise LeaseLost from None
        raise
    finally:
        beating.cancel()


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """What a file is written from: the statement in one snapshot, its columns, and where the lines go."""

    connection: asyncpg.Connection
    statement: Statement
    to: BinaryIO
    done: Done


async def write(*, export: Export, viewer: Viewer, to: BinaryIO, done: Done) -> int:
    """The file, from one snapshot. How many rows."""
    is_csv = export.format is FileFormat.CSV
    shown = query.text if is_csv else query.typed
    statement = for_file(viewer=viewer, asked=exports.asked_for(export), shown=shown)
    async with _snapshot() as connection:
        done.of = await connection.fetchval(statement.counting, *statement.values)
        feed = Feed(connection=connection, statement=statement, to=to, done=done)
        if not is_csv:
            await _spreadsheet(feed, title=LISTS[export.kind].title)
        elif any(column.shape is Shape.SEALED for column in statement.columns):
            await _opened_csv(feed)
        else:
            await _copied_csv(feed)
    return done.of


@asynccontextmanager
async def _snapshot() -> AsyncIterator[asyncpg.Connection]:
    """One moment of the database, for as long as a file takes."""
    async with get_connection("default").acquire_connection() as connection:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(ROOM)
            yield connection


async def _copied_csv(feed: Feed) -> None:
    """PostgreSQL writes the lines: each cell is one text, in which no line ends."""
    feed.to.write(writing.head(columns=feed.statement.columns))

    async def take(part: bytes) -> None:
        feed.to.write(part)
        feed.done.rows += part.count(b"\n")

    await feed.connection.copy_from_query(
        feed.statement.sql, *feed.statement.values, output=take, **writing.COPY_OPTIONS
    )


async def _opened_csv(feed: Feed) -> None:
    """Lines with something that only we can open. The BSN is in no statement, which a database may log."""
    opened = opening(feed.statement.columns)
    feed.to.write(writing.head(columns=feed.statement.columns))
    async for record in feed.connection.cursor(feed.statement.sql, *feed.statement.values, prefetch=BATCH):
        feed.to.writelines(writing.lines(rows=[["" if one is None else one for one in opened(record)]]))
        feed.done.rows += 1


async def _spreadsheet(feed: Feed, *, title: str) -> None:
    """The writer runs in a thread and takes batches as they come; a few wait for it, never all."""
    opened = opening(feed.statement.columns)
    batches: queue.Queue[list[Any] | None] = queue.Queue(maxsize=BATCHES_AHEAD)

    def rows() -> Iterator[Sequence[Any]]:
        while (batch := batches.get()) is not None:
            yield from map(opened, batch)
            feed.done.rows += len(batch)

    def work() -> None:
        writing.spreadsheet(to=feed.to, title=title, columns=feed.statement.columns, rows=rows())

    writer = asyncio.create_task(asyncio.to_thread(work))
    try:
        cursor = await feed.connection.cursor(feed.statement.sql, *feed.statement.values)
        while batch := await cursor.fetch(BATCH):
            await _put(batches, batch, unless=writer)
    finally:
        await _put(batches, None, unless=writer)
        await writer


async def _put(
    batches: "queue.Queue[list[Any] | None]", batch: list[Any] | None, *, unless: "asyncio.Task[None]"
) -> None:
    """Wait for room, without holding up the loop; a writer that ended takes nothing any more."""
    while not unless.done():
        try:
            batches.put_nowait(batch)
            return
        except queue.Full:
            await asyncio.sleep(0.002)


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
