"""PDFs in processes of their own: slow work that would hold up everybody, and may die without us."""

import asyncio
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

PROCESSES = 2
RECYCLED_AFTER = 200
SECONDS = 60.0


class PdfTookTooLong(Exception):  # noqa: N818
    """A document that does not end; its process was ended."""


class PdfPool:
    """At most two at a time. A process that dies or hangs takes no other document with it for good."""

    def __init__(self, *, processes: int = PROCESSES, seconds: float = SECONDS) -> None:
        self._processes = processes
        self._seconds = seconds
        self._turns = asyncio.Semaphore(processes)
        self._pool: ProcessPoolExecutor | None = None

    async def make(self, *, kind: str, content: dict[str, Any]) -> bytes:
        """The PDF. A process that died is replaced and the document made once more.

        Raises `PdfTookTooLong`, or what `documents.printing` raises.
        """
        async with self._turns:
            for attempt in (1, 2):
                pool = self._open()
                try:
                    work = asyncio.get_running_loop().run_in_executor(pool, _print, content)
                    return await asyncio.wait_for(work, self._seconds)
                except BrokenProcessPool:
                    self._replace(pool)
                    if attempt == 2:
                        raise
                except TimeoutError:
                    self._replace(pool)
                    raise PdfTookTooLong(f"{kind}: over {self._seconds:.0f} s") from None
            raise AssertionError("unreachable")

    async def close(self) -> None:
        if self._pool is not None:
            self._end(self._pool)
            self._pool = None

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=self._processes,
                mp_context=multiprocessing.get_context("spawn"),
                max_tasks_per_child=RECYCLED_AFTER,
                initializer=_end_with_parent,
            )
        return self._pool

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        if self._pool is broken:
            self._pool = None
        self._end(broken)

    def _end(self, pool: ProcessPoolExecutor) -> None:
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)


def _end_with_parent() -> None:
    """A worker that is killed closes nothing: without this its processes would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _print(content: dict[str, Any]) -> bytes:
    from documents.printing import printed

    return printed(content=content)
