"""Dossiers read in processes of their own: reading takes a core, and a file may take its process along."""

import asyncio
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from imports import oso
from rules.oki_doc.dossier import Dossier

PROCESSES = 2
TOO_LARGE = f"Dit bestand is te groot. Een dossier is hoogstens {oso.MOST_BYTES // 1_000_000} MB."
_TOO_MUCH = (
    "Dit bestand is niet te lezen: het is beschadigd, of het vraagt te veel. Maak het dossier opnieuw."
)


class Readers:
    """At most `processes` at a time. A file that takes its process along is read once more, alone."""

    def __init__(self, *, schema: str | None = None, processes: int = PROCESSES) -> None:
        self._schema = schema
        self._processes = processes
        self._pool = _pool(processes)

    async def read(self, *, source: Path | bytes) -> Dossier | str:
        """What a file, or its content, says, or in Dutch why nothing of it can be taken."""
        pool = self._pool
        try:
            return await asyncio.wrap_future(pool.submit(_read, source, self._schema))
        except BrokenProcessPool:
            if pool is self._pool:
                self._pool = _pool(self._processes)
        alone = _pool(1)
        try:
            return await asyncio.wrap_future(alone.submit(_read, source, self._schema))
        except BrokenProcessPool:
            return _TOO_MUCH
        finally:
            alone.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _pool(processes: int) -> ProcessPoolExecutor:
    # Spawned: a fork would inherit the connections to the database.
    return ProcessPoolExecutor(
        max_workers=processes, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )


def _begin() -> None:
    """Ends with whoever asked, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def cannot_open(away: OSError) -> str:
    """Why a file that is named is not read, in Dutch."""
    return f"Dit bestand is niet te openen ({away.strerror})."


def _read(source: Path | bytes, schema: str | None) -> Dossier | str:
    try:
        if isinstance(source, Path) and source.stat().st_size > oso.MOST_BYTES:
            return TOO_LARGE
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as away:
        return cannot_open(away)
    try:
        dossier = oso.read(content)
    except oso.Unreadable as unreadable:
        return unreadable.message
    if schema is not None:
        dossier.remarks.extend(oso.validated(content, folder=schema))
    return dossier
