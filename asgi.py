"""One process of the API, put together: pools, schemas, files; in the sandbox also /dev."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio as redis
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from tortoise.connection import get_connection

import logs
from app import create_app
from models import database
from resolvers import clock, nudge, sessions, throttle
from schema import files_http, trusted
from schema.roles import SCHEMAS
from settings import Settings, load
from workers.metrics import measured
from workers.queue import Queue

log = logging.getLogger("loket")


def application() -> Starlette:
    """What uvicorn serves, from the settings of the environment."""
    settings = load()
    logs.configure(level=settings.log_level)

    async def queue_answers() -> None:
        client: redis.Redis = redis.from_url(settings.redis_url)  # type: ignore[no-untyped-call]
        try:
            await client.ping()
        finally:
            await client.aclose()

    routes: list[BaseRoute] = [*files_http.routes()]
    if settings.environment == "sandbox":
        from sandbox import pages

        clock.allow_moving()
        routes += pages.routes()
    return create_app(
        schemas=SCHEMAS,
        authenticate=sessions.viewer_of,
        settings=settings,
        checks={"database": _database, "queue": queue_answers, "migrations": _migrations},
        trusted=trusted.of(settings),
        opened=[lambda: throttle.connected(url=settings.redis_url), lambda: _pools(settings), measured],
        routes=routes,
    )


@asynccontextmanager
async def _pools(settings: Settings) -> AsyncIterator[None]:
    queue = Queue(redis_url=settings.redis_url)
    nudge.through(queue)
    await database.connect(
        url=settings.database_url, pool_size=settings.db_pool_size, slow_ms=settings.slow_statement_ms
    )
    try:
        yield
    finally:
        nudge.through(None)
        await queue.close()
        await database.close()


async def _database() -> None:
    await get_connection("default").execute_query("SELECT 1 FROM region LIMIT 1")


async def _migrations() -> None:
    if await database.is_behind():
        raise RuntimeError("the database lacks a migration of this code: ./loket migrate")
