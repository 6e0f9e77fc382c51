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
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from cryptography.fernet import Fernet
from tortoise.connection import get_connection

from benchmarks.exports_data import multiply
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


def _alone(way: str, said: Any) -> None:
    clock.allow_moving()

    async def run() -> float:
        async with database.connected(url=os.environ["DATABASE_URL"], pool_size=5):
            return await WAYS[way]()

    took = asyncio.run(run())
    said.send((took, _most_memory()))


def _most_memory() -> float:
    """In MB. What `getrusage` says of a process counts the one that began it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rows", type=int, default=200_000)
    arguments.add_argument("--turns", type=int, default=3)
    given = arguments.parse_args()
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
            there = asyncio.run(_fill(url=urls.application, owner=urls.owner, rows=given.rows))
            found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
            for turn in range(given.turns):
                for way in WAYS:
                    found[way].append(measured(way))
                    print(
                        f"turn {turn + 1}: {way:24} {found[way][-1][0]:6.2f} s {found[way][-1][1]:5.0f} MB",
                        flush=True,
                    )
            _print(found, rows=there)
        finally:
            server.stop()
            server.discard()


def _print(found: dict[str, list[tuple[float, float]]], *, rows: int) -> None:
    print(f"\n{rows} rows; median seconds, most memory")
    for way, turns in found.items():
        print(
            f"{way:24} {statistics.median(took for took, _ in turns):6.2f} s {max(mb for _, mb in turns):5.0f} MB"
        )
    for what, floor in (
        ("CSV by the worker", "CSV: COPY alone"),
        ("XLSX by the worker", "XLSX: the writer alone"),
    ):
        ratios = [mine / least for (mine, _), (least, _) in zip(found[what], found[floor], strict=True)]
        print(f"{what} / floor: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
