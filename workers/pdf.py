"""PDFs in processes of their own: slow work that would hold up everybody, and may die without us."""

import asyncio
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

PROCESSES = 2
RECYCLED_AFTER = 200
SECONDS = 45.0
STARTING_SECONDS = 30.0
TRIES = 3


class PdfTookTooLong(Exception):
    """A document that does not end; its process was ended."""


class PdfPool:
    """At most `processes` at a time. Each has its own process: one that dies or hangs takes no other along.

    `seconds`: how long one document may take. A process is replaced after `recycled_after` documents.
    """

    def __init__(
        self, *, processes: int = PROCESSES, seconds: float = SECONDS, recycled_after: int = RECYCLED_AFTER
    ) -> None:
        self._seconds = seconds
        self._recycled_after = recycled_after
        self._seats = [_Seat() for _ in range(processes)]
        self._free: asyncio.LifoQueue[_Seat] = asyncio.LifoQueue()
        for seat in self._seats:
            self._free.put_nowait(seat)

    async def make(self, *, kind: str, content: dict[str, Any]) -> bytes:
        """The PDF. A process that died is replaced and the document made again.

        Raises `PdfTookTooLong`, `BrokenProcessPool` when it dies each time, or what `documents.printing` raises.
        """
        seat = await self._free.get()
        try:
            for _ in range(TRIES - 1):
                with suppress(BrokenProcessPool):
                    return await self._made(seat=seat, kind=kind, content=content)
            return await self._made(seat=seat, kind=kind, content=content)
        finally:
            if seat.made >= self._recycled_after:
                seat.end()
            self._free.put_nowait(seat)

    async def _made(self, *, seat: "_Seat", kind: str, content: dict[str, Any]) -> bytes:
        try:
            async with asyncio.timeout(STARTING_SECONDS):
                pool = await seat.open()
            async with asyncio.timeout(self._seconds):
                made = await asyncio.wrap_future(pool.submit(_print, content))
        except TimeoutError:
            seat.end()
            raise PdfTookTooLong(f"{kind}: over {self._seconds:.0f} s") from None
        except (BrokenProcessPool, asyncio.CancelledError):
            # Cancelled: whoever asked has gone, and what it asked for may never end by itself.
            seat.end()
            raise
        seat.made += 1
        return made

    async def close(self) -> None:
        for seat in self._seats:
            seat.end()


class _Seat:
    """One process and what is known of it."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self.pid: int | None = None
        self.made = 0

    async def open(self) -> ProcessPoolExecutor:
        """With its process running and everything it needs imported, so that the clock runs for the document."""
        if self._pool is None:
            # Spawned: a fork would inherit the worker's connections to the database.
            self._pool = ProcessPoolExecutor(
                max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
            )
        if self.pid is None:
            self.pid = await asyncio.wrap_future(self._pool.submit(_ready))
        return self._pool

    def end(self) -> None:
        """Gone at once, whatever it is doing."""
        if self._pool is None:
            return
        for process in [*(self._pool._processes or {}).values()]:
            process.kill()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool, self.pid, self.made = None, None, 0


def _begin() -> None:
    """Ends with its worker: one that is killed closes nothing, and its processes would wait for work for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the worker decides when to end these.
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _ready() -> int:
    from documents import printing

    printing.prepare()
    return os.getpid()


def _print(content: dict[str, Any]) -> bytes:
    from documents.printing import printed

    return printed(content=content)
