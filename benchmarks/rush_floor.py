"""The floor under `benchmarks.rush`: the statements of one finalise, taken from the running code, and the driver alone.

Each family's own statements are noted in a transaction that is rolled back, with everything that went into them. So
they can be sent once more, in the same order and with the same beginning and end of the transaction.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import uvloop
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.transactions import in_transaction

from resolvers import sessions
from resolvers.enrolment import finalize_enrolment


@dataclass(frozen=True)
class Statement:
    sql: str
    values: list[Any]
    many: bool
    in_step: bool


class _Enough(Exception):
    """Roll it back."""


async def noted(*, token: str) -> list[Statement]:
    """What one family's finalise sends, from its token on; nothing of it stays."""
    try:
        async with in_transaction():
            with listening() as heard:
                viewer = await sessions.viewer_of(token=token)
                assert viewer is not None
                await finalize_enrolment(viewer=viewer, expected_version=None, region=None)
            raise _Enough
    except _Enough:
        return heard


@contextmanager
def listening() -> Iterator[list[Statement]]:
    """What this process sends to the database meanwhile."""
    heard: list[Statement] = []
    before = []
    for owner, name in (
        (AsyncpgDBClient, "execute_query"),
        (AsyncpgDBClient, "execute_query_dict"),
        (AsyncpgDBClient, "execute_insert"),
        (TransactionWrapper, "execute_many"),
    ):
        real = getattr(owner, name)

        async def hear(
            self: Any, query: str, values: Any = None, _real: Any = real, _many: bool = name == "execute_many"
        ) -> Any:
            # All of it is in our transaction; the step's own is one deeper.
            in_step = isinstance(getattr(self, "_parent", None), TransactionWrapper)
            heard.append(Statement(query, list(values or ()), _many, in_step))
            return await _real(self, query, values)

        before.append((owner, name, real))
        setattr(owner, name, hear)
    try:
        yield heard
    finally:
        for owner, name, real in before:
            setattr(owner, name, real)


def replay(*, url: str, families: list[list[Statement]], at_once: int) -> float:
    """The seconds that the driver takes for these, so many at once, a connection for each."""

    async def all_of_them() -> float:
        left = iter(families)
        connections = [await asyncpg.connect(url) for _ in range(at_once)]

        async def one_after_the_other(connection: Any) -> None:
            for statements in left:
                for statement in statements:
                    if not statement.in_step:
                        await _send(connection, statement)
                async with connection.transaction():
                    for statement in statements:
                        if statement.in_step:
                            await _send(connection, statement)

        began = time.perf_counter()
        await asyncio.gather(*(one_after_the_other(connection) for connection in connections))
        seconds = time.perf_counter() - began
        for connection in connections:
            await connection.close()
        return seconds

    return uvloop.run(all_of_them())


async def _send(connection: Any, statement: Statement) -> None:
    if statement.many:
        await connection.executemany(statement.sql, statement.values)
    else:
        await connection.fetch(statement.sql, *statement.values)
