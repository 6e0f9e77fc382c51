"""The connection to PostgreSQL, and migrations.

Two roles (ADR 0004): the owner migrates and purges; the application's role reads and writes rows,
but can never change or delete an audit row.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.api import migrate as tortoise_migrate
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from models import statements

APP = "loket"
LATEST = MigrationTarget(app_label=APP, name="__latest__")


def config(*, url: str, pool_size: int = 10) -> dict[str, Any]:
    """Tortoise's configuration for one database. `url`: postgresql://user:password@host:port/name."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    host = unquote(query.get("host", "")) or parts.hostname or "127.0.0.1"
    return {
        "connections": {
            "default": {
                "engine": "tortoise.backends.asyncpg",
                "credentials": {
                    "host": host,
                    "port": parts.port or int(query.get("port", 5432)),
                    "user": unquote(parts.username or ""),
                    "password": unquote(parts.password or ""),
                    "database": parts.path.lstrip("/"),
                    "minsize": 1,
                    "maxsize": pool_size,
                    "server_settings": {"TimeZone": "UTC"},
                    "reset": _as_it_is,
                    "connection_class": statements.Connection,
                },
            }
        },
        "apps": {
            APP: {"models": ["models"], "default_connection": "default", "migrations": "models.migrations"}
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def _as_it_is(_connection: Any) -> None:
    """A connection that is given back needs no tidying, which would take a round trip of every statement.

    What is still open is rolled back by the driver all the same. Nobody sets anything of a session; a lock of one
    (`bsn_keys`) is given back by whoever took it.
    """


async def connect(*, url: str, pool_size: int = 10, slow_ms: int = 0) -> None:
    """Open the pool for this process; the models work from then on, in every task."""
    statements.slow_after(milliseconds=slow_ms)
    await Tortoise.init(config=config(url=url, pool_size=pool_size), _enable_global_fallback=True)


async def close() -> None:
    await Tortoise.close_connections()


@asynccontextmanager
async def connected(*, url: str, pool_size: int = 10, slow_ms: int = 0) -> AsyncIterator[None]:
    """`connect` and `close` around a block."""
    await connect(url=url, pool_size=pool_size, slow_ms=slow_ms)
    try:
        yield
    finally:
        await close()


async def pending(*, url: str) -> list[str]:
    """The migrations this code has and the database has not: empty when it may be used."""
    settings = config(url=url, pool_size=1)
    await Tortoise.init(config=settings)
    try:
        plan = await MigrationExecutor(get_connection("default"), settings["apps"]).plan([LATEST])
        return [step.migration.name for step in plan]
    finally:
        await Tortoise.close_connections()


async def migrate(*, owner_url: str, application_url: str) -> None:
    """Bring the database up to date as its owner, then give the application its rights."""
    await tortoise_migrate(config=config(url=owner_url, pool_size=2), direction="forward")
    await Tortoise.close_connections()
    owner = await asyncpg.connect(dsn=owner_url)
    try:
        await owner.execute(RIGHTS.format(role=_identifier(_user(application_url))))
    finally:
        await owner.close()


RIGHTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM {role};
"""


def _user(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# For `tortoise makemigrations`, which compares models with migrations and opens no connection.
TORTOISE = config(url="postgresql://nobody@127.0.0.1/none")


async def is_behind() -> bool:
    """Whether the open database lacks the newest migration of this code: for `/readyz`, at each call."""
    newest = max(path.stem for path in (Path(__file__).parent / "migrations").glob("[0-9]*.py"))
    _, rows = await get_connection("default").execute_query(
        "SELECT 1 FROM tortoise_migrations WHERE app = $1 AND name = $2", [APP, newest]
    )
    return not rows
