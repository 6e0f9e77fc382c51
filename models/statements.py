"""How many statements a piece of work takes, and which of them are slow: each is logged once, by who asked it.

The line holds the text as it goes to the driver, never the values that go with it: a name, an address and a BSN are
parameters everywhere. What stands in a text is a constant of the code.
"""

import logging
import math
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import asyncpg

log = logging.getLogger("loket.statements")

LONGEST = 1000
"""Of a text in the log; the longest end in what they all have."""


@dataclass(slots=True, eq=False)
class Work:
    """What statements are asked for: a request, or a job of the worker. Everything it starts counts with it."""

    operation: str = "-"
    document: str = "-"
    role: str = "-"
    correlation: str = "-"
    statements: int = 0
    slow: int = 0


under_way: ContextVar[Work | None] = ContextVar("under_way", default=None)
_slow_after = math.inf


def slow_after(*, milliseconds: int) -> None:
    """From now on, in this process. 0: nothing is slow."""
    global _slow_after
    _slow_after = milliseconds / 1000 if milliseconds else math.inf


def _timed(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def timed(self: Any, query: str, *args: Any, **more: Any) -> Any:
        began = perf_counter()
        try:
            return await run(self, query, *args, **more)
        finally:
            _took(query, perf_counter() - began)

    return timed


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """The driver's own, with a watch. Waiting for a connection is not in it; BEGIN and COMMIT are. What a cursor reads
    is neither timed nor counted: it waits for whoever reads it."""

    __slots__ = ()
    fetch = _timed(asyncpg.Connection.fetch)
    fetchrow = _timed(asyncpg.Connection.fetchrow)
    fetchval = _timed(asyncpg.Connection.fetchval)
    execute = _timed(asyncpg.Connection.execute)
    executemany = _timed(asyncpg.Connection.executemany)
    copy_from_query = _timed(asyncpg.Connection.copy_from_query)
    copy_records_to_table = _timed(asyncpg.Connection.copy_records_to_table)


def _took(query: str, seconds: float) -> None:
    work = under_way.get()
    if work is not None:
        work.statements += 1
    if seconds >= _slow_after:
        _tell(query, seconds, work or Work())


def _tell(query: str, seconds: float, work: Work) -> None:
    work.slow += 1
    text = " ".join(query.split())
    log.warning(
        "slow statement ms=%.0f operation=%s document=%s role=%s correlation=%s sql=%s",
        seconds * 1000,
        work.operation,
        work.document,
        work.role,
        work.correlation,
        text if len(text) <= LONGEST else f"{text[:LONGEST]} …",
    )
