"""What the contestants in Python have in common: a pool, a session, and the server they run on.

Settings: DATABASE_URL (the application's role of Loket) and PORT. One process on 127.0.0.1.
"""

import hashlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SESSION = """
SELECT a.id, a.role, a.display_name, r.id AS region_id, coalesce(r.group_id, a.group_id) AS group_id,
       coalesce(a.school_year_id, y.id) AS school_year_id, a.primary_school_id, a.secondary_school_id, a.pupil_id,
       s.region_id AS signed_in_region_id
  FROM session s
  JOIN account a ON a.id = s.account_id
  LEFT JOIN primary_school p ON p.id = a.primary_school_id
  LEFT JOIN secondary_school v ON v.id = a.secondary_school_id
  LEFT JOIN region r ON r.id = coalesce(a.region_id, p.region_id, v.region_id)
  LEFT JOIN LATERAL (
      SELECT id FROM school_year WHERE starts_on <= (loket_now() AT TIME ZONE 'Europe/Amsterdam')::date
       ORDER BY starts_on DESC LIMIT 1
  ) y ON TRUE
 WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > now() AND a.active
"""


@dataclass(frozen=True, slots=True)
class Account:
    """Who is asking. Ids are texts, as they go out."""

    id: str
    role: str
    display_name: str
    region_id: str | None
    group_id: str | None
    school_year_id: str | None
    primary_school_id: str | None
    secondary_school_id: str | None
    pupil_id: str | None
    signed_in_region_id: str | None


class NobodyThere(Exception):
    """No token, or none of a session that is still good."""


@asynccontextmanager
async def opened() -> AsyncIterator[Any]:
    """As many connections as a process of Loket has, each left as it is when it is given back."""
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"],
        min_size=10,
        max_size=10,
        init=_ids_as_texts,
        reset=_as_it_is,
        server_settings={"TimeZone": "UTC"},
    ) as pool:
        yield pool


async def _ids_as_texts(connection: Any) -> None:
    await connection.set_type_codec("uuid", schema="pg_catalog", encoder=str, decoder=str, format="text")


async def _as_it_is(_connection: Any) -> None:
    return None


def token_hash(request: Request) -> str:
    """What the database keeps of the token of this request. Raises `NobodyThere`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer":
        raise NobodyThere
    return hashlib.sha256(token.encode()).hexdigest()


async def account_of(request: Request, database: Any) -> Account:
    """Who is behind the token, read anew for each request. Raises `NobodyThere`."""
    row = await database.fetchrow(SESSION, token_hash(request))
    if row is None:
        raise NobodyThere
    return Account(*row)


def answer(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status_code=status, media_type="application/json")


async def refused(_request: Request, _fault: Exception) -> Response:
    return answer({"errors": [{"message": "Log in."}]}, 401)


def application(routes: Sequence[Route]) -> Starlette:
    """These, and `/readyz`. The pool is `app.state.pool`."""

    async def ready(_request: Request) -> Response:
        return Response()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opened() as app.state.pool:
            yield

    return Starlette(
        routes=[*routes, Route("/readyz", ready)],
        exception_handlers={NobodyThere: refused},
        lifespan=lifespan,
    )


def serve(app: Starlette) -> None:
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
    )
