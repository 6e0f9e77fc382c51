"""How PostgreSQL runs what is asked all day: the plan of each hot statement, for all values alike, on a large region.

    python -m benchmarks.plans [--pupils 50000]

The operations of `benchmarks.hot` are run as the resolvers run them, and each statement they send is explained: so a statement that
is written anew is in the next report by itself. A plan for all values is what a connection uses once it has run the
statement five times; a partial index is in it where its condition stands in the text.
"""

import argparse
import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.transactions import in_transaction

from benchmarks import data
from benchmarks.hot import HOT, people_of_all_roles
from benchmarks.place import measuring
from models import database

SMALL = frozenset({
    "region", "region_group", "advice", "school_year", "period", "department", "secondary_school", "capacity_group",
    "integrator", "integrator_school", "integrator_secret",
})  # fmt: skip
"""Tables that stay small however many children there are: to read all of one is no fault."""
LONGEST = 700


@dataclass(slots=True)
class Plan:
    """One statement: what asks it, how it is run, how many rows of tables were read for those that it gave."""

    operation: str
    sql: str
    text: str
    given: int
    read: int = 0
    scanned: set[str] = field(default_factory=set)
    indexes: set[str] = field(default_factory=set)

    chosen: bool = True

    @property
    def faults(self) -> set[str]:
        """Tables that grow with the children and are read whole.

        `chosen`: also by the plan that PostgreSQL chooses itself.
        """
        return self.scanned - SMALL


class _BackToBefore(Exception):
    pass


@asynccontextmanager
async def _noted() -> AsyncIterator[dict[str, Sequence[Any]]]:
    """The statements that are sent meanwhile, each once, with the values of its first time. Nothing of it stays."""
    seen: dict[str, Sequence[Any]] = {}
    real = {name: getattr(AsyncpgDBClient, name) for name in ("execute_query", "execute_query_dict")}

    def noting(name: str) -> Callable[..., Awaitable[Any]]:
        async def noted(self: Any, query: str, values: Sequence[Any] | None = None) -> Any:
            seen.setdefault(query, values or ())
            return await real[name](self, query, values)

        return noted

    for name in real:
        setattr(AsyncpgDBClient, name, noting(name))
    try:
        async with in_transaction():
            yield seen
            raise _BackToBefore
    except _BackToBefore:
        pass
    finally:
        for name, method in real.items():
            setattr(AsyncpgDBClient, name, method)


async def explained(
    *, connection: asyncpg.Connection, only_indexes: bool = False, without: Collection[str] = ()
) -> list[Plan]:
    """The plans of every hot operation but those of `without`, in the open database. `only_indexes`: what could be
    used, on small data."""
    people = await people_of_all_roles()
    found = []
    for name, run in HOT.items():
        if name in without:
            continue
        async with _noted() as seen:
            await run(people)
        found += [
            await _plan(connection, name, sql, values, only_indexes=only_indexes)
            for sql, values in seen.items()
        ]
    return found


async def _plan(
    connection: asyncpg.Connection, operation: str, sql: str, values: Sequence[Any], *, only_indexes: bool
) -> Plan:
    await connection.execute("BEGIN; SET LOCAL plan_cache_mode = force_generic_plan")
    try:
        if only_indexes:
            await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        await connection.execute(f"PREPARE hot AS {sql}")
        run = f"EXECUTE hot{'(' + ', '.join(map(_literal, values)) + ')' if values else ''}"
        text = "\n".join(line[0] for line in await connection.fetch(f"EXPLAIN ({HOW}) {run}"))
        root = await _root(connection, run)
        plan = Plan(operation, sql, text, given=root["Actual Rows"])
        _read(plan, root)
        if plan.faults and not only_indexes:
            plan.chosen = bool(await _when_free(connection, run) & plan.faults)
        await connection.execute("DEALLOCATE hot")
    finally:
        await connection.execute("ROLLBACK")
    return plan


HOW = "ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF"


async def _root(connection: asyncpg.Connection, run: str) -> dict[str, Any]:
    told = json.loads(await connection.fetchval(f"EXPLAIN ({HOW}, FORMAT JSON) {run}"))
    root: dict[str, Any] = told[0]["Plan"]
    return root


def _read(plan: Plan, root: dict[str, Any]) -> None:
    plan.scanned = _scanned(root)
    for node in _nodes(root):
        if "Index Name" in node:
            plan.indexes.add(node["Index Name"])
        if "Relation Name" in node and node["Node Type"] != "ModifyTable":
            beside = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
            plan.read += round((node["Actual Rows"] + beside) * node["Actual Loops"])


def _scanned(root: dict[str, Any]) -> set[str]:
    read = (node for node in _nodes(root) if node["Node Type"] == "Seq Scan" and node["Actual Loops"])
    return {node["Relation Name"] for node in read}


