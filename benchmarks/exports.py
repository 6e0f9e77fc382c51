"""What an export of many rows costs, beside the least it could.

    python -m benchmarks.exports [--rows 200000] [--turns 3]

Every measurement is a process of its own, so that its memory is its own; one of each kind, then the next turn.

CSV    made by the worker, from request to READY · floor: COPY of the same rows to a file by PostgreSQL
XLSX   made by the worker, from request to READY · floor: the bare writer, fed with the same rows from memory

On an embedded PostgreSQL of its own: the demo region, whose definitive enrolments are copied until there are enough.
"""

import argparse
import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from cryptography.fernet import Fernet
from tortoise.connection import get_connection

from benchmarks.exports_data import multiply
from benchmarks.measured import Measured
from benchmarks.place import apart, most_memory
from exports import query, writing
from models import Account, Export, database
from resolvers import clock, exports, files
from resolvers.export_rows import asked_by, for_file
from resolvers.viewer import Viewer
from rules.vocabulary import ExportKind, FileFormat, Role
from sandbox import demo
from sandbox.postgres import Postgres
from workers.exporting import Exporter

KIND = ExportKind.ENROLMENTS


async def _region() -> Viewer:
    account = await Account.filter(role=Role.REGION_ADMIN, active=True).first().select_related("region")
    assert account is not None
    assert account.region is not None
    year = await clock.now()
    found = await get_connection("default").execute_query_dict(
        "SELECT id FROM school_year WHERE starts_on <= $1 ORDER BY starts_on DESC LIMIT 1", [year.date()]
    )
    return Viewer(
        account_id=account.id, session_id=account.id, role=account.role, display_name="", region_id=account.region_id,
        group_id=account.region.group_id, school_year_id=UUID(str(found[0]["id"])),
    )  # fmt: skip


async def made(format: FileFormat) -> float:
    """Seconds of the worker, from the claim to READY."""
    viewer = await _region()
    export_id = await exports.create_export(
        viewer=viewer, kind=KIND, format=format, department_id=None, reason=None, school_year=None
    )
    began = time.perf_counter()
    await Exporter(store=files.store()).make_due()
    took = time.perf_counter() - began
    export = await Export.get(id=export_id)
    assert export.row_count, export.last_error
    await files.store().delete_all_of(folder="exports", row_id=export_id)
    return took


async def csv_of_worker() -> float:
    return await made(FileFormat.CSV)


async def xlsx_of_worker() -> float:
    return await made(FileFormat.XLSX)


async def csv_by_copy() -> float:
    """The same rows, as PostgreSQL writes their bare values."""
    viewer = await _region()
    read = for_file(viewer=viewer, asked=await _asked(viewer), shown=query.raw)
    async with get_connection("default").acquire_connection() as connection:
        began = time.perf_counter()
        with tempfile.NamedTemporaryFile() as file:
            await connection.copy_from_query(read.sql, *read.values, output=file.name, format="csv")
        return time.perf_counter() - began


async def xlsx_from_memory() -> float:
    viewer = await _region()
    read = for_file(viewer=viewer, asked=await _asked(viewer), shown=query.typed)
    async with get_connection("default").acquire_connection() as connection:
        rows = [tuple(record) for record in await connection.fetch(read.sql, *read.values)]
    with tempfile.TemporaryFile() as file:
        began = time.perf_counter()
        writing.spreadsheet(to=file, title="Aanmeldingen", columns=read.columns, rows=iter(rows))  # type: ignore[arg-type]
        return time.perf_counter() - began


async def _asked(viewer: Viewer) -> Any:
    return await asked_by(viewer=viewer, kind=KIND, school_year=None, department_id=None, changed_since=None)


WAYS: dict[str, Callable[[], Awaitable[float]]] = {
    "CSV by the worker": csv_of_worker,
    "CSV: COPY alone": csv_by_copy,
    "XLSX by the worker": xlsx_of_worker,
    "XLSX: the writer alone": xlsx_from_memory,
}
FLOORS = {"CSV by the worker": "CSV: COPY alone", "XLSX by the worker": "XLSX: the writer alone"}


