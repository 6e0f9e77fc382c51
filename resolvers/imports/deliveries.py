"""Dossiers that are handed in for the worker to take in, and the report of it. Only the command line does so.

What became of a file is written in the transaction of its dossier. So whoever takes over from a worker that died
goes on where it was, nothing comes in twice, and the report tells of both.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from io import BufferedReader
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from obstore.exceptions import BaseError
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from imports.oso import MOST_BYTES
from imports.oso.beside import TOO_LARGE, cannot_open
from models import DeliveredFile, Delivery
from resolvers import clock, files
from resolvers.imports.dossier_report import Became, DossierReport, Line
from resolvers.imports.dossiers import EVERY, Overtaken
from resolvers.imports.run import Say, silent
from resolvers.nudge import nudge
from rules.vocabulary import JobStatus

FOLDER = "deliveries"
REPORT_LIVES = timedelta(hours=12)
AWAITED = timedelta(days=1)
"""So long files wait for a worker to take them in."""

_GONE = "Dit bestand is er niet meer. Lever het opnieuw aan."
_NOT_REACHED = "Het inlezen is afgebroken. Lever dit bestand opnieuw aan."


@dataclass(frozen=True, kw_only=True, slots=True)
class Stand:
    """How far a delivery is. `begun`: a worker has taken it; `behind`: workers are busy with another one."""

    done: int
    total: int
    begun: bool
    over: bool
    behind: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """A file of a delivery, for whoever holds `lease` on that."""

    id: UUID
    name: str
    storage_key: str
    size: int
    lease: UUID
    store: files.Store

    async def content(self) -> bytes | str:
        try:
            return await self.store.part(key=self.storage_key, start=0, end=self.size) if self.size else b""
        except files.FileGone:
            return _GONE

    async def record(self, line: Line) -> None:
        """Raises `Overtaken` when the lease is lost, or was and another told what became of the file."""
        told, _ = await get_connection("default").execute_query(
            "UPDATE delivered_file SET line = $3 WHERE id = $1 AND line IS NULL"
            " AND EXISTS (SELECT 1 FROM delivery WHERE id = delivery_id AND lease_token = $2)",
            [self.id, self.lease, json.dumps(_plain(line))],
        )
        if not told:
            raise Overtaken


def _plain(line: Line) -> dict[str, Any]:
    return {name: value for name, value in asdict(line).items() if name != "filename"}


async def hand_in(
    *,
    paths: Sequence[Path],
    region: str | None = None,
    year: str | None = None,
    dry_run: bool = False,
    confirm_overwrite: bool = False,
    say: Say = silent,
) -> UUID:
    """Copy these files into the store and ask the worker to take them in: all of them, or nothing is left.

    What cannot be read or is too large is refused here, and stops no other. Raises `NotStored`.
    """
    kept = _opened_store()
    # There before its files are: whatever ends this, the sweep finds them.
    delivery = await Delivery.create(
        id=uuid4(),
        region=region,
        year=year,
        dry_run=dry_run,
        confirm_overwrite=confirm_overwrite,
        created_at=clock.real_now(),
    )
    rows: list[DeliveredFile] = []
    try:
        for number, path in enumerate(paths):
            rows.append(await _copied(kept, delivery.id, number, path))
            if len(rows) % EVERY == 0 and len(paths) > EVERY:
                say(f"{len(rows)} van {len(paths)} bestanden klaargezet")
    except BaseException:
        await asyncio.shield(_forget(kept, delivery.id, rows))
        raise
    asked = asyncio.ensure_future(_ask(kept, delivery.id, rows))
    try:
        await asyncio.shield(asked)
    except asyncio.CancelledError:
        await asked
        raise HandedIn(delivery.id) from None
    return delivery.id


class HandedIn(asyncio.CancelledError):
    """Whoever hands in was interrupted, and the worker has the files all the same."""

    def __init__(self, delivery_id: UUID) -> None:
        super().__init__()
        self.delivery_id = delivery_id


async def _ask(kept: files.Store, delivery_id: UUID, rows: list[DeliveredFile]) -> None:
    try:
        async with in_transaction():
            await DeliveredFile.bulk_create(rows, batch_size=1000)
            await Delivery.filter(id=delivery_id).update(due_at=clock.real_now())
    except BaseException:
        await asyncio.shield(_forget(kept, delivery_id, rows))
        raise
    await nudge("take_deliveries")


def _opened_store() -> files.Store:
    try:
        return files.store()
    except (BaseError, OSError) as away:
        raise NotStored(type(away).__name__) from away


async def _forget(kept: files.Store, delivery_id: UUID, rows: list[DeliveredFile]) -> None:
    # What cannot be thrown away now is the sweep's.
    with suppress(BaseError, OSError):
        for row in rows:
            if row.storage_key:
                await kept.delete(key=row.storage_key)
        await kept.delete_all_of(folder=FOLDER, row_id=delivery_id)
        await Delivery.filter(id=delivery_id).delete()


class NotStored(Exception):
    """The store does not take files; why, in one word."""


class _Unreadable(Exception):
    """A file begins, and cannot be read to its end; why, in Dutch."""


async def _copied(kept: files.Store, delivery_id: UUID, number: int, path: Path) -> DeliveredFile:
    row = DeliveredFile(
        id=uuid4(),
        delivery_id=delivery_id,
        number=number,
        filename=os.fsencode(path.name).decode("utf-8", "replace"),
    )
    try:
        opened = await asyncio.to_thread(path.open, "rb")
    except OSError as away:
        return _not_taken(row, cannot_open(away))
    with opened:
        try:
            stored = await kept.receive(
                key=files.new_key(folder=FOLDER, row_id=delivery_id),
                chunks=_chunks(opened),
                most=MOST_BYTES,
            )
        except files.TooManyBytes:
            return _not_taken(row, TOO_LARGE)
        except _Unreadable as fault:
            return _not_taken(row, str(fault))
        except (BaseError, OSError) as away:
            raise NotStored(type(away).__name__) from away
    row.storage_key, row.size = stored.key, stored.size
    return row


async def _chunks(opened: BufferedReader) -> AsyncIterator[bytes]:
    try:
        while chunk := await asyncio.to_thread(opened.read, files.CHUNK):
            yield chunk
    except OSError as away:
        raise _Unreadable(cannot_open(away)) from None


def _not_taken(row: DeliveredFile, reason: str) -> DeliveredFile:
    row.line = _plain(Line(filename=row.filename, became=Became.REFUSED, reason=reason))
    return row


async def pending(*, delivery_id: UUID, lease: UUID, store: files.Store) -> list[Delivered]:
    """The files of which nothing is told yet, in their order."""
    rows = DeliveredFile.filter(delivery_id=delivery_id, line__isnull=True).order_by("number")
    return [
        Delivered(id=row_id, name=name, storage_key=key, size=size, lease=lease, store=store)
        for row_id, name, key, size in await rows.values_list("id", "filename", "storage_key", "size")
    ]


async def stand(*, delivery_id: UUID) -> Stand | None:
    """How far it is; None when it is not there, or no longer."""
    row = await Delivery.get_or_none(id=delivery_id)
    if row is None:
        return None
    of_it = DeliveredFile.filter(delivery_id=delivery_id)
    others = Delivery.exclude(id=delivery_id).filter(status=JobStatus.RUNNING)
    begun = row.status is not JobStatus.QUEUED
    return Stand(
        done=await of_it.filter(line__isnull=False).count(),
        total=await of_it.count(),
        begun=begun,
        over=row.finished_at is not None,
        behind=not begun and await others.exists(),
    )


async def report_of(*, delivery_id: UUID) -> DossierReport | None:
    """What became of every file of a delivery that is over."""
    delivery = await Delivery.get_or_none(id=delivery_id)
    if delivery is None or delivery.finished_at is None:
        return None
    rows = DeliveredFile.filter(delivery_id=delivery_id).order_by("number").values_list("filename", "line")
    return DossierReport(
        dry_run=delivery.dry_run,
        problem=delivery.problem,
        lines=[_line(filename, line) for filename, line in await rows],
    )


def _line(filename: str, told: dict[str, Any] | None) -> Line:
    if told is None:
        return Line(filename=filename, became=Became.REFUSED, reason=_NOT_REACHED)
    return Line(
        filename=filename,
        became=Became(told["became"]),
        reason=told["reason"],
        elk_number=told["elk_number"],
        notes=tuple(told["notes"]),
    )
