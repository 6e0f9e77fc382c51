"""New keys for the BSN: every one encrypted with the newest, batch by batch, beside steps that go on.

It may be cut short at any moment and run again: what is right already is left alone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.functions import Count
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from models.bsn import BsnVault, UnreadableBsn
from resolvers import audit, clock, scope
from rules.vocabulary import Role

BATCH = 500
PATIENCE_SECONDS = 60.0
AGAIN_AFTER_SECONDS = 0.2

Say = Callable[[str], None]
Rows = Callable[[], QuerySet[Any]]


@dataclass(kw_only=True, slots=True)
class Report:
    """Counts, of children and of registrations that wait, and never a number. `shared`: children with the BSN of
    another child of their year."""

    renewed: int = 0
    right: int = 0
    unreadable: int = 0
    shared: int = 0
    held: set[UUID] = field(default_factory=set)

    @property
    def is_done(self) -> bool:
        return not self.unreadable and not self.held


def in_words(*, report: Report) -> Iterator[str]:
    """Line by line, for who keeps the keys."""
    yield f"{report.renewed} renewed, {report.right} were right already"
    if report.unreadable:
        yield f"{report.unreadable} are read by no key in BSN_KEYS: the key they were encrypted with is missing"
    if report.held:
        yield f"{len(report.held)} were held by others all the time: run this again"
    if report.shared:
        yield f"{report.shared} have the BSN of another child of their school year: look into this"
    if report.is_done:
        yield "Every BSN is encrypted with the first key of BSN_KEYS; once API and worker run with it, the others may go."
    else:
        yield "Keep every key in BSN_KEYS."


async def renew(*, vault: BsnVault, index: bool, say: Say) -> Report:
    """Encrypt every BSN with the newest key; with `index` also compute the blind index anew.

    Steps go on meanwhile: each batch is a short transaction that waits for no row. What a step holds is
    come back to, so that neither undoes the other and neither waits in a ring. An import waits until all
    is done, as it looks children up by the index.
    """
    report = Report()
    async with _imports_wait():
        total = await scope.with_bsn().count() + await scope.requests_with_bsn().count()
        seen = 0
        for rows in (scope.with_bsn, scope.requests_with_bsn):
            last = scope.NOTHING
            while batch := await rows().filter(id__gt=last).limit(BATCH):
                last, seen = batch[-1].id, seen + len(batch)
                await _renew(rows, batch, vault, index, report)
                say(f"{seen} of {max(total, seen)}")
        until = time.monotonic() + PATIENCE_SECONDS
        while report.held and time.monotonic() < until:
            await asyncio.sleep(AGAIN_AFTER_SECONDS)
            waiting, report.held = report.held, set()
            for rows in (scope.with_bsn, scope.requests_with_bsn):
                await _renew(rows, await rows().filter(id__in=waiting), vault, index, report)
    if index:
        report.shared = await _shared()
    return report


@asynccontextmanager
async def _imports_wait() -> AsyncIterator[None]:
    """The lock that an import takes, of one connection: when that is lost, so is the lock."""
    async with get_connection("default").acquire_connection() as connection:
        await connection.execute("SELECT pg_advisory_lock(hashtext('loket import'))")
        try:
            yield
        finally:
            if not connection.is_closed():
                await connection.execute("SELECT pg_advisory_unlock(hashtext('loket import'))")


async def _renew(rows: Rows, batch: list[Any], vault: BsnVault, index: bool, report: Report) -> None:
    """One transaction for what is not right yet of one batch."""
    wrong = set()
    for row in batch:
        try:
            if _is_right(row, vault, index):
                report.right += 1
            else:
                wrong.add(row.id)
        except UnreadableBsn:
            report.unreadable += 1
    if not wrong:
        return
    async with in_transaction():
        # Read again under the lock: what a step has just changed is what is encrypted.
        found = await rows().filter(id__in=wrong).select_for_update(skip_locked=True, no_key=True)
        for row in found:
            bsn = vault.decrypt(encrypted=row.bsn_encrypted)
            row.bsn_encrypted = vault.encrypt(bsn=bsn)
            if index:
                row.bsn_index = vault.index(bsn=bsn)
        if found:
            model = type(found[0])
            await model.bulk_update(found, fields=["bsn_encrypted", *(["bsn_index"] if index else [])])
            await _record(model.__name__, len(found), index)
    report.renewed += len(found)
    report.held |= wrong - {row.id for row in found}


def _is_right(row: Any, vault: BsnVault, index: bool) -> bool:
    """Raises `UnreadableBsn`."""
    bsn = vault.decrypt(encrypted=row.bsn_encrypted)
    return vault.is_newest(encrypted=row.bsn_encrypted) and (
        not index or vault.index(bsn=bsn) == row.bsn_index
    )


async def _record(entity: str, count: int, index: bool) -> None:
    """As of an import: by nobody's account, and how many, not whose."""
    row = audit.entry(
        viewer=None,
        act="rotateBsnKeys",
        at=await clock.now(),
        entity=entity,
        entity_id="",
        after={"renewed": count, "index": index},
    )
    row.role = Role.REGION_ADMIN.value
    await row.save(force_create=True)


async def _shared() -> int:
    """A step that looked for a BSN under the one key while it stood under the other did not find it."""
    twice = (
        scope.with_bsn()
        .order_by()
        .annotate(children=Count("id"))
        .filter(children__gt=1)
        .group_by("school_year_id", "bsn_index")
        .values_list("children")
    )
    return sum(children for (children,) in await twice)