def _alone(way: str, said: Any) -> None:
    clock.allow_moving()

    async def run() -> float:
        async with database.connected(url=os.environ["DATABASE_URL"], pool_size=5):
            return await WAYS[way]()

    took = asyncio.run(run())
    said.send((took, most_memory()))


def measured(way: str) -> tuple[float, float]:
    """Seconds, and the most memory of its process in MB."""
    context = multiprocessing.get_context("spawn")
    hear, say = context.Pipe(duplex=False)
    process = context.Process(target=_alone, args=(way, say))
    process.start()
    say.close()
    try:
        found: tuple[float, float] = hear.recv()
        return found
    finally:
        process.join()


async def _fill(*, url: str, owner: str, rows: int) -> int:
    await database.migrate(owner_url=owner, application_url=url)
    async with database.connected(url=url, pool_size=5):
        clock.allow_moving()
        await demo.ensure(pupils=400, say=lambda _text: None)
    connection = await asyncpg.connect(owner)
    try:
        return await multiply(connection, rows=rows)
    finally:
        await connection.close()


def in_turns(*, rows: int, turns: int) -> tuple[dict[str, list[tuple[float, float]]], int]:
    """Seconds and memory of each way in each turn, and how many rows there are. Changes this process's environment."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "files").mkdir()
        server = Postgres(folder=folder / "postgres", durable=False)
        try:
            urls = server.start()
            os.environ.update(
                ENVIRONMENT="sandbox",
                DATABASE_URL=urls.application,
                REDIS_URL="redis://127.0.0.1:9",
                SMTP_URL="smtp://127.0.0.1:9",
                FILES_URL=(folder / "files").as_uri(),
                LINK_KEY="sandbox-links-for-a-benchmark-0123456789",
                BSN_KEYS=Fernet.generate_key().decode(),
                BSN_INDEX_KEY="sandbox-bsn-index-for-a-benchmark-0123456789",
            )
            there = asyncio.run(_fill(url=urls.application, owner=urls.owner, rows=rows))
            found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
            for turn in range(turns):
                for way in WAYS:
                    found[way].append(measured(way))
                    print(
                        f"turn {turn + 1}: {way:24} {found[way][-1][0]:6.2f} s {found[way][-1][1]:5.0f} MB",
                        flush=True,
                    )
            return found, there
        finally:
            server.stop()
            server.discard()


async def as_cases(*, rows: int = 200_000, turns: int = 3) -> list[Measured]:
    """CSV and XLSX, on a database of their own, from a process with an environment of its own."""
    with apart() as other:
        work = partial(in_turns, rows=rows, turns=turns)
        found, there = await asyncio.get_running_loop().run_in_executor(other, work)
    return [
        Measured(
            name=f"export of {there} rows as {mine.partition(' ')[0]}",
            unit="rows/s",
            mine=[there / seconds for seconds, _ in found[mine]],
            floor_name=floor.partition(": ")[2],
            floor=[there / seconds for seconds, _ in found[floor]],
            memory=max(mb for _, mb in found[mine]),
            note=f"median {statistics.median(seconds for seconds, _ in found[mine]):.2f} s, from request to READY",
        )
        for mine, floor in FLOORS.items()
    ]


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rows", type=int, default=200_000)
    arguments.add_argument("--turns", type=int, default=3)
    given = arguments.parse_args()
    found, there = in_turns(rows=given.rows, turns=given.turns)
    _print(found, rows=there)


def _print(found: dict[str, list[tuple[float, float]]], *, rows: int) -> None:
    print(f"\n{rows} rows; median seconds, most memory")
    for way, turns in found.items():
        print(
            f"{way:24} {statistics.median(took for took, _ in turns):6.2f} s {max(mb for _, mb in turns):5.0f} MB"
        )
    for what, floor in FLOORS.items():
        ratios = [mine / least for (mine, _), (least, _) in zip(found[what], found[floor], strict=True)]
        print(f"{what} / floor: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
