"""What reading rows costs: through the models, flat as `resolvers/rows.fetch` does it, and the driver alone.

    python -m benchmarks.rows [--rows 100] [--rounds 200]

The three are measured in turns, on an embedded PostgreSQL of its own; the ratios stand whatever the
machine is doing.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from tortoise.connection import get_connection

from models import Advice, PrimarySchool, Pupil, Region, RegionGroup, SchoolYear, database
from resolvers.pupils import COLUMNS, PupilRow
from resolvers.rows import fetch
from sandbox.postgres import Postgres

NOW = datetime(2027, 3, 17, 9, tzinfo=UTC)


async def fill(*, count: int) -> None:
    """One school with so many children."""
    group = await RegionGroup.create(id=uuid4(), code="PROEF")
    region = await Region.create(
        id=uuid4(), group=group, code="PROEF", name="Proef", portal_url="https://proef.example.org",
        sender_address="elk@proef.example.org",
    )  # fmt: skip
    year = await SchoolYear.create(
        id=uuid4(), name="2026-2027", starts_on=date(2026, 8, 1), ends_on=date(2027, 8, 1)
    )
    school = await PrimarySchool.create(id=uuid4(), region=region, brin="12AB", name="De Peppel")
    await Advice.create(code="HAVO", label="havo", level=8, list_length=5, other_way="")
    await Pupil.bulk_create(
        Pupil(
            id=uuid4(), school_year=year, group=group, region=region, primary_school=school, advice_id="HAVO",
            elk_number=f"{10000 + number}", first_name="Noor", infix="van der", last_name=f"Berg {number}",
            sort_name=f"berg {number:05}", birth_date=date(2015, 2, 3), class_group="8a",
            created_at=NOW, updated_at=NOW,
        )
        for number in range(count)
    )  # fmt: skip


async def measure(*, count: int, rounds: int) -> dict[str, float]:
    """Median seconds of each way."""
    await fill(count=count)
    overview = Pupil.all().order_by("sort_name", "id")
    query = overview.values_list(*COLUMNS)
    query._make_query()
    sql, parameters = query.query.get_parameterized_sql()
    ways: dict[str, Callable[[], Awaitable[Any]]] = {
        "models": lambda: overview.select_related("advice", "primary_school"),
        "flat": lambda: fetch(overview, COLUMNS, PupilRow),
        "driver alone": lambda: get_connection("default").execute_query(sql, parameters),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            await way()
            taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in taken.items()}


async def run(*, url: str, owner: str, count: int, rounds: int) -> dict[str, float]:
    await database.migrate(owner_url=owner, application_url=url)
    async with database.connected(url=url, pool_size=1):
        return await measure(count=count, rounds=rounds)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=100)
    arguments.add_argument("--rounds", type=int, default=200)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(folder=Path(folder) / "postgres", durable=False)
        try:
            urls = server.start()
            found = asyncio.run(
                run(url=urls.application, owner=urls.owner, count=given.rows, rounds=given.rounds)
            )
        finally:
            server.stop()
            server.discard()
    for name, seconds in found.items():
        floors = seconds / found["driver alone"]
        print(f"{name:>12}: {seconds * 1e6:8.0f} µs for {given.rows} rows  ×{floors:.1f} of the floor")
    print(f"flat is {found['models'] / found['flat']:.1f} times as fast as models")


if __name__ == "__main__":
    main()
