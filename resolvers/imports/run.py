"""One file, one transaction: read, judged line by line, written whole or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from tortoise.connection import get_connection

from imports import KINDS, Problem, Row, read
from resolvers import clock
from resolvers.imports import departments, periods, pupils, regions, schools, staff, waiting
from resolvers.imports.batch import Batch
from resolvers.imports.ground import Ground
from resolvers.imports.report import Report

Say = Callable[[str], None]


class Take(Protocol):
    """How one kind of file is judged and staged."""

    def __call__(self, *, batch: Batch, ground: Ground, rows: list[Row]) -> Awaitable[None]: ...


_TAKES: Mapping[str, Take] = {
    "regions": regions.take_regions,
    "adviezen": regions.take_adviezen,
    "adviescodes": regions.take_adviescodes,
    "schools": schools.take,
    "departments": departments.take,
    "periods": periods.take,
    "staff": staff.take,
    "pupils": pupils.take,
}


class Undone(Exception):
    """Ends the transaction without a trace."""


def silent(_text: str) -> None:
    """Nobody hears how far it is."""


async def run(
    *,
    kind: str,
    path: Path,
    dry_run: bool = False,
    region: str | None = None,
    year: str | None = None,
    say: Say = silent,
) -> Report:
    """Take in a file of one of `imports.KINDS`. Nothing is written unless every line is right.

    `region` and `year` are for files that do not say them in a column. `say` hears progress.
    """
    declared = KINDS[kind]
    report = Report(kind=declared.dutch, filename=path.name, dry_run=dry_run)
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except OSError as away:
        report.problems.append(Problem(0, "", f"Dit bestand is niet te openen ({away.strerror})."))
        return report
    rows, report.problems = read(kind=declared, content=content)
    at = await clock.now()
    try:
        async with get_connection("default").acquire_connection() as connection, connection.transaction():
            # Two imports at once would each judge what the other is about to change.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('loket import'))")
            ground = await Ground.read(connection=connection, at=at, region=region, year=year)
            report.problems += ground.lacking(makes_years=kind == "periods", makes_regions=kind == "regions")
            if any(problem.line == 0 for problem in report.problems):
                raise Undone
            batch = Batch(kind=declared, connection=connection, at=at, report=report, say=say)
            await _TAKES[kind](batch=batch, ground=ground, rows=rows)
            if report.problems:
                raise Undone
            await batch.write()
            await waiting.take(batch=batch)
            if report.problems:
                raise Undone
            if dry_run:
                raise Undone
    except Undone:
        pass
    report.problems.sort()
    return report
