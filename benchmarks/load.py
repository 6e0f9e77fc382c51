"""Load over HTTP, from a process of its own: so many connections, each with its next request as soon as it has an
answer, for a bounded time."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import uvloop

from benchmarks.measured import percentile

PATIENCE = 30.0
"""Seconds for one answer."""


@dataclass(frozen=True)
class Request:
    """A POST with a bearer's token. `good`: what an answer must hold to be one. `address`: where it is said to be from."""

    path: str
    body: dict[str, Any]
    token: str
    good: bytes = b""
    address: str = ""

    def raw(self) -> bytes:
        body = json.dumps(self.body).encode()
        token = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        address = f"X-Forwarded-For: {self.address}\r\n" if self.address else ""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"{token}{address}Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass
class Found:
    """Seconds of each answer, those of the whole, and how many answers were none."""

    seconds: list[float] = field(default_factory=list)
    took: float = 0.0
    faults: int = 0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.took

    def percentile(self, part: int) -> float:
        """In milliseconds."""
        return percentile(self.seconds, part)


class _Connection:
    """One that is kept. No library: half of a core would go to it, of two."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def post(self, raw: bytes) -> tuple[int, bytes]:
        self._writer.write(raw)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            return int(head[9:12]), await self._chunks()
        length = lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]
        return int(head[9:12]), await self._reader.readexactly(int(length))

    async def _chunks(self) -> bytes:
        found = b""
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            found += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readexactly(2)
        return found

    def close(self) -> None:
        self._writer.close()


async def _connected(port: int) -> _Connection:
    return _Connection(*await asyncio.open_connection("127.0.0.1", port, limit=2**22))


def run(*, port: int, requests: Sequence[Request], connections: int, seconds: float) -> Found:
    """These requests in turn, again and again, until the time is over."""
    raws = [(request.raw(), request.good) for request in requests]

    async def go() -> Found:
        found, next_one = Found(), cycle(raws)
        began = time.perf_counter()

        async def one_after_the_other() -> None:
            connection = await _connected(port)
            while (asked := time.perf_counter()) < began + seconds:
                raw, good = next(next_one)
                async with asyncio.timeout(PATIENCE):
                    status, content = await connection.post(raw)
                if status == 200 and good in content:
                    found.seconds.append(time.perf_counter() - asked)
                else:
                    found.faults += 1
            connection.close()

        await asyncio.gather(*(one_after_the_other() for _ in range(connections)))
        found.took = time.perf_counter() - began
        return found

    return uvloop.run(go())


def answers(*, port: int, requests: Sequence[Request]) -> list[Any]:
    """What each is answered, as JSON. Raises `RuntimeError` for an answer that is none."""

    async def go() -> list[Any]:
        connection, found = await _connected(port), []
        for request in requests:
            status, content = await connection.post(request.raw())
            if status != 200:
                raise RuntimeError(f"{request.path}: {status} {content[:300]!r}")
            found.append(json.loads(content))
        connection.close()
        return found

    return uvloop.run(go())


Next = Callable[[Any], dict[str, Any] | None]
"""From an answer to the body of the request for the page behind it; None at the end."""


def paged(
    *, port: int, first: Request, behind: Next, pages: int, times: int
) -> tuple[list[float], list[Any]]:
    """Page after page, so many of them; the seconds of each whole walk, and the answers of the last."""

    async def go() -> tuple[list[float], list[Any]]:
        connection, taken, found = await _connected(port), [], list[Any]()
        for _ in range(times):
            found, request = [], first
            began = time.perf_counter()
            for _ in range(pages):
                status, content = await connection.post(request.raw())
                if status != 200:
                    raise RuntimeError(f"{request.path}: {status} {content[:300]!r}")
                found.append(json.loads(content))
                body = behind(found[-1])
                if body is None:
                    break
                request = Request(request.path, body, request.token)
            taken.append(time.perf_counter() - began)
        connection.close()
        return taken, found

    return uvloop.run(go())


def walks(*, port: int, first: Request, pages: int, seconds: float) -> Found:
    """Page after page of a Relay connection, to the end of so many; each walk is one answer. Again until the time is over."""

    async def go() -> Found:
        connection, found = await _connected(port), Found()
        began = time.perf_counter()
        while (asked := time.perf_counter()) < began + seconds:
            request = first
            for _ in range(pages):
                status, content = await connection.post(request.raw())
                if status != 200 or request.good not in content:
                    found.faults += 1
                    break
                after = _END.search(content)
                variables = {"after": after[1].decode()} if after else {}
                body = {**first.body, "variables": variables} if "query" in first.body else variables
                request = Request(first.path, body, first.token, first.good)
            found.seconds.append(time.perf_counter() - asked)
        found.took = time.perf_counter() - began
        connection.close()
        return found

    return uvloop.run(go())


_END = re.compile(rb'"endCursor":"([^"]+)"')
