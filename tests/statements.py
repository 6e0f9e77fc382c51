"""How many statements a piece of work takes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tortoise.backends.asyncpg import client


@asynccontextmanager
async def counted() -> AsyncIterator[list[str]]:
    """The SQL that goes through the ORM's client while this lasts."""
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("execute_query", "execute_query_dict", "execute_insert", "execute_many"):
            real = getattr(client.AsyncpgDBClient, name)

            async def noted(self: Any, query: str, *rest: Any, _real: Any = real, **more: Any) -> Any:
                seen.append(query)
                return await _real(self, query, *rest, **more)

            patch.setattr(client.AsyncpgDBClient, name, noted)
        yield seen
