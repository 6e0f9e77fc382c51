"""A lease on a row: whoever holds it does the work; who dies loses it when its time is up.

Leases run on the database's own clock, the one that all workers share, and never on the procedure's.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from tortoise.connection import get_connection


async def fetch(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Rows of a statement that the ORM has no words for (`SKIP LOCKED … RETURNING`)."""
    return list(await get_connection("default").execute_query_dict(sql, list(values)))


# S608 below: tables, conditions and columns are constants of this package; values go as parameters.


async def claim(
    *,
    table: str,
    waiting: str,
    columns: Sequence[str],
    seconds: float,
    limit: int,
    values: Sequence[Any] = (),
    also: str = "",
) -> tuple[UUID, list[dict[str, Any]]]:
    """Take up to `limit` rows that wait and that nobody holds, oldest first.

    `waiting` is the table's own condition, with `$4` and on for `values`; `also` sets a column more.
    Each claim counts as an attempt, so that work which kills its worker shows.
    """
    token = uuid4()
    rows = await fetch(
        f"""
        UPDATE {table} SET {also + "," if also else ""} lease_token = $1, attempts = attempts + 1,
               lease_until = clock_timestamp() + make_interval(secs => $2)
         WHERE id IN (
               SELECT id FROM {table}
                WHERE {waiting} AND (lease_until IS NULL OR lease_until < clock_timestamp())
                ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING {", ".join(columns)}
        """,  # noqa: S608
        token,
        float(seconds),
        limit,
        *values,
    )
    return token, sorted(rows, key=lambda row: (row["due_at"], row["id"]))


async def extend(
    *,
    table: str,
    row_id: UUID,
    token: UUID,
    seconds: float,
    still: str = "TRUE",
    along: str = "",
    values: Sequence[Any] = (),
) -> bool:
    """Hold on to a row for longer. False: the lease is lost, or `still` no longer holds; hands off.

    `along`: a change that is committed with it either way, with `$4` and on for `values`.
    """
    held = await fetch(
        f"""
        {f"WITH along AS ({along})" if along else ""}
        UPDATE {table} SET lease_until = clock_timestamp() + make_interval(secs => $3)
         WHERE id = $1 AND lease_token = $2 AND {still} RETURNING id
        """,  # noqa: S608
        row_id,
        token,
        float(seconds),
        *values,
    )
    return bool(held)


async def release(*, table: str, row_id: UUID, token: UUID) -> None:
    """Give a row back untouched: the attempt did not happen."""
    await fetch(
        f"""
        UPDATE {table} SET lease_token = NULL, lease_until = NULL, attempts = attempts - 1
         WHERE id = $1 AND lease_token = $2 RETURNING id
        """,  # noqa: S608
        row_id,
        token,
    )
