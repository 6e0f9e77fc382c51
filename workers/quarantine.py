"""Uploads wait here until a virus scanner has seen them. While it is away, nothing is released."""

import asyncio
import logging
from urllib.parse import urlsplit
from uuid import UUID

from prometheus_client import Counter

from resolvers import files, uploads

log = logging.getLogger("loket.quarantine")

SCANNED = Counter("loket_uploads_scanned", "Uploads the scanner judged.", ["verdict"])
CHUNK = 128 * 1024
SECONDS = 60


class ScannerAway(Exception):
    """No judgement was given; that is never a clean one."""


class ClamAv:
    """clamd's INSTREAM over TCP: tcp://host:3310."""

    def __init__(self, *, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or 3310

    async def finds(self, *, store: files.Store, key: str, size: int) -> str:
        """The name of what it found in the file; empty when it is clean. Raises `ScannerAway`."""
        try:
            async with asyncio.timeout(SECONDS):
                reader, writer = await asyncio.open_connection(self._host, self._port)
                try:
                    writer.write(b"zINSTREAM\0")
                    async for piece in store.read(key=key, start=0, end=size):
                        writer.write(len(piece).to_bytes(4, "big") + piece)
                        await writer.drain()
                    writer.write(bytes(4))
                    await writer.drain()
                    answer = (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace").strip()
                finally:
                    writer.close()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as fault:
            raise ScannerAway(type(fault).__name__) from fault
        words = answer.removeprefix("stream:").strip()
        if words == "OK":
            return ""
        if words.endswith(" FOUND"):
            return words.removesuffix(" FOUND")
        raise ScannerAway(words[:100])


class Quarantine:
    """Judges what waits. Without a scanner in the settings it releases what its content allowed in."""

    def __init__(self, *, clamav_url: str | None, store: files.Store) -> None:
        self._scanner = ClamAv(url=clamav_url) if clamav_url else None
        self._store = store

    async def judge_waiting(self) -> int:
        handled = 0
        for waiting in await uploads.in_quarantine():
            try:
                await self._judge(upload_id=waiting.id, key=waiting.storage_key, size=waiting.size)
            except ScannerAway as away:
                log.error("the virus scanner is away (%s): uploads stay in quarantine", away)
                SCANNED.labels(verdict="none").inc()
                break
            handled += 1
        return handled

    async def _judge(self, *, upload_id: UUID, key: str, size: int) -> None:
        try:
            found = await self._scanner.finds(store=self._store, key=key, size=size) if self._scanner else ""
        except files.FileGone:
            log.error("upload %s lies nowhere", upload_id)
            await uploads.refuse(upload_id=upload_id, words=uploads.LOST)
            return
        SCANNED.labels(verdict="found" if found else "clean").inc()
        if found:
            log.warning("upload %s: the scanner found %s", upload_id, found)
            await uploads.refuse(upload_id=upload_id, words=uploads.INFECTED)
        else:
            await uploads.release(upload_id=upload_id)
