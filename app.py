"""The ASGI application: routes, what must be open before the first request, and its closing."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import cache
from hashlib import blake2b

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from models.statements import Work
from resolvers import idempotency
from schema.build import Schemas
from schema.http import Authenticate, GraphQLEndpoint
from schema.trusted import NONE, Trusted
from settings import Settings

log = logging.getLogger("loket.app")

Check = Callable[[], Awaitable[None]]
Opened = Callable[[], AbstractAsyncContextManager[None]]

CHECK_SECONDS = 2.0
YOUNG_OBJECTS = 20_000

REQUESTS = Counter("loket_graphql_requests_total", "Requests to /graphql.", ("role", "kind", "status"))
SECONDS = Histogram(
    "loket_graphql_request_seconds",
    "Time to answer a request to /graphql.",
    ("role", "kind"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STATEMENTS = Counter("loket_statements_total", "Statements that requests to /graphql sent.", ("role", "kind"))
SLOW = Counter(
    "loket_slow_statements_total", "Those that took longer than SLOW_STATEMENT_MS.", ("role", "kind")
)


def create_app(
    settings: Settings,
    *,
    schemas: Schemas,
    authenticate: Authenticate,
    checks: Mapping[str, Check],
    trusted: Trusted = NONE,
    opened: Sequence[Opened] = (),
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """Loket over ASGI.

    `opened` are the context managers that hold the pools, entered in order at start and left in
    reverse; `checks` are what `/readyz` asks, each raising when it is not ready; `trusted` are the
    documents that portals registered; `routes` are those of others (`/files`, and in the sandbox `/dev`).
    """
    endpoint = GraphQLEndpoint(
        schemas=schemas,
        authenticate=authenticate,
        answers=idempotency.Answers(),
        cursor_key=blake2b(settings.link_key.encode(), person=b"loket cursors", digest_size=64).digest(),
        trusted=trusted,
        observe=_observe,
    )
    return Starlette(
        routes=[
            Route("/graphql", endpoint=endpoint),
            Route("/healthz", _alive),
            Route("/readyz", _ready(checks)),
            Route("/metrics", _metrics),
            *routes,
        ],
        middleware=[Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))],
        lifespan=_lifespan(opened),
    )


def _lifespan(opened: Sequence[Opened]) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for open_one in opened:
                await stack.enter_async_context(open_one())
            # Schemas and modules live as long as the process: the collector need not visit them.
            gc.collect()
            gc.freeze()
            # A long list is thousands of objects that nothing refers to in a circle, and is gone with its answer: to
            # look through them all every seven hundred costs a tenth of it.
            gc.set_threshold(YOUNG_OBJECTS, 20, 20)
            yield

    return lifespan


async def _alive(_request: Request) -> Response:
    return JSONResponse({"status": "alive"})


def _ready(checks: Mapping[str, Check]) -> Callable[[Request], Awaitable[Response]]:
    looks = [Look(check) for check in checks.values()]

    async def ready(_request: Request) -> Response:
        found = dict(zip(checks, await asyncio.gather(*(look.state() for look in looks)), strict=True))
        good = all(state == "ok" for state in found.values())
        return JSONResponse(
            {"status": "ready" if good else "not ready", "checks": found}, status_code=200 if good else 503
        )

    return ready


class Look:
    """A check, asked with an end to the waiting.

    A server that is stopped does not even take back a question: giving up takes as long as the answer. So
    nobody waits for that either, and until it is done no further question hangs beside it.
    """

    def __init__(self, check: Check) -> None:
        self._check = check
        self._asked: asyncio.Task[None] | None = None

    async def state(self) -> str:
        """ok, or failed; in good time, whatever the check does."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.ensure_future(self._check())
        asked = self._asked
        await asyncio.wait({asked}, timeout=CHECK_SECONDS)
        if not asked.done():
            asked.cancel()
            log.warning("not ready: no answer")
            return "failed"
        failure = None if asked.cancelled() else asked.exception()
        if failure is not None:
            log.warning("not ready: %s", type(failure).__qualname__)
        return "failed" if asked.cancelled() or failure is not None else "ok"


async def _metrics(_request: Request) -> Response:
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return PlainTextResponse(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


# Roles, kinds and statuses are few, and looking one up costs as much as counting it.
_requests = cache(REQUESTS.labels)
_seconds = cache(SECONDS.labels)
_statements = cache(STATEMENTS.labels)
_slow = cache(SLOW.labels)


def _observe(role: str, kind: str, status: str, seconds: float, work: Work) -> None:
    _requests(role, kind, status).inc()
    _seconds(role, kind).observe(seconds)
    _statements(role, kind).inc(work.statements)
    _slow(role, kind).inc(work.slow)