async def _when_free(connection: asyncpg.Connection, run: str) -> set[str]:
    """What the seventh plan reads whole: by then PostgreSQL has compared one for all values with those for these."""
    await connection.execute("DISCARD PLANS; SET LOCAL plan_cache_mode = auto")
    for _ in range(6):
        await connection.fetchval(f"EXPLAIN {run}")
    return _scanned(await _root(connection, run))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return _literal("{" + ",".join(f'"{one}"' for one in value) + "}")
    if isinstance(value, datetime | date):
        return f"'{value.isoformat()}'"
    text = value.value if isinstance(value, Enum) else str(value)
    return "'" + str(text).replace("'", "''") + "'"


def faults(found: Sequence[Plan]) -> list[str]:
    """Which statements read the whole of a table that grows with the children."""
    return [_fault(one) for one in _once_each(found) if one.faults]


def _fault(one: Plan) -> str:
    when = "" if one.chosen else " (not by the plan that PostgreSQL chooses when it is free to)"
    return f"{one.operation}: reads the whole of {', '.join(sorted(one.faults))}{when}"


def _once_each(found: Sequence[Plan]) -> list[Plan]:
    return list({one.sql: one for one in reversed(found)}.values())[::-1]


def markdown(found: Sequence[Plan]) -> str:
    """One section a statement, under the operations that send it."""
    parts = []
    for number, one in enumerate(_once_each(found), start=1):
        sql = " ".join(one.sql.split())
        shown = sql if len(sql) <= LONGEST else f"{sql[:LONGEST]} …"
        asked = ", ".join(dict.fromkeys(other.operation for other in found if other.sql == one.sql))
        parts.append(
            f"## {number}\n\nAsked by: {asked}.\n\n```sql\n{shown}\n```\n\n```text\n{_reading(one.text)}\n```\n\n"
            f"Rows read / rows given: {one.read} / {round(one.given)}."
            + (f" **{_fault(one)}.**" if one.faults else "")
        )
    return "\n\n".join(parts) + "\n"


def _reading(plan: str) -> str:
    """Of a plan the lines that say which rows are read, and by what."""
    lines = [line.strip() for line in plan.splitlines()]
    told = [line.removeprefix("->").strip() for line in lines if re.search(r"\bScan\b|\bIndex Cond\b", line)]
    return "\n".join(line if "Scan" in line else f"    {line}" for line in told) or "nothing"


async def plans(*, owner_url: str, application_url: str, without: Collection[str] = ()) -> str:
    """The report of a region that is there, with sessions and mails of its size."""
    connection = await asyncpg.connect(owner_url)
    try:
        await used(connection)
        async with database.connected(url=application_url, pool_size=4):
            found = await explained(connection=connection, without=without)
    finally:
        await connection.close()
    wrong = faults(found)
    said = "\n".join(f"- {one}" for one in wrong) or "No statement reads the whole of a table that grows."
    return f"{said}\n\n{markdown(found)}"


async def used(connection: asyncpg.Connection) -> None:
    """A year of mails that were sent and some that wait, and sessions of everybody: tables that a new region lacks."""
    await connection.execute(
        """
        INSERT INTO outbox_mail (id, kind, recipient, payload, unique_key, message_id, region_id, pupil_id, link,
                                 link_sequence, created_at, due_at, attempts, sent_at, last_error)
        SELECT gen_random_uuid(), 'Enrolled', 'ouder@example.org', '{}', 'plan ' || p.id || n, 'plan', p.region_id, p.id,
               '', 0, now(), now() - interval '1 hour', 1, CASE WHEN row_number() OVER () % 100 <> 1 THEN now() END, ''
          FROM pupil p, generate_series(0, 1) n;
        INSERT INTO session (id, account_id, token_hash, created_at, last_seen_at, expires_at, device)
        SELECT gen_random_uuid(), a.id, md5(a.id::text || n) || md5(n || a.id::text), now(), now(),
               now() + interval '1 hour', ''
          FROM account a, generate_series(1, 5) n;
        ANALYZE;
        """
    )


async def _made(*, owner_url: str, application_url: str, pupils: int) -> str:
    await database.migrate(owner_url=owner_url, application_url=application_url)
    async with database.connected(url=application_url, pool_size=4):
        await data.region(pupils=min(data.BASE, pupils))
        connection = await asyncpg.connect(owner_url)
        try:
            await data.filled(connection)
            copies = pupils // data.BASE - 1
            if copies > 0:
                await data.copied(connection, first=1, last=copies)
        finally:
            await connection.close()
    return await plans(owner_url=owner_url, application_url=application_url)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pupils", type=int, default=50_000)
    given = arguments.parse_args()
    with measuring() as (place, _):
        urls = place.urls
        print(asyncio.run(_made(owner_url=urls.owner, application_url=urls.application, pupils=given.pupils)))


if __name__ == "__main__":
    main()
