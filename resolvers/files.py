"""Where files lie: a local folder, or S3, by FILES_URL. Keys are made here, never from a name given.

A file is written whole or not at all: obstore stages it and makes it visible at once.
"""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from settings import load

CHUNK = 256 * 1024


class FileGone(Exception):
    """The row says there is a file, the store has none."""


class TooManyBytes(Exception):
    """More came in than was announced."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What lies there now."""

    key: str
    size: int
    sha256: str


def new_key(*, folder: str, row_id: UUID) -> str:
    """A key of its own for each attempt: who is late can never write over what was judged."""
    return f"{folder}/{row_id}/{uuid4().hex}"


class Store:
    """Files by key."""

    def __init__(self, *, url: str) -> None:
        self._store = _opened(url)

    async def put(self, *, key: str, content: bytes) -> Stored:
        """Keep bytes that are all there."""
        await obstore.put_async(self._store, key, content, use_multipart=False)
        return Stored(key, len(content), hashlib.sha256(content).hexdigest())

    async def receive(self, *, key: str, chunks: AsyncIterable[bytes], most: int) -> Stored:
        """Keep what streams in, never more than `most` bytes of it. Raises `TooManyBytes`."""
        digest = hashlib.sha256()
        size = 0
        fault: Exception | None = None

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size, fault
            try:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > most:
                        raise TooManyBytes
                    if chunk:
                        digest.update(chunk)
                        yield chunk
            except Exception as raised:
                fault = raised
                raise

        try:
            await obstore.put_async(
                self._store, key, counted(), chunk_size=5 * 1024 * 1024, max_concurrency=1
            )
        except BaseException:
            await self.delete(key=key)
            # obstore wraps what the stream raised: give the caller its own exception back.
            if fault is not None:
                raise fault from None
            raise
        return Stored(key, size, digest.hexdigest())

    async def size(self, *, key: str) -> int:
        try:
            return int((await obstore.head_async(self._store, key))["size"])
        except (NotFoundError, FileNotFoundError):
            raise FileGone(key) from None

    async def part(self, *, key: str, start: int, end: int) -> bytes:
        """Bytes `start` up to `end`."""
        try:
            return bytes(await obstore.get_range_async(self._store, key, start=start, end=end))
        except (NotFoundError, FileNotFoundError):
            raise FileGone(key) from None

    async def read(self, *, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes `start` up to `end`, piece by piece."""
        for begin in range(start, end, CHUNK):
            yield await self.part(key=key, start=begin, end=min(begin + CHUNK, end))

    async def delete(self, *, key: str) -> None:
        """It may be gone already."""
        with suppress(NotFoundError, FileNotFoundError):
            await obstore.delete_async(self._store, key)

    async def delete_all_of(self, *, folder: str, row_id: UUID, but: str | None = None) -> None:
        """Everything a row ever had, half-finished attempts included. `but`: the key of what it has now."""
        found = await obstore.list(self._store, prefix=f"{folder}/{row_id}").collect_async()
        for item in found:
            if item["path"] != but:
                await self.delete(key=item["path"])

    async def answers(self) -> bool:
        """Whether the store can be reached, for /readyz."""
        try:
            await obstore.head_async(self._store, "none/none")
        except (NotFoundError, FileNotFoundError):
            return True
        except (BaseError, OSError):
            return False
        return True


def _opened(url: str) -> ObjectStore:
    parts = urlsplit(url)
    if parts.scheme in ("", "file"):
        folder = Path(unquote(parts.path))
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder, automatic_cleanup=True)
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    config: Any = {name: unquote(value) for name, value in options.items()}
    return S3Store.from_url(url.partition("?")[0], config=config)


@lru_cache(maxsize=4)
def _store_at(url: str) -> Store:
    return Store(url=url)


def store() -> Store:
    """The store of this process's settings."""
    return _store_at(load().files_url)
