"""Flat reads: the ORM writes the SQL, the driver runs it, plain objects come back (ADR 0005)."""

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

R = TypeVar("R")


async def fetch(queryset: QuerySet[Any], columns: Iterable[str], make: Callable[..., R]) -> list[R]:
    """One statement; each row becomes `make(*columns)`. `a__b` follows a relation."""
    query = queryset.values_list(*columns)
    query._make_query()
    sql, parameters = query.query.get_parameterized_sql()
    _, records = await get_connection("default").execute_query(sql, parameters)
    return [make(*record.values()) for record in records]


def from_json(value: Any) -> Any:
    """A JSON column as the driver gives it."""
    return json.loads(value) if isinstance(value, str) else value
